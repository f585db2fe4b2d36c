package driver

import (
	"time"

	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// The driver answers a halt, a reset and what it drops while the robot is halted
// alike: stat 0 and an empty queue. So what the clients send tells whether it is
// halted, and what others send on the driver's topic (wire.Dialect.Overheard).

// publishedHalt takes note of a message that halts or resets the robot. The relay's
// own stops, for which nothing is owed, are told of by the hub.
func (b *Backend) publishedHalt(id, by string, m wire.Message, owes bool, now time.Time) {
	if b.services[wire.Driver].Word() == presence.No {
		return // nobody is there to be halted
	}
	if b.halted.Published(by, m.Effect, now) && owes {
		b.desk.Halted(id, b.halted.State(), b.halted.Error(now))
	}
}

// Settled notes whether it went out.
func (b *Backend) Settled(m wire.Message, sent bool) {
	b.halted.Settled(m.Effect, sent)
	b.wayBack.settled(m.Course, sent)
}

// overheard takes what somebody else on the router sends to the driver.
func (b *Backend) overheard(e session.Event) {
	if e.Payload == nil || e.Problem != nil {
		return // the driver cannot take it either
	}
	now := time.Now()
	effect := wire.Overheard(e.Payload)
	if effect != wire.Obeyed {
		b.desk.Moved()
	}
	b.halted.Overheard(effect, now)
	b.overheardCourse(e, now)
	if from, clears := wire.OverheardClear(e.Payload); clears {
		b.desk.Cleared(from)
	}
	if effect == wire.Halts {
		b.desk.Halted("", b.halted.State(), b.halted.Error(now))
	}
}

// watchMotion takes a motion for a sign that the robot is not halted.
func (b *Backend) watchMotion(reply wire.Reply) {
	if b.halted.State().State != state.HaltedUnknown {
		return // for speed
	}
	if stat, _ := reply.Feedback(); stat != nil && string(stat) != "0" {
		b.halted.Moves(time.Now())
	}
}
