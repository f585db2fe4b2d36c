package simulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/transport"
	"github.com/gammazero/nexus/v3/transport/serialize"
	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gorilla/websocket"
)

// subprotocol is WAMP in JSON, the one that every router of the robot speaks.
const subprotocol = "wamp.2.json"

const (
	// writeTimeout ends a connection whose other side has stopped reading.
	writeTimeout = 5 * time.Second
	// goodbyeTimeout is how long leaving a realm in good order may take.
	goodbyeTimeout = 500 * time.Millisecond
)

var errLinkDown = errors.New("the connection to the WAMP router is down")

// session is a WAMP session over a WebSocket: the nexus client, on a peer of
// our own that neither a wedged connection nor an odd event can hang or crash.
// It is, as nexus asks of a peer, what the client sends to and receives from.
//
// Nexus' own peer is not enough for a test peer that others cut and flood:
// publishing on a dead connection would block for ever, and panic on Close.
type session struct {
	client *client.Client
	conn   *websocket.Conn
	peer   wamp.Peer
	log    *slog.Logger

	in   chan wamp.Message // to the client
	out  chan wamp.Message // from the client
	dead chan struct{}     // closed when the connection has ended
	stop chan struct{}     // closed by Close

	sending   sync.RWMutex // held for reading while a message is handed to peer
	events    eventGate
	closeOnce sync.Once
	wg        sync.WaitGroup
}

// join dials a router and joins its realm.
func join(ctx context.Context, url, realm string, log *slog.Logger) (*session, error) {
	dialer := websocket.Dialer{Subprotocols: []string{subprotocol}, HandshakeTimeout: writeTimeout}
	conn, _, err := dialer.DialContext(ctx, url, nil)
	if err != nil {
		return nil, fmt.Errorf("dialling %s: %w", url, err)
	}
	// Nexus takes the server's word for it and crashes when there is none.
	if conn.Subprotocol() != subprotocol {
		conn.Close()
		return nil, fmt.Errorf("%s is no WAMP router: it does not speak %s", url, subprotocol)
	}
	s := &session{
		conn: conn, log: log,
		peer: transport.NewWebsocketPeer(deadlineConn{conn}, &serialize.JSONSerializer{},
			websocket.TextMessage, nexusLog{log}, 0, 256),
		in:   make(chan wamp.Message),
		out:  make(chan wamp.Message),
		dead: make(chan struct{}),
		stop: make(chan struct{}),
	}
	s.wg.Go(s.receive)
	s.wg.Go(s.relay)
	s.client, err = client.NewClient(s, client.Config{Realm: realm, Logger: nexusLog{log}})
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("joining realm %s at %s: %w", realm, url, err)
	}
	return s, nil
}

// leave says goodbye and ends the connection.
func (s *session) leave() {
	timer := time.AfterFunc(goodbyeTimeout, func() { s.conn.NetConn().Close() })
	defer timer.Stop()
	s.client.Close()
}

// publish hands an event to the connection. It waits while the connection is
// behind, and fails when it is down or gets closed.
func (s *session) publish(topic string, options wamp.Dict, args wamp.List, kwargs wamp.Dict) error {
	if options == nil {
		options = wamp.Dict{}
	}
	return s.send(&wamp.Publish{
		Request: wamp.GlobalID(), Options: options, Topic: wamp.URI(topic),
		Arguments: args, ArgumentsKw: kwargs,
	})
}

func (s *session) send(m wamp.Message) error {
	s.sending.RLock()
	defer s.sending.RUnlock()
	select {
	case <-s.stop:
		return errLinkDown
	case <-s.dead:
		return errLinkDown
	default:
	}
	select {
	case s.peer.Send() <- m:
		return nil
	case <-s.stop:
	case <-s.dead:
	}
	return errLinkDown
}

// receive hands what comes to the client, less the events in payload
// pass-through mode, which it would crash on.
func (s *session) receive() {
	defer s.events.end(func() { close(s.in) })
	defer close(s.dead)
	for m := range s.peer.Recv() {
		switch event, ok := m.(*wamp.Event); {
		case !ok:
			s.give(m)
		case event.Details[wamp.OptPPTScheme] != nil:
			s.log.Warn("dropped an event in payload pass-through mode")
		default:
			s.events.pass(event, s.give)
		}
	}
}

func (s *session) give(m wamp.Message) {
	select {
	case s.in <- m:
	case <-s.stop:
	}
}

// subscribe has f called for each event on a topic, the first that the router
// sends included.
func (s *session) subscribe(topic string, f func(*wamp.Event)) error {
	s.events.hold()
	defer s.events.release(s.give)
	return s.client.Subscribe(topic, f, nil)
}

// eventGate holds events back while the nexus client subscribes: it drops
// those that come before it has noted the handler, and a relay that waits for
// the driver shakes hands that soon.
type eventGate struct {
	mu      sync.Mutex
	holding bool
	ended   bool
	held    []wamp.Message
}

func (g *eventGate) pass(event wamp.Message, give func(wamp.Message)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.holding {
		g.held = append(g.held, event)
		return
	}
	give(event)
}

func (g *eventGate) hold() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.holding = true
}

func (g *eventGate) release(give func(wamp.Message)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, event := range g.held {
		if !g.ended {
			give(event)
		}
	}
	g.held, g.holding = nil, false
}

// end is for when no more events come and none is to be given.
func (g *eventGate) end(then func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ended = true
	then()
}

// relay sends what the client says. It goes on taking it when the connection
// is down, for the client would wait for ever.
func (s *session) relay() {
	for {
		select {
		case m := <-s.out:
			if err := s.send(m); err != nil {
				s.log.Debug("not sent", "message", m.MessageType().String(), "error", err)
			}
		case <-s.stop:
			return
		}
	}
}

// Send is where the nexus client puts its messages.
func (s *session) Send() chan<- wamp.Message { return s.out }

// Recv is where the nexus client gets its messages.
func (s *session) Recv() <-chan wamp.Message { return s.in }

// IsLocal says that this is a network connection.
func (s *session) IsLocal() bool { return false }

// Close ends the connection without a goodbye; the nexus client calls it when
// it has said its own.
func (s *session) Close() {
	s.closeOnce.Do(func() {
		close(s.stop)
		// Nexus' peer panics if anyone still sends to it.
		s.sending.Lock()
		defer s.sending.Unlock()
		s.conn.NetConn().SetWriteDeadline(time.Now().Add(goodbyeTimeout))
		s.peer.Close()
	})
	s.wg.Wait()
}

// deadlineConn is a WebSocket that gives up when the other side has stopped
// reading.
type deadlineConn struct{ *websocket.Conn }

func (c deadlineConn) WriteMessage(messageType int, data []byte) error {
	c.SetWriteDeadline(time.Now().Add(writeTimeout))
	err := c.Conn.WriteMessage(messageType, data)
	if err != nil {
		c.Close()
	}
	return err
}
