package session

import (
	"crypto/tls"
	"fmt"
	"net"
	"slices"

	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gammazero/nexus/v3/wamp/crsign"
	"github.com/gorilla/websocket"
)

// Auth is who the relay is to a router that asks (WAMP ticket or wampcra,
// whichever the router challenges with).
//
// With wampcra the secret stays here. A ticket is the secret itself, so it is
// shown only to a router that nobody listens in on or stands in for: over TLS,
// or on this machine. Over plain ws:// any program that answers at the router's
// address could ask for it.
type Auth struct {
	ID     string
	Secret string
	// TicketInClear shows the ticket to whoever asks.
	TicketInClear bool
}

// AuthError means that the router does not take who the relay says it is, or
// asks for what the relay does not tell it. Trying again soon does not help.
type AuthError struct {
	Abort    *AbortError
	Withheld bool // no ticket was offered, as it would go in clear
}

const withheld = "no ticket is shown to a router at ws:// on another machine, as anyone on the way could read it: reach the router at wss://, or let it ask for wampcra, or allow it with -auth-ticket-in-clear"

func (e *AuthError) Error() string {
	text := fmt.Sprintf("authentication failed: %v; check -auth-id and -auth-secret-file", e.Abort)
	if e.Withheld {
		text += "; " + withheld
	}
	return text
}

func (e *AuthError) Unwrap() error { return e.Abort }

// methods are those that the relay offers to the router behind conn.
func (a *Auth) methods(conn *websocket.Conn) []string {
	if a.TicketInClear || isPrivate(conn.NetConn()) {
		return []string{"wampcra", "ticket"}
	}
	return []string{"wampcra"}
}

// isPrivate reports whether nobody else reads what is written to conn. It looks
// at the connection that there is, since a name may lead anywhere.
func isPrivate(conn net.Conn) bool {
	if _, ok := conn.(*tls.Conn); ok {
		return true
	}
	addr, ok := conn.RemoteAddr().(*net.TCPAddr)
	return ok && addr.IP.IsLoopback()
}

// respond answers a challenge by a method that was offered.
func respond(challenge *wamp.Challenge, auth *Auth, offered []string) (signature string, err error) {
	const required = "wamp.error.authentication_required"
	switch {
	case auth == nil:
		return "", &AuthError{Abort: &AbortError{Reason: required, Text: "the router asks for " + challenge.AuthMethod}}
	case challenge.AuthMethod == "ticket" && !slices.Contains(offered, "ticket"):
		return "", &AuthError{Abort: &AbortError{Reason: required, Text: "the router asks for the ticket, which it was not offered"}, Withheld: true}
	case challenge.AuthMethod == "ticket":
		return auth.Secret, nil
	case challenge.AuthMethod == "wampcra":
		return crsign.RespondChallenge(auth.Secret, challenge, nil), nil
	default:
		return "", fmt.Errorf("the router asks for the authentication method %q; the relay knows ticket and wampcra", challenge.AuthMethod)
	}
}
