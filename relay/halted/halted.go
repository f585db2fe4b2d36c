// Package halted follows whether the robot is halted.
//
// A halted robot takes whatever it is sent and says what it says after a command
// that was carried out, while nothing moves (relay/wire/README.md, "A halted
// robot"). Nothing that it answers tells the one from the other, so the relay
// follows who halts and who resets it: its own clients, as soon as that is
// published, since what goes out next is taken in that order; others on the router,
// where they can be heard; and itself. What is not known is not guessed: in a new
// session, and of a robot that was started anew, it is unknown until there is a
// sign.
//
// Where two signs cross on their way, the halt counts: to be refused, with the
// reason, is less bad than to be told a success that was none.
package halted

import (
	"fmt"
	"time"

	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

const (
	// homing is for how long a halt that otone tells of may be the first half of a
	// homing, whose reset follows a fifth of a second later, or somewhat more where
	// its event loop is busy.
	homing = 3 * time.Second
	// crossing is for how long after a halt was published, and first told of, a reset that
	// it tells of may be an older one. So a homing at the robot's own front end in that time leaves it
	// halted here (TestOTonesHomingElsewhereSoonAfterAHalt): its halt and reset look like
	// those of an older homing, which the client's halt still follows.
	crossing = 5 * time.Second
)

// Tracker is what is known of one robot. It is not safe for concurrent use.
type Tracker struct {
	reset   string // how a person is told to end a halt
	passes  bool   // nothing is refused
	changed func() // something is due, or is another than it was

	now state.Halted
	// before is what a reset ended that the router has not acknowledged yet, unhalted
	// what a halt did.
	before, unhalted state.Halted
	// told is since when the robot tells of a halt that may be part of a homing.
	told time.Time
	// published is when a halt was, or when the robot first told of one after that, zero
	// once a reset was. unsettled are the halts that
	// the router has not acknowledged yet, resets the same of resets.
	published         time.Time
	awaited           bool // the robot has not told of one since
	unsettled, resets int
}

// New makes a tracker that knows nothing yet. reset is how a person is told to end a
// halt; with passes, nothing is refused; changed is called when something is due, or
// has changed.
func New(reset string, passes bool, changed func()) *Tracker {
	t := &Tracker{reset: reset, passes: passes, changed: changed}
	t.Forget()
	return t
}

// State is how it stands.
func (t *Tracker) State() state.Halted { return t.now }

// Forget is for a robot of which nothing is known any more.
func (t *Tracker) Forget() {
	t.set(state.Halted{State: state.HaltedUnknown})
	t.told, t.published, t.awaited, t.unsettled, t.resets = time.Time{}, time.Time{}, false, 0, 0
}

// Published notes that a message goes out, and for whom (state.Halted.By); Settled
// follows. It returns whether that halts a robot that was not known to be halted.
func (t *Tracker) Published(by string, effect wire.Effect, now time.Time) (halts bool) {
	switch effect {
	case wire.Halts:
		t.published, t.awaited = now, true
		was := t.now
		halts = t.halt(by, now)
		t.unsettled++
		if halts {
			t.unhalted = was
		}
		return halts
	case wire.Resets:
		t.published, t.awaited = time.Time{}, false
		t.resets++
		before := t.now
		if t.ended(by, now) {
			t.before = before
		}
	}
	return false
}

// Settled notes that the router has taken what was published, or that it was not
// sent after all.
func (t *Tracker) Settled(effect wire.Effect, sent bool) {
	pending, undone := &t.unsettled, &t.unhalted
	switch effect {
	case wire.Halts:
	case wire.Resets:
		pending, undone = &t.resets, &t.before
	default:
		return
	}
	*pending = max(0, *pending-1)
	switch {
	case sent:
		*undone = state.Halted{}
	case *pending == 0 && undone.State != "":
		t.set(*undone)
	}
}

// Overheard takes what another program on the router sends to the robot. A reset that
// is heard before the router has acknowledged a halt came first, and only counts where
// that halt is not sent after all. It returns whether that halts a robot that was not
// known to be halted.
func (t *Tracker) Overheard(effect wire.Effect, now time.Time) (halts bool) {
	switch {
	case effect == wire.Halts:
		return t.halt(state.ByAnother, now)
	case effect == wire.Resets && t.unsettled > 0:
		t.unhalted = state.Halted{State: state.HaltedNo, By: state.ByAnother, Since: now}
	case effect == wire.Resets:
		t.ended(state.ByAnother, now)
	}
	return false
}

// Told takes what the robot says that its motor board was given. That comes a while
// after the message that asked for it, and names nobody.
func (t *Tracker) Told(effect wire.Effect, now time.Time) {
	if effect == wire.Halts && t.awaited {
		// A robot that has stood still for a while may only come to what is older.
		t.published, t.awaited = now, false
	}
	switch {
	case effect == wire.Halts && t.now.State != state.HaltedYes && t.told.IsZero():
		t.told = now
		t.changed()
	case effect == wire.Resets && now.Sub(t.published) >= crossing:
		t.ended(state.ByAnother, now)
	}
}

// Moves notes a sign that the robot moves. It only counts where nothing else is
// known, since a motion may have begun before the halt.
func (t *Tracker) Moves(now time.Time) {
	if t.now.State == state.HaltedUnknown && t.told.IsZero() {
		t.set(state.Halted{State: state.HaltedNo, Since: now})
	}
}

// Step does what is due, and returns how long until something may be and whether the
// robot was found to be halted.
func (t *Tracker) Step(now time.Time) (next time.Duration, halts bool) {
	if t.told.IsZero() {
		return presence.Never, false
	}
	if wait := t.told.Add(homing).Sub(now); wait > 0 {
		return wait, false
	}
	return presence.Never, t.halt(state.ByAnother, t.told)
}

func (t *Tracker) halt(by string, since time.Time) (halts bool) {
	t.told = time.Time{}
	if t.now.State == state.HaltedYes {
		t.unhalted = state.Halted{} // it is halted, whatever becomes of the first
		return false                // who was first is why it stands
	}
	t.set(state.Halted{State: state.HaltedYes, By: by, Since: since})
	return true
}

func (t *Tracker) ended(by string, now time.Time) (changed bool) {
	t.told = time.Time{}
	if t.now.State == state.HaltedNo {
		return false
	}
	t.set(state.Halted{State: state.HaltedNo, By: by, Since: now})
	return true
}

func (t *Tracker) set(now state.Halted) {
	t.before, t.unhalted = state.Halted{}, state.Halted{}
	if t.now != now {
		t.now = now
		t.changed()
	}
}

// Refuses is the error for a message that the robot would drop; nil where it takes
// it, or nobody knows that it is halted.
func (t *Tracker) Refuses(m wire.Message) *wire.Error {
	if m.Effect != wire.Dropped || t.now.State != state.HaltedYes {
		return nil
	}
	return t.Error(time.Now())
}

// Error is what a client is told of what a halted robot would drop, nil where
// nothing is refused.
func (t *Tracker) Error(now time.Time) *wire.Error {
	if t.passes {
		return nil
	}
	return Error(fmt.Sprintf("%s halted the robot at %s, %v ago, and nothing moves until it is reset",
		t.now.Who(), t.now.Since.Format(time.TimeOnly), now.Sub(t.now.Since).Round(time.Second)), t.reset)
}

// Error is for a message that is not sent because of a halt. reset is how that is
// ended.
func Error(why, reset string) *wire.Error {
	return &wire.Error{Code: wire.RobotHalted, Text: why + "; not sent. Look at the robot, end the halt with " + reset + ", and home before you move"}
}
