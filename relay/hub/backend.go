package hub

import (
	"context"
	"log/slog"
	"time"

	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/lease"
	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Backend is the robot's software as the hub sees it: what is said to it, what
// it says, and whether it is there. The hub calls it with its mutex held, so
// nothing in it may block; the first four methods, which keep no state, are
// called without.
type Backend interface {
	// Service is the robot itself: whom clients shake hands with, whom State
	// is about, and whose name errors use.
	Service() wire.Service
	// RelayTopics are what a session must be subscribed to, where clients can have
	// these ids.
	RelayTopics(ids []string) []string
	// RobotTopics are the topics that the robot is subscribed to when it is there.
	RobotTopics() []string
	// Parse checks one frame of a client. The message does not refer to the
	// frame's memory.
	Parse(frame []byte) (wire.Message, *wire.Error)
	// Stop is what is published to stop the robot for a client that is gone:
	// what is queued is dropped, and with halt, motion is stopped as well.
	Stop(id string, halt bool) (topic string, payloads [][]byte)

	// Reset forgets what holds for one session, since it has begun or ended.
	Reset()
	// Arrived is for a new client, which has been told its id.
	Arrived(c *Client)
	// Left is for a client that has gone, before its id is free.
	Left(c *Client)
	// Gate says of a message that could be published whether it may now, is to
	// wait until it is known whether it may, or may not. A stop never waits.
	Gate(c *Client, m wire.Message) (wait bool, e *wire.Error)
	// Payload is what is published of a message, which happens next.
	Payload(c *Client, m wire.Message) []byte
	// Event takes an event on one of RelayTopics to whom it is for.
	Event(e session.Event)
	// Doubt is for when somebody has come or gone, before the look that Seen
	// has the result of.
	Doubt()
	Seen(s Sight)
	// Step does what is due and returns how long until something may be.
	Step(now time.Time) time.Duration
	// State is the robot as it stands.
	State() state.Robot
}

// Sight is what a look found.
type Sight struct {
	There presence.YesNo
	// Subscription is the router's number for the last of RobotTopics, 0 where it
	// is not known: another once all had left and one has come.
	Subscription wamp.ID
	Answered     bool // by the router, be it with a refusal
}

// Desk is what a backend may do in the hub, whenever the hub has called it.
type Desk struct{ h *Hub }

// Log is the hub's log.
func (d Desk) Log() *slog.Logger { return d.h.log }

// Joined reports whether there is a session with the router.
func (d Desk) Joined() bool { return d.h.session != nil }

// IDs are all ids that clients can have.
func (d Desk) IDs() []string { return d.h.pool.IDs() }

// SetRest says that an id rests, or has rested; see lease.Rest.
func (d Desk) SetRest(id string, rest lease.Rest) { d.h.pool.SetRest(id, rest) }

// Resting is why an id rests.
func (d Desk) Resting(id string) lease.Rest { return d.h.pool.Resting(id) }

// Clients are those there are, by id; not to be changed.
func (d Desk) Clients() map[string]*Client { return d.h.clients }

// Tell queues one line for a client.
func (d Desk) Tell(c *Client, line []byte) { d.h.tell(c, line) }

// TellError queues an error line for a client, about no message of its own.
func (d Desk) TellError(c *Client, e *wire.Error) { d.h.tellError(c, e, nil) }

// Refuse answers with an error what of a client's backlog matches, nil for all.
func (d Desk) Refuse(c *Client, e *wire.Error, matches func(wire.Message) bool) {
	d.h.refuse(c, e, matches)
}

// RefuseEvent notes an event that is not in the form of the robot's software,
// and tells those whose it was where nothing of it can be passed on.
func (d Desk) RefuseEvent(e session.Event, to ...*Client) { d.h.refuseEvent(e, to...) }

// Pump lets a client's waiting commands go on, or be refused.
func (d Desk) Pump(c *Client) { d.h.pump(c) }

// Publish publishes something of the backend's own, ahead of the clients'
// messages. The error is logged where there is a session to blame.
func (d Desk) Publish(topic string, payload []byte, purpose string) error {
	return d.noted(d.h.send(context.Background(), topic, payload, true, d.settled(purpose)))
}

// PublishJSON is Publish for an argument that is JSON as it stands.
func (d Desk) PublishJSON(topic string, argument []byte, purpose string) error {
	d.h.published()
	return d.noted(d.h.session.PublishJSON(context.Background(), topic, argument, d.settled(purpose)))
}

// noted takes note of a publish that is to be settled.
func (d Desk) noted(err error) error {
	if err == nil {
		d.h.acks.published()
	}
	return err
}

func (d Desk) settled(purpose string) func(error) {
	return func(err error) {
		defer d.h.turns.TakeForReader().End()
		d.h.routerSettled(err)
		if err != nil {
			d.h.log.Warn("not taken by the router", "what", purpose, "error", err)
		}
	}
}

// Wake has Step called soon.
func (d Desk) Wake() { signal(d.h.wake) }

// Changed says that State would tell something new.
func (d Desk) Changed() { signal(d.h.dirty) }
