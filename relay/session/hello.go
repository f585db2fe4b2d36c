package session

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gammazero/nexus/v3/transport/serialize"
	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gorilla/websocket"
)

var serializer serialize.JSONSerializer // has no state

// AbortError means that the router refused the session.
type AbortError struct {
	Reason wamp.URI
	Text   string
}

func (e *AbortError) Error() string {
	if e.Text == "" {
		return fmt.Sprintf("the router refused: %s", e.Reason)
	}
	return fmt.Sprintf("the router refused: %s (%s)", e.Reason, e.Text)
}

// hello opens the session: HELLO, CHALLENGE where there is one, WELCOME.
func hello(conn *websocket.Conn, realm string, auth *Auth) error {
	var offered []string
	details := wamp.Dict{"roles": wamp.Dict{
		wamp.RolePublisher:  wamp.Dict{"features": wamp.Dict{}},
		wamp.RoleSubscriber: wamp.Dict{"features": wamp.Dict{wamp.FeaturePatternSub: true}},
		wamp.RoleCaller:     wamp.Dict{"features": wamp.Dict{}},
	}}
	if auth != nil {
		details["authid"] = auth.ID
		offered = auth.methods(conn)
		details["authmethods"] = offered
	}
	answer, err := exchange(conn, &wamp.Hello{Realm: wamp.URI(realm), Details: details})
	if err != nil {
		return err
	}
	if challenge, ok := answer.(*wamp.Challenge); ok {
		signature, err := respond(challenge, auth, offered)
		if err != nil {
			return err
		}
		answer, err = exchange(conn, &wamp.Authenticate{Signature: signature, Extra: wamp.Dict{}})
		if err != nil {
			return err
		}
	}
	switch m := answer.(type) {
	case *wamp.Welcome:
		return nil
	case *wamp.Abort:
		text, _ := wamp.AsString(m.Details["message"])
		abort := &AbortError{Reason: m.Reason, Text: text}
		if isAuthFailure(m.Reason) {
			return &AuthError{Abort: abort, Withheld: auth != nil && !slices.Contains(offered, "ticket")}
		}
		return abort
	default:
		return fmt.Errorf("the router answered HELLO with %s", answer.MessageType())
	}
}

// isAuthFailure knows the reasons that crossbar.io and nexus give.
func isAuthFailure(reason wamp.URI) bool {
	for _, word := range []string{"auth", "no_such_principal", "not_authorized"} {
		if strings.Contains(string(reason), word) {
			return true
		}
	}
	return false
}

func exchange(conn *websocket.Conn, m wamp.Message) (wamp.Message, error) {
	b, err := serializer.Serialize(m)
	if err == nil {
		err = conn.WriteMessage(websocket.TextMessage, b)
	}
	if err != nil {
		return nil, fmt.Errorf("sending %s: %w", m.MessageType(), err)
	}
	_, b, err = conn.ReadMessage()
	if err != nil {
		return nil, fmt.Errorf("waiting for the answer to %s: %w", m.MessageType(), err)
	}
	return decode(b)
}

// decode reads any message that is no event. The serializer was written for
// routers that keep to the protocol; a panic in it is one more broken message.
func decode(b []byte) (m wamp.Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reading a message from the router: %v", p)
		}
	}()
	m, err = serializer.Deserialize(b)
	if err != nil {
		return nil, fmt.Errorf("reading a message from the router: %w", err)
	}
	return m, nil
}
