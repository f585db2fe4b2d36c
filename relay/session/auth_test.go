package session

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gorilla/websocket"
)

// at is a connection to some address.
type at struct {
	net.Conn
	addr net.Addr
}

func (c at) RemoteAddr() net.Addr { return c.addr }

// The ticket is offered where nobody else can read it, and a router that asks
// for it all the same does not get it.
func TestTicketIsOfferedWhereNobodyListensIn(t *testing.T) {
	tcp := func(ip string) net.Conn { return at{addr: &net.TCPAddr{IP: net.ParseIP(ip), Port: 8080}} }
	for name, c := range map[string]struct {
		conn    net.Conn
		private bool
	}{
		"loopback":          {tcp("127.0.0.1"), true},
		"another loopback":  {tcp("127.8.9.1"), true},
		"loopback, IPv6":    {tcp("::1"), true},
		"loopback, mapped":  {tcp("::ffff:127.0.0.1"), true},
		"the lab":           {tcp("192.168.1.20"), false},
		"the lab, IPv6":     {tcp("fe80::1"), false},
		"the lab, over TLS": {tls.Client(tcp("192.168.1.20"), nil), true},
		"who knows":         {at{addr: &net.UnixAddr{Name: "localhost"}}, false},
	} {
		if got := isPrivate(c.conn); got != c.private {
			t.Errorf("%s is private: %v", name, got)
		}
	}
}

// A router on another machine asks for the ticket though none was offered, as
// one would that stands in for the real one.
func TestTicketIsNotShownInClear(t *testing.T) {
	const secret = "sesame"
	for name, c := range map[string]struct {
		ip      string
		inClear bool
		shown   bool
	}{
		"the lab":                {"192.168.1.20", false, false},
		"the lab, if it is told": {"192.168.1.20", true, true},
		"loopback":               {"127.0.0.1", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			near, far := net.Pipe()
			p := &peer{t: t, pipe: &slowConn{Conn: far}}
			var offered, heard []string
			p.done.Go(func() {
				if err := p.upgrade(); err != nil {
					t.Error(err)
				}
				for _, answer := range []string{`[4,"ticket",{}]`, `[2,1,{"roles":{}}]`} {
					_, b, err := p.conn.ReadMessage()
					if err != nil {
						return // it was not answered
					}
					if m, err := decode(b); err == nil && m.MessageType() == wamp.HELLO {
						methods, _ := wamp.AsList(m.(*wamp.Hello).Details["authmethods"])
						offered, _ = wamp.ListToStrings(methods)
					}
					heard = append(heard, string(b))
					if p.conn.WriteMessage(websocket.TextMessage, []byte(answer)) != nil {
						return
					}
				}
			})
			s, err := Join(t.Context(), Config{
				Dialer: Dialer{URL: "ws://router/ws", connect: func(context.Context, string, string) (net.Conn, error) {
					return at{near, &net.TCPAddr{IP: net.ParseIP(c.ip), Port: 8080}}, nil
				}},
				Realm: "ot_realm", Auth: &Auth{ID: "relay", Secret: secret, TicketInClear: c.inClear}, Event: func(Event) {},
			})
			far.Close()
			p.done.Wait()
			if s != nil {
				s.Close()
			}
			if shown := strings.Contains(strings.Join(heard, ""), secret); shown != c.shown || slices.Contains(offered, "ticket") != c.shown {
				t.Errorf("it was offered %v and heard %v", offered, heard)
			}
			if c.shown {
				return
			}
			var auth *AuthError
			if !errors.As(err, &auth) {
				t.Fatalf("it came to %v, which would be tried again soon", err)
			}
			for _, remedy := range []string{"wss://", "wampcra", "-auth-ticket-in-clear"} {
				if !strings.Contains(err.Error(), remedy) {
					t.Errorf("it says nothing of %s: %v", remedy, err)
				}
			}
		})
	}
}
