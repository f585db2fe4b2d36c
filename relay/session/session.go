// Package session holds one WAMP session with the router: it joins a realm,
// subscribes, publishes with acknowledgement, and ends.
//
// It is built on nexus's messages, JSON serializer and challenge signing, and
// not on nexus's client, for what a relay to a machine needs and that client
// does not give (relay/wire/README.md, "What nexus does"): publishes that are
// acknowledged and still pipelined in order; urgent ones that overtake; a write
// deadline, so that a frozen router ends the session and does not hang it; an
// answer for each publish when the session ends, which tells "never sent" from
// "outcome unknown"; and no crash on a server that is no router or on an event
// that is no message.
//
// An outcome that was told stays true: a session that ends has its connection
// aborted, in the kernel too, before any request is settled, and nothing of it
// arrives after that. A session that lives through an outage delivers late
// what it had sent, by Silence at the most; a longer outage ends it.
//
// Two goroutines belong to a session, one reading and one writing. Close
// waits for both.
package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gorilla/websocket"

	"rawtcpcom/relay/panics"
)

// Limits in time. A router that has frozen is noticed within Silence, or
// within WriteTimeout of the first write that it does not take.
const (
	JoinTimeout  = 10 * time.Second // from dialling to WELCOME
	Silence      = 12 * time.Second // without one byte from the router
	KeepAlive    = 4 * time.Second  // between pings
	WriteTimeout = 8 * time.Second
	leaveTimeout = 500 * time.Millisecond // for the router to answer GOODBYE
)

// readLimit bounds one WebSocket message from the router, in bytes: a payload
// of 8 MiB with every quote in it escaped, and room.
const readLimit = 32 << 20

var (
	// ErrNotSent means that a publish did not reach the wire and never will.
	ErrNotSent = errors.New("not sent")
	// ErrWithdrawn means that a publish was withdrawn before it was sent.
	ErrWithdrawn = errors.New("withdrawn before it was sent")
	// ErrOutcomeUnknown means that a publish was sent, or begun, and the
	// session ended before the router acknowledged it.
	ErrOutcomeUnknown = errors.New("sent, but the session ended before the router acknowledged it")
	errNoAnswer       = fmt.Errorf("no answer within %v; is it a WAMP router, and does it run?", JoinTimeout)
	// ErrClosed is why a session ended that was closed on this side.
	ErrClosed = errors.New("session closed")
)

// Config says which router to join, and who hears the events.
type Config struct {
	Dialer
	Realm string
	Auth  *Auth       // nil joins as anonymous
	Event func(Event) // called for each event, one at a time; must not block
	Idle  func()      // called when there is no further event to read for now; must not block
	Log   *slog.Logger
}

// Session is a joined session. It is safe for concurrent use.
type Session struct {
	cfg       Config
	conn      *websocket.Conn
	transport *transport
	subs      map[uint64]string // topic by subscription id; the reader's alone
	overheard map[uint64]string // the same of subscriptions by prefix

	writing  sync.Mutex // held while messages are written
	buf      []byte     // guarded by writing
	lastPing time.Time  // guarded by writing

	wake  chan struct{} // tells the writer that a queue has grown
	quit  chan struct{} // closed when the session is to end
	done  chan struct{} // closed when it has ended and every request is settled
	wrote chan struct{} // closed when the writer has returned

	mu            sync.Mutex
	err           error // why the session ends; nil while it lives
	leaving       bool  // GOODBYE is queued, and nothing may follow it
	urgent, plain []request
	inflight      map[uint64]request
	lastID        uint64
	pongs         []string // answers due to the router's pings
}

// request is a message to the router that it will answer.
type request struct {
	ctx     context.Context // of a publish; once it is done, the request is not sent any more
	topic   string          // of a publish
	payload []byte
	json    bool                          // the payload is JSON as it stands, not text
	message func(id wamp.ID) wamp.Message // of any other request
	asker   *asker                        // of a question
	last    bool                          // it is GOODBYE, whose answer ends the session
	settle  func(wamp.Message, error)
}

// Join dials the router, joins the realm and returns the session. The error
// says what was being done and what to check; errors.As finds an *AuthError
// or *AbortError in it where the router refused.
func Join(ctx context.Context, cfg Config) (*Session, error) {
	ctx, cancel := context.WithTimeout(ctx, JoinTimeout)
	defer cancel()
	conn, transport, err := cfg.dial(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("dialling the router at %s: %w", cfg.URL, noAnswer(err))
	}
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { transport.Close() })
	err = hello(conn, cfg.Realm, cfg.Auth)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		transport.Close()
		if ctx.Err() != nil {
			err = errNoAnswer
		}
		return nil, fmt.Errorf("joining realm %q at %s: %w", cfg.Realm, cfg.URL, err)
	}
	s := &Session{
		cfg: cfg, conn: conn, transport: transport,
		subs: map[uint64]string{}, overheard: map[uint64]string{},
		wake:     make(chan struct{}, 1),
		quit:     make(chan struct{}),
		done:     make(chan struct{}),
		wrote:    make(chan struct{}),
		inflight: map[uint64]request{},
		lastPing: time.Now(),
	}
	conn.SetPingHandler(s.pinged)
	transport.corked, transport.idle = true, cfg.Idle
	go s.write()
	go s.read()
	return s, nil
}

// Done is closed when the session has ended and every request is settled.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err is why the session ended, nil while it lives.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Publish queues one event for topic with the payload as its only argument
// and returns at once; the next Flush sends it. It returns ErrNotSent where the session has ended;
// otherwise settle is called exactly once, from another goroutine: with nil
// when the router has acknowledged, or with ErrNotSent, ErrWithdrawn,
// ErrOutcomeUnknown or the router's refusal. Publishes keep their order, but
// urgent ones overtake those that are not. What has not been sent when ctx
// ends is withdrawn: a stop must not be followed by what it overtook.
func (s *Session) Publish(ctx context.Context, topic string, payload []byte, urgent bool, settle func(error)) error {
	return s.enqueue(request{ctx: ctx, topic: topic, payload: payload, settle: func(_ wamp.Message, err error) { settle(err) }}, urgent)
}

// PublishJSON is an urgent Publish of an argument that is JSON as it stands.
func (s *Session) PublishJSON(ctx context.Context, topic string, argument []byte, settle func(error)) error {
	return s.enqueue(request{ctx: ctx, topic: topic, payload: argument, json: true, settle: func(_ wamp.Message, err error) { settle(err) }}, true)
}

// Close leaves the realm, ends the session and waits for its goroutines. What
// is queued and not urgent is not sent any more. It may be called more than
// once.
func (s *Session) Close() {
	s.leave()
	timer := time.NewTimer(leaveTimeout)
	defer timer.Stop()
	select {
	case <-s.done:
	case <-timer.C:
	}
	s.fail(ErrClosed)
	<-s.done
}

// Flush sends what is queued. Where it mayBlock it is sent from here if nobody
// else is sending, which spares a change of goroutine; it may then wait for
// the router to take it, for WriteTimeout at the most.
func (s *Session) Flush(mayBlock bool) {
	if !mayBlock || !s.writing.TryLock() {
		s.signal() // the writer, or whoever is sending, or the writer after it
		return
	}
	err := panics.Confine(s.cfg.Log, "writing to the router", s.drain)
	s.writing.Unlock()
	if err != nil {
		s.fail(err)
	}
}

func (s *Session) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *Session) enqueue(r request, urgent bool) error {
	s.mu.Lock()
	switch {
	case s.err != nil || s.leaving:
		s.mu.Unlock()
		return ErrNotSent
	case urgent:
		s.urgent = append(s.urgent, r)
	default:
		s.plain = append(s.plain, r)
	}
	s.mu.Unlock()
	return nil
}

// fail ends the session for the first reason given. When it returns, whoever
// called it, nothing of the session can reach the router any more.
func (s *Session) fail(reason error) {
	s.mu.Lock()
	first := s.err == nil
	if first {
		s.err = reason
	}
	s.mu.Unlock()
	if first {
		close(s.quit)
	}
	_ = s.transport.Close() // wakes both goroutines; not conn, as TLS would still say something
}

// settleAll answers every request that is still open. The connection is
// aborted and both goroutines are past touching the queues when it runs.
func (s *Session) settleAll() {
	s.mu.Lock()
	waiting := append(s.urgent, s.plain...)
	inflight := s.inflight
	s.urgent, s.plain, s.inflight = nil, nil, nil
	s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(inflight)) { // in the order they were sent
		s.settle(inflight[id], nil, ErrOutcomeUnknown)
	}
	for _, r := range waiting {
		s.settle(r, nil, ErrNotSent)
	}
}

// settle answers one request. A panic in the answer's receiver is confined to
// that answer.
func (s *Session) settle(r request, m wamp.Message, err error) {
	_ = panics.Confine(s.cfg.Log, "answering a request", func() error { // logged there
		r.settle(m, err)
		return nil
	})
}
