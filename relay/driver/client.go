package driver

import (
	"time"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// client is a client as the driver's backend knows it.
type client struct {
	*hub.Client
	b      *Backend
	shakes map[wire.Service]state.Handshake // missing where none was asked for
	shaken bool                             // the driver's has once come to an end
}

// Arrived makes the driver's handshake due, and the others' at the client's
// first message for them.
func (b *Backend) Arrived(of *hub.Client) hub.Side {
	c := &client{Client: of, b: b, shakes: map[wire.Service]state.Handshake{wire.Driver: state.HandshakePending}}
	b.clients[c.ID] = c
	if b.waits(c.ID) {
		b.tellWaits(c)
	}
	return c
}

// Left has the client's id rest as long as the driver may have something to say
// on it.
func (c *client) Left() {
	delete(c.b.clients, c.ID)
	delete(c.b.unheeded, c.ID) // whoever has the id next did not send it
	c.b.feedback.left(c.ID, time.Now())
}

// Handshake is the driver's.
func (c *client) Handshake() (now state.Handshake, done bool) { return c.shakes[wire.Driver], c.shaken }

// Gate lets a message through to a service that its client has shaken hands
// with, and has it wait for that.
func (c *client) Gate(m wire.Message) (wait bool, e *wire.Error) {
	name, ok := wire.ServiceOf(m.Topic)
	if !ok {
		return false, nil // the frontend topic has nobody to shake hands with
	}
	s := c.b.services[name]
	if e := s.absent(m); e != nil || m.Urgent() {
		return false, e // a stop goes out even before its sender has shaken hands
	}
	if e := c.b.halted.Refuses(m); e != nil {
		return false, e
	}
	shake, asked := c.shakes[name]
	switch {
	case s.Waits():
		return true, nil
	case shake.Done() && name == wire.Driver:
		if e := c.b.needsBoard(m); e != nil {
			return false, e
		}
		return false, c.b.dropsWayBack(c.ID, m)
	case shake.Done():
		return false, nil
	case shake == state.HandshakeFailed:
		return false, &wire.Error{Code: wire.DriverFull, Text: "the " + string(name) + " has no slot left for this client, so its answers would be lost; close other front ends (browsers), then restart the robot"}
	case name == wire.Driver && c.b.feedback.busy(c.ID):
		return false, &wire.Error{Code: wire.Busy, Text: "not sent: " + stillAtWork}
	case !asked:
		c.shakes[name] = state.HandshakePending
		c.b.changed()
	}
	return true, nil
}
