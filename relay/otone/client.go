package otone

import (
	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// client is a client as this backend knows it.
type client struct {
	*hub.Client
	b         *Backend
	handshake state.Handshake
	shaken    bool // it has once been told that the robot is there
}

// Arrived tells a newcomer at once where the robot is known to be ready.
func (b *Backend) Arrived(of *hub.Client) hub.Side {
	c := &client{Client: of, b: b, handshake: state.HandshakePending}
	b.clients[c.ID] = c
	if b.knownReady() {
		b.conclude(c)
	}
	return c
}

// Left has nothing more to do: what the robot says is for all, whatever their ids.
func (c *client) Left() { delete(c.b.clients, c.ID) }

// Handshake is the only one there is.
func (c *client) Handshake() (now state.Handshake, done bool) { return c.handshake, c.shaken }

// Gate lets a message through once the robot has said that it is ready. A stop
// goes out even to one that may only be deaf to the question.
func (c *client) Gate(m wire.Message) (wait bool, e *wire.Error) {
	shown := c.b.robot.Shown()
	switch {
	case shown.State == state.RobotAbsent && !(m.Urgent() && c.b.robot.Word() != presence.No):
		return false, &wire.Error{Code: wire.DriverAbsent, Text: "the robot is absent: " + shown.Error + "; not sent, send it again once the handshake has come"}
	case m.Urgent():
		return false, nil
	}
	if e := c.b.halted.Refuses(m); e != nil {
		return false, e
	}
	if c.b.robot.Waits() || !c.handshake.Done() {
		return true, nil
	}
	return false, c.b.needsBoard(m)
}
