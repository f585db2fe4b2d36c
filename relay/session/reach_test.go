package session_test

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"time"

	"rawtcpcom/relay/session"
)

// The error of an attempt tells a router that is not there from one that is and
// gives no session.
func TestReached(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	// It accepts nothing, so the kernel does and nobody answers.
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	join := func(ctx context.Context, addr string) error {
		s, err := session.Join(ctx, session.Config{
			Dialer: session.Dialer{URL: "ws://" + addr + "/ws"}, Realm: "ot_realm",
			Event: func(session.Event) {}, Log: slog.New(slog.DiscardHandler),
		})
		if err == nil {
			s.Close()
			t.Fatalf("%s gave a session", addr)
		}
		return err
	}
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	context.AfterFunc(short, func() { ln.Close() })
	over, end := context.WithCancel(t.Context())
	end()
	for _, c := range []struct {
		name    string
		err     error
		reached bool
	}{
		{"nobody listens", join(t.Context(), closed.Addr().String()), false},
		{"somebody listens and says nothing", join(short, ln.Addr().String()), true},
		{"no time to connect", join(over, ln.Addr().String()), false},
	} {
		if got := session.Reached(c.err); got != c.reached {
			t.Errorf("%s: reached is %v for %v", c.name, got, c.err)
		}
	}
}
