package program

import (
	"bytes"
	"encoding/json"
	"time"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// The toy's dialect, {"go":"up"}, is one that nothing in the relay knows of. Its
// robot says what it has done to whom it has done it for. There is no handshake:
// who is subscribed is there.
const (
	toyIn  = "org.toy.in"
	toyOut = "org.toy.out"
)

// toyMessage is what is published, and with Did what comes back.
type toyMessage struct {
	ID  string `json:"id,omitempty"`
	Go  string `json:"go,omitempty"`
	Did string `json:"did,omitempty"`
}

var toyDialect = wire.Dialect{
	Name: "toy", About: "for this test", Robot: "toy", Router: "ws://127.0.0.1:1/ws",
	RelayTopics: func([]string) []string { return []string{toyOut} },
	RobotTopics: []string{toyIn},
	Parse: func(frame []byte, _ wire.Rules) (wire.Message, *wire.Error) {
		var m toyMessage
		if json.Unmarshal(frame, &m) != nil || m.Go == "" {
			return wire.Message{}, &wire.Error{Code: wire.BadMessage, Text: `a message is {"go": ...}`}
		}
		return wire.Message{Topic: toyIn, Data: bytes.Clone(frame), Command: m.Go != "stop", ClearQueue: m.Go == "stop"}, nil
	},
	Stop: func(bool) []wire.Message {
		return []wire.Message{{Topic: toyIn, Data: []byte(`{"go":"stop"}`), ClearQueue: true}}
	},
}

// toy is its backend.
type toy struct {
	desk    hub.Desk
	robot   presence.Peer
	clients map[string]*toyClient
	changes uint64
}

func newToy(desk hub.Desk) hub.Backend {
	b := &toy{desk: desk, clients: map[string]*toyClient{}}
	b.robot = presence.New(presence.Words{Name: "toy", Unsubscribed: "nobody plays"}, true, time.Now(), func() { b.changes++ })
	return b
}

func (b *toy) Arrived(c *hub.Client) hub.Side {
	side := &toyClient{Client: c, b: b}
	b.clients[c.ID] = side
	b.greet()
	return side
}

func (b *toy) Payload(id string, m wire.Message, _ time.Time) []byte {
	var said toyMessage
	_ = json.Unmarshal(m.Data, &said) // Parse has seen that it can be
	said.ID = id
	payload, _ := json.Marshal(said)
	return payload
}

func (b *toy) Published(string, string, wire.Message, bool, time.Time) {}

func (b *toy) Settled(wire.Message, bool) {}

func (b *toy) Event(e session.Event) {
	var said toyMessage
	if err := json.Unmarshal(e.Payload, &said); err != nil {
		e.Payload, e.Problem = nil, err
		b.desk.RefuseEvent(e)
		return
	}
	b.robot.Heard(time.Now())
	b.desk.Heard()
	if c := b.clients[said.ID]; c != nil {
		b.desk.Tell(c.Client, wire.Line(e.Payload))
	}
}

func (b *toy) Seen(s hub.Sight) {
	switch s.Kind {
	case hub.Began, hub.Ended:
		b.robot.Reset(s.Kind == hub.Began)
	case hub.Moved:
		b.robot.Doubt()
	case hub.Looked:
		b.robot.See(s.There, true)
	}
	b.robot.Update(b.desk.Log())
	b.greet()
}

// greet tells clients that have waited for it that the robot is there.
func (b *toy) greet() {
	for _, c := range b.clients {
		if b.robot.There() && !c.greeted {
			c.greeted = true
			b.desk.Tell(c.Client, wire.AppendNotice(nil, time.Now(), c.ID, wire.Success))
		}
	}
}

func (b *toy) Step(time.Time) time.Duration { return presence.Never }

func (b *toy) State() hub.Stance {
	return hub.Stance{Robot: b.robot.Shown(), Listens: b.robot.There(), Changes: b.changes}
}

type toyClient struct {
	*hub.Client
	b       *toy
	greeted bool
}

func (c *toyClient) Gate(m wire.Message) (wait bool, e *wire.Error) {
	if shown := c.b.robot.Shown(); shown.State == state.RobotAbsent {
		return false, &wire.Error{Code: wire.DriverAbsent, Text: "the toy is absent: " + shown.Error}
	}
	return !m.Urgent() && !c.b.robot.There(), nil
}

func (c *toyClient) Handshake() (now state.Handshake, done bool) {
	if c.greeted {
		return state.HandshakeSuccess, true
	}
	return state.HandshakePending, false
}

func (c *toyClient) Left() { delete(c.b.clients, c.ID) }
