package session_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/session"
	"rawtcpcom/relay/simulator"
)

// A panic in the receiver of an event ends the session with an error, and all
// that is open is settled; a panic in the receiver of one answer ends nothing.
func TestPanicEndsTheSessionAlone(t *testing.T) {
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(router.Close)
	join := func(event func(session.Event)) *session.Session {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		s, err := session.Join(ctx, session.Config{
			Dialer: session.Dialer{URL: router.URL()}, Realm: simulator.DefaultRealm,
			Event: event, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		if err := s.Subscribe(ctx, "com.opentrons.frontend"); err != nil {
			t.Fatal(err)
		}
		return s
	}
	publish := func(s *session.Session, settle func(error)) {
		t.Helper()
		if err := s.Publish(t.Context(), "com.opentrons.frontend", []byte("{}"), false, settle); err != nil {
			t.Fatal(err)
		}
		s.Flush(true)
	}

	victim := join(func(session.Event) { panic("in a receiver") })
	heard := make(chan session.Event, 1)
	other := join(func(e session.Event) { heard <- e })

	publish(victim, func(error) { panic("in an answer") })
	<-heard
	settled := make(chan error, 1)
	publish(victim, func(err error) { settled <- err })
	if err := <-settled; err != nil {
		t.Fatalf("after a panic in an answer: %v", err)
	}
	<-heard

	publish(other, func(error) {})
	<-victim.Done()
	if err := victim.Err(); err == nil || !strings.Contains(err.Error(), "internal error while reading from the router: in a receiver") {
		t.Errorf("the session ended with %v", err)
	}
	if err := victim.Publish(t.Context(), "com.opentrons.frontend", nil, false, nil); err != session.ErrNotSent {
		t.Errorf("publishing on an ended session: %v", err)
	}
	if other.Err() != nil {
		t.Errorf("another session ended: %v", other.Err())
	}
}
