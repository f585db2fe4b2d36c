package driver

import (
	"fmt"
	"math"
	"slices"
	"time"

	"rawtcpcom/relay/session"
	"rawtcpcom/relay/wire"
)

// The driver keeps of each axis whether it went up last, to a larger number, and where
// it is, as the board has told it last. It drops a move_to without a word when one of
// its axes is to go below that place and went up last: a KeyError in the code for the
// backlash. Only a move by a negative distance has an axis count as gone down;
// neither home nor a halt does.
//
// The relay follows both: by what clients send, in the order in which it is published,
// by what others are heard to send, and by what the driver says to positions, flow and
// clear_queue. A move_to is refused only where all of it is known: nothing that the
// driver obeys may be. So nothing is refused while the answer to a question may be on
// its way, in a session in which others cannot be heard, or before the driver has
// shown what it keeps. The relay asks for flow for that, once until somebody has come or
// gone. What another sends in the same milliseconds counts as sent later.

const (
	// burst is how close together the driver tells the positions of one answer, an
	// axis at a time.
	burst = 200 * time.Millisecond
	// answerTime is for how long the answer to a question for positions may come.
	answerTime = time.Minute
	// lately is for how long after something was sent an answer to flow may be older.
	lately = 30 * time.Second
)

// way is which way an axis went last, as the driver has it.
type way int

const (
	unsure way = iota
	down
	up
)

// heading is what is known of one axis.
type heading struct {
	way way
	// of is the course that made it so and that the router has not acknowledged yet, by
	// whose that is; both are empty otherwise. For him alone it counts already: what
	// comes behind a message that is not sent is not sent either.
	of *wire.Course
	by string
	at float64 // where the driver has it, NaN where that is not known
}

// wayBack is what is known of the driver's axes. It is not safe for concurrent use.
type wayBack struct {
	axes    [len(wire.DriverAxes)]heading
	pending map[*wire.Course]bool // what the router has not acknowledged yet
	asked   int                   // questions for positions that are not answered yet
	askedAt time.Time             // the last of them
	told    time.Time             // when positions were told last
	telling bool                  // and more of the same answer may come
	moved   time.Time             // when anything that moves an axis was last sent
	lowered time.Time             // when a move down was
	flow    bool                  // the driver was asked for what it keeps
}

// forget is for a driver of which nothing is known any more. What is under way still
// is.
func (w *wayBack) forget() {
	*w = wayBack{pending: w.pending, asked: w.asked, askedAt: w.askedAt, told: w.told, telling: w.telling, moved: w.moved, lowered: w.lowered}
	for i := range w.axes {
		w.axes[i].at = math.NaN()
	}
}

// published takes what goes out in a client's name.
func (w *wayBack) published(id string, c *wire.Course, now time.Time) {
	if c != nil {
		if w.pending == nil {
			w.pending = map[*wire.Course]bool{}
		}
		w.pending[c] = true
		w.take(id, c, c, now)
	}
}

// settled notes whether the router has taken it.
func (w *wayBack) settled(c *wire.Course, sent bool) {
	if !w.pending[c] {
		return
	}
	delete(w.pending, c)
	if c.Asks && !sent {
		w.asked = max(0, w.asked-1)
	}
	for i := range w.axes {
		a := &w.axes[i]
		if a.of != c {
			continue
		}
		a.of, a.by = nil, ""
		if !sent {
			a.way = unsure
		}
	}
}

// overheard takes what somebody else sends. Whether that reached the router before
// what it has not acknowledged yet, nobody knows.
func (w *wayBack) overheard(c *wire.Course, now time.Time) {
	if c == nil {
		return
	}
	w.take("", c, nil, now)
	for own := range w.pending {
		for _, t := range own.Axes {
			if a := &w.axes[t.Axis]; slices.ContainsFunc(c.Axes, func(o wire.Toward) bool { return o.Axis == t.Axis }) {
				a.way, a.of, a.by = unsure, nil, ""
			}
		}
	}
}

// take does to the axes what the driver does; of is what its outcome hangs on.
func (w *wayBack) take(id string, c, of *wire.Course, now time.Time) {
	if c.Asks {
		w.asked++
		w.askedAt = now
		return
	}
	w.moved = now
	reached := true // the driver comes as far as this axis
	for _, t := range c.Axes {
		a := &w.axes[t.Axis]
		is := a.way
		switch {
		case c.Vague:
			is = unsure
		case c.Absolute:
			is, reached = a.moveTo(t.To, w.at(a, now), id, reached)
		case t.To > 0:
			is = up
		case t.To < 0:
			is = down
		}
		if (c.Vague || !c.Absolute) && is != up {
			w.lowered = now
		}
		if is != a.way {
			a.way, a.of, a.by = is, of, id
		}
	}
}

// moveTo is the way of an axis after a move_to, and whether the driver goes on to the
// next axis for certain. at is NaN where it is not known.
func (a *heading) moveTo(to, at float64, id string, reached bool) (is way, on bool) {
	safe := a.way == down && a.counts(id) // from being dropped
	switch {
	case to > at && reached:
		return up, true
	case to > at && a.way != up, math.IsNaN(at) && a.way != up:
		return unsure, reached && (to > at || safe)
	case to >= at || safe:
		return a.way, reached
	}
	return a.way, false
}

// counts reports whether the way of the axis is certain for what this client sends.
func (a *heading) counts(id string) bool { return a.of == nil || a.by == id }

// at is where the driver has an axis, NaN where that is not known.
func (w *wayBack) at(a *heading, now time.Time) float64 {
	if w.asked > 0 && now.Sub(w.askedAt) < answerTime || w.telling && now.Sub(w.told) < burst {
		return math.NaN()
	}
	return a.at
}

// said takes what the driver says, and what that tells of its axes.
func (w *wayBack) said(reply wire.Reply, told wire.Told, tells bool, now time.Time) {
	if stat, _ := reply.Feedback(); stat != nil {
		w.telling = false
	}
	if !tells {
		return
	}
	if !told.Flow {
		if !w.telling || now.Sub(w.told) >= burst {
			w.asked = max(0, w.asked-1)
		}
		w.telling, w.told = true, now
	}
	for i := range w.axes {
		a := &w.axes[i]
		a.at = told.Positions[i]
		switch {
		case a.way != unsure:
		case told.Up[i] && now.Sub(w.lowered) >= lately: // nothing else has it go down
			a.way, a.of, a.by = up, nil, ""
		case told.Flow && !told.Up[i] && now.Sub(w.moved) >= lately:
			a.way, a.of, a.by = down, nil, ""
		}
	}
}

// drops says for which axis the driver would drop what a client sends, and where that
// is.
func (w *wayBack) drops(id string, c *wire.Course, now time.Time) (axis string, at float64, drops bool) {
	if !c.Absolute || c.Vague {
		return "", 0, false
	}
	for _, t := range c.Axes {
		a := &w.axes[t.Axis]
		if at := w.at(a, now); t.To < at && a.way == up && a.counts(id) {
			return wire.DriverAxes[t.Axis : t.Axis+1], at, true
		}
	}
	return "", 0, false
}

// dropsWayBack is the error for a move_to that the driver would drop, nil for
// everything else.
func (b *Backend) dropsWayBack(id string, m wire.Message) *wire.Error {
	if m.Course == nil || !b.desk.OthersHeard() {
		return nil
	}
	axis, at, drops := b.wayBack.drops(id, m.Course, time.Now())
	if !drops {
		return nil
	}
	return &wire.Error{Code: wire.BadArgument, Text: fmt.Sprintf("the driver would drop this move_to in silence: %s went up last, and the driver was told that it is at %g; not sent. Send absolute and then rapid_linear_move with the same places, or first a move of %s by a negative distance", axis, at, axis)}
}

// overheardCourse takes what somebody else sends.
func (b *Backend) overheardCourse(e session.Event, now time.Time) {
	if b.desk.ChecksKnown() {
		b.wayBack.overheard(wire.OverheardCourse(e.Payload), now)
	}
}

// askForWays asks the driver what it keeps of its axes, where it was not asked yet, in
// the name of an id that it answers.
func (b *Backend) askForWays(id string, now time.Time) {
	if b.wayBack.flow || !b.desk.ChecksKnown() || !b.desk.OthersHeard() {
		return
	}
	b.wayBack.flow = true
	s := b.services[wire.Driver]
	_ = b.desk.Publish(wire.Driver.Topic(), wire.AppendFlow(nil, now, s.id, id), "flow") // the session has ended, and all that was known with it
}
