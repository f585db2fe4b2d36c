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
// it says, and whether it is there. What does not change is its wire.Dialect. The
// hub calls it with its mutex held, so nothing in it may block.
type Backend interface {
	// Arrived is for a new client, which has been told its id.
	Arrived(c *Client) Side
	// Payload is what is published of a message in the name of a client's id, or
	// in the relay's own, wire.RelayID. Asking for it marks nothing.
	Payload(id string, m wire.Message, now time.Time) []byte
	// Published notes that it is on its way, and for whom, as state.Halted names who
	// halts the robot. The robot owes a sign of life for it,
	// unless it is the relay's own stop.
	Published(id, by string, m wire.Message, owes bool, now time.Time)
	// Settled notes of a message that halts or resets the robot, or has a course, whether
	// the router has taken it, or it was not sent after all.
	Settled(m wire.Message, sent bool)
	// Event takes an event on one of Topics to whom it is for.
	Event(e session.Event)
	// Seen takes what was seen on the router.
	Seen(s Sight)
	// Step does what is due and returns how long until something may be.
	Step(now time.Time) time.Duration
	// State is how it stands now. What follows from a change is the hub's to see to.
	State() Stance
}

// Stance is how a backend stands.
type Stance struct {
	Robot   state.Robot  // as it is to be shown
	Halted  state.Halted // likewise
	Listens bool         // the robot is there and takes what is published, as far as is known
	// Changes is another number once a message may go that could not, or Step may
	// have something to do sooner.
	Changes uint64
}

// Side is what a backend keeps of one client.
type Side interface {
	// Gate decides whether a message may be published now, waits, or is refused. A
	// stop never waits.
	Gate(m wire.Message) (wait bool, e *wire.Error)
	// Handshake is how far the client's handshake with the robot has come, and
	// whether one has ever come to an end.
	Handshake() (now state.Handshake, done bool)
	// Left is for when the client has gone, before its id is free.
	Left()
}

// What can be seen on the router.
const (
	Began  Kind = iota // a session with it has begun, in which nothing is known yet
	Ended              // the session has ended, and with it all that held for it
	Moved              // somebody has come or gone; a look follows
	Looked             // a look's result is here
)

// Kind is what kind of sight it is.
type Kind int

// Sight is what was seen. All but the first is for Looked.
type Sight struct {
	Kind  Kind
	There presence.YesNo
	// Subscription is the router's number for the last of RobotTopics, 0 where it
	// is not known: another once all had left and one has come.
	Subscription wamp.ID
	Answered     bool // by the router, be it with a refusal
	// Speaks is which other dialect's robot is there where this one is not; empty
	// where none is, or where the router does not tell.
	Speaks string
}

// Desk is what a backend may do in the hub, whenever the hub has called it.
type Desk struct{ h *Hub }

// Log is the hub's log.
func (d Desk) Log() *slog.Logger { return d.h.log }

// ChecksKnown says that what the known software drops is refused.
func (d Desk) ChecksKnown() bool { return d.h.cfg.Rules.CheckKnown }

// OthersHeard says that what other programs command the robot is heard.
func (d Desk) OthersHeard() bool { return !d.h.othersUnheard }

// IDs are all ids that clients can have.
func (d Desk) IDs() []string { return d.h.pool.IDs() }

// SetRest says that an id rests, or has rested; see lease.Rest.
func (d Desk) SetRest(id string, rest lease.Rest) { d.h.pool.SetRest(id, rest) }

// Resting is why an id rests.
func (d Desk) Resting(id string) lease.Rest { return d.h.pool.Resting(id) }

// Tell queues one line for a client. Nobody is told that the robot is back before
// it has been told to drop what is stale.
func (d Desk) Tell(c *Client, line []byte) {
	d.h.stopStale()
	d.h.tell(c, line)
}

// TellError queues an error line for a client, about no message of its own.
func (d Desk) TellError(c *Client, e *wire.Error) { d.h.tellError(c, e, nil) }

// TellErrorAbout is the same about something that the client has sent.
func (d Desk) TellErrorAbout(c *Client, e *wire.Error, received []byte) {
	d.h.tellError(c, e, received)
}

// Refuse answers with an error what of a client's backlog matches, nil for all.
func (d Desk) Refuse(c *Client, e *wire.Error, matches func(wire.Message) bool) {
	d.h.refuse(c, e, matches)
}

// RefuseEvent notes an event that is not in the form of the robot's software,
// and tells those whose it was where nothing of it can be passed on.
func (d Desk) RefuseEvent(e session.Event, to ...*Client) { d.h.refuseEvent(e, to...) }

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
