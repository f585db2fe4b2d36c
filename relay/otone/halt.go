package otone

import (
	"time"

	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// This robot tells everybody what it gives its motor board, so that what others do
// to it is heard as well. But each homing begins with a halt and a reset: a halt
// that it tells of counts only when no reset follows soon (package halted).

// publishedHalt takes note of a message that halts or resets the robot. The relay's
// own stops, for which nothing is owed, are told of by the hub.
func (b *Backend) publishedHalt(id, by string, m wire.Message, owes bool, now time.Time) {
	if b.robot.Word() == presence.No {
		return // nobody is there to be halted
	}
	if b.halted.Published(by, m.Effect, now) && owes {
		b.desk.Halted(id, b.halted.State(), b.halted.Error(now))
	}
}

// Settled notes whether it went out.
func (b *Backend) Settled(m wire.Message, sent bool) {
	b.halted.Settled(m.Effect, sent)
}

// haltSaid reads off what the robot says whether it is halted.
func (b *Backend) haltSaid(payload []byte) {
	if effect := wire.BoardEffect(payload); effect != wire.Obeyed {
		b.halted.Told(effect, time.Now())
	}
	if b.halted.State().State == state.HaltedUnknown {
		if begun, _ := wire.BoardMotion(payload); begun {
			b.halted.Moves(time.Now())
		}
	}
}

// stepHalt does what is due with the halt, and returns how long until something may
// be.
func (b *Backend) stepHalt(now time.Time) time.Duration {
	next, halts := b.halted.Step(now)
	if halts {
		b.desk.Halted("", b.halted.State(), b.halted.Error(now))
	}
	return next
}
