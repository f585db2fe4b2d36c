package session

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gorilla/websocket"
)

// peer is the router's end of a session inside a synctest bubble: what it does
// takes no time but what the fake clock shows. Nothing is between the two ends,
// so a write lasts until the peer reads.
type peer struct {
	t    *testing.T
	conn *websocket.Conn
	pipe *slowConn
	done sync.WaitGroup
}

// joined is a session and its peer, which has said WELCOME and reads no further.
func joined(t *testing.T) (*Session, *peer) {
	t.Helper()
	p := &peer{t: t}
	near, far := net.Pipe()
	p.pipe = &slowConn{Conn: far}
	welcomed := make(chan error, 1)
	p.done.Go(func() { welcomed <- p.welcome() })
	s, err := Join(t.Context(), Config{
		Dialer: Dialer{URL: "ws://router/ws", connect: func(context.Context, string, string) (net.Conn, error) { return near, nil }},
		Realm:  "ot_realm", Event: func(Event) {}, Log: slog.New(slog.DiscardHandler),
	})
	if err := errors.Join(err, <-welcomed); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.pipe.Close()
		s.Close()
		p.done.Wait()
	})
	return s, p
}

func (p *peer) welcome() error {
	if err := p.upgrade(); err != nil {
		return err
	}
	if _, _, err := p.conn.ReadMessage(); err != nil {
		return err
	}
	return p.conn.WriteMessage(websocket.TextMessage, []byte(`[2,1,{"roles":{}}]`))
}

// upgrade opens the WebSocket.
func (p *peer) upgrade() error {
	r := bufio.NewReader(p.pipe)
	request, err := http.ReadRequest(r)
	if err != nil {
		return err
	}
	upgrader := websocket.Upgrader{Subprotocols: []string{subprotocol}, ReadBufferSize: 1024, WriteBufferSize: 1024}
	p.conn, err = upgrader.Upgrade(hijacked{p.pipe, r}, request, nil)
	return err
}

// serve answers pings, and hands each message to answer, until the connection
// ends.
func (p *peer) serve(answer func(message []byte)) {
	p.done.Go(func() {
		for {
			_, b, err := p.conn.ReadMessage()
			if err != nil {
				return
			}
			answer(b)
		}
	})
}

// hijacked is a connection in the clothes of an HTTP server's.
type hijacked struct {
	net.Conn
	r *bufio.Reader
}

func (h hijacked) Header() http.Header { return http.Header{} }
func (h hijacked) WriteHeader(int)     {}
func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.Conn, bufio.NewReadWriter(h.r, bufio.NewWriter(h.Conn)), nil
}

// slowConn reads rate bytes a second; 0 for all there are.
type slowConn struct {
	net.Conn
	rate int
}

func (c *slowConn) Read(b []byte) (int, error) {
	if c.rate > 0 {
		b = b[:min(len(b), 1000)]
	}
	n, err := c.Conn.Read(b)
	if c.rate > 0 {
		time.Sleep(time.Duration(n) * time.Second / time.Duration(c.rate))
	}
	return n, err
}

// ends waits for the session to end and returns after how long that was.
func ends(t *testing.T, s *Session) time.Duration {
	t.Helper()
	began := time.Now()
	select {
	case <-s.Done():
	case <-time.After(time.Minute):
		t.Fatal("the session lives on")
	}
	return time.Since(began)
}

// A router that has nothing to say is asked whether it is there, and its answer
// is enough.
func TestQuietRouterIsKeptAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := joined(t)
		pings := 0
		p.conn.SetPingHandler(func(text string) error {
			pings++
			return p.conn.WriteControl(websocket.PongMessage, []byte(text), time.Now().Add(time.Second))
		})
		p.serve(func([]byte) {})
		select {
		case <-s.Done():
			t.Fatalf("the session ended: %v", s.Err())
		case <-time.After(10 * time.Minute):
		}
		synctest.Wait()
		if want := int(10 * time.Minute / KeepAlive); pings < want-1 || pings > want+1 {
			t.Errorf("%d pings in ten minutes, not %d", pings, want)
		}
	})
}

// A router that takes everything and says nothing, not even a pong, is given up
// after Silence.
func TestSilentRouterIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := joined(t)
		p.conn.SetPingHandler(func(string) error { return nil })
		p.serve(func([]byte) {})
		if took := ends(t, s); took != Silence {
			t.Errorf("it ended after %v, not %v: %v", took, Silence, s.Err())
		}
	})
}

// A router that goes on talking but takes nothing ends the session with the
// first write that it does not take.
func TestRouterThatTakesNothingIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := joined(t)
		p.done.Go(func() {
			for p.conn.WriteMessage(websocket.TextMessage, anEvent) == nil {
				time.Sleep(time.Second)
			}
		})
		outcome := make(chan error, 1)
		if err := s.Publish(t.Context(), "com.opentrons.driver", []byte("{}"), false, func(err error) { outcome <- err }); err != nil {
			t.Fatal(err)
		}
		s.Flush(false)
		if took := ends(t, s); took != WriteTimeout {
			t.Errorf("it ended after %v, not %v: %v", took, WriteTimeout, s.Err())
		}
		if err := <-outcome; !errors.Is(err, ErrOutcomeUnknown) {
			t.Errorf("the publish came to %v", err)
		}
	})
}

// The router's own pings are answered, at once.
func TestRoutersPingsAreAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := joined(t)
		answers := make(chan string, 1)
		p.conn.SetPongHandler(func(text string) error { answers <- text; return nil })
		p.serve(func([]byte) {})
		for _, text := range []string{"one", "two"} {
			began := time.Now()
			if err := p.conn.WriteControl(websocket.PingMessage, []byte(text), time.Now().Add(time.Second)); err != nil {
				t.Fatal(err)
			}
			select {
			case got := <-answers:
				if took := time.Since(began); got != text || took > 0 {
					t.Errorf("%q was answered with %q after %v", text, got, took)
				}
			case <-time.After(time.Minute):
				t.Fatalf("%q is not answered", text)
			}
		}
	})
}

// A large message on a slow link lasts longer than the silence that ends a
// session. Pings and pongs pass between its fragments, to a router that says
// nothing of its own and to one that pings and wants to be answered.
func TestSlowLinkTakesALargeMessage(t *testing.T) {
	const size, rate = 1 << 20, 60_000
	for name, pings := range map[string]bool{"quiet router": false, "router that pings": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := joined(t)
				p.pipe.rate = rate
				pongs := 0
				p.conn.SetPongHandler(func(string) error { pongs++; return nil })
				p.serve(func(b []byte) {
					if len(b) < size {
						t.Errorf("a message of %d bytes", len(b))
					}
					if err := p.conn.WriteMessage(websocket.TextMessage, []byte(`[17,1,9]`)); err != nil {
						t.Error(err)
					}
				})
				if pings {
					p.done.Go(func() {
						for p.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second)) == nil {
							time.Sleep(2 * time.Second)
						}
					})
				}
				began := time.Now()
				outcome := make(chan error, 1)
				if err := s.Publish(t.Context(), "com.opentrons.driver", bytes.Repeat([]byte("x"), size), false, func(err error) { outcome <- err }); err != nil {
					t.Fatal(err)
				}
				s.Flush(false)
				if err := <-outcome; err != nil {
					t.Fatalf("the publish came to %v; the session ended with %v", err, s.Err())
				}
				if took := time.Since(began); took < Silence {
					t.Errorf("it took %v, which shows nothing", took)
				}
				if pings && pongs < 4 {
					t.Errorf("%d pongs came to the router meanwhile", pongs)
				}
			})
		})
	}
}

// A question is forgotten when its context ends, sent or not, and an answer
// that comes all the same is left aside.
func TestQuestionsThatAreNotAnsweredAreForgotten(t *testing.T) {
	for name, ask := range map[string]func(context.Context, *Session) error{
		"Call": func(ctx context.Context, s *Session) error {
			_, err := s.Call(ctx, "wamp.subscription.lookup", "com.opentrons.driver")
			return err
		},
		"Subscribe": func(ctx context.Context, s *Session) error {
			return s.Subscribe(ctx, "com.opentrons.frontend", "com.opentrons.driver")
		},
	} {
		for where, reads := range map[string]bool{"sent": true, "queued": false} {
			t.Run(name+" "+where, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, p := joined(t)
					if reads {
						p.serve(func([]byte) {})
					}
					for range 5 {
						ctx, cancel := context.WithTimeout(t.Context(), time.Second)
						if err := ask(ctx, s); !errors.Is(err, context.DeadlineExceeded) {
							t.Fatalf("it came to %v", err)
						}
						cancel()
					}
					s.mu.Lock()
					queued, inflight := len(s.urgent), len(s.inflight)
					s.mu.Unlock()
					if queued > 0 || inflight > 0 {
						t.Errorf("%d are queued and %d wait for an answer", queued, inflight)
					}
					if !reads {
						return
					}
					for _, late := range []string{`[50,1,{},[1]]`, `[33,1,7]`, `[36,7,1,{},["{}"]]`} {
						if err := p.conn.WriteMessage(websocket.TextMessage, []byte(late)); err != nil {
							t.Fatal(err)
						}
					}
					synctest.Wait()
					if s.Err() != nil {
						t.Errorf("a late answer ended the session: %v", s.Err())
					}
				})
			})
		}
	}
}

// Leaving sends what is urgent, then GOODBYE, and nothing after that.
func TestNothingFollowsGoodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := joined(t)
		var kinds []wamp.MessageType
		p.serve(func(b []byte) {
			kind, _ := split(b)
			kinds = append(kinds, kind)
			answer := []byte(`[6,{},"wamp.close.goodbye_and_out"]`)
			if kind == wamp.PUBLISH {
				answer = []byte(`[17,1,9]`)
			}
			if err := p.conn.WriteMessage(websocket.TextMessage, answer); err != nil {
				t.Error(err)
			}
		})
		outcomes := map[string]error{}
		for _, c := range []struct {
			name   string
			urgent bool
		}{{"a command", false}, {"a stop", true}} {
			if err := s.Publish(t.Context(), "com.opentrons.driver", nil, c.urgent, func(err error) { outcomes[c.name] = err }); err != nil {
				t.Fatal(err)
			}
		}
		s.Close()
		p.done.Wait()
		if outcomes["a stop"] != nil || !errors.Is(outcomes["a command"], ErrNotSent) {
			t.Errorf("the publishes came to %v", outcomes)
		}
		if len(kinds) != 2 || kinds[0] != wamp.PUBLISH || kinds[1] != wamp.GOODBYE {
			t.Errorf("the router received %v", kinds)
		}
		if err := s.Publish(t.Context(), "com.opentrons.driver", nil, true, nil); !errors.Is(err, ErrNotSent) {
			t.Errorf("publishing after that: %v", err)
		}
	})
}
