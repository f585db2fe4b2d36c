package hub

import (
	"time"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Where the robot stands passes by in what it says. The backends read it and the hub
// keeps it, so that the state, the page and whoever else shows it agree. Nobody is
// asked for it. What was told may be old, so it is kept for each axis: since when, and
// what has happened since. That nothing is known to have happened is no promise that
// the robot still stands there.

// position is what was told last.
type position struct {
	axes   [len(wire.Axes)]axis
	moving bool // the motor board has begun a motion and not ended it
}

type axis struct {
	known       bool
	mm, largest float64
	told        time.Time
	old         state.Old
}

// Stands takes what the robot has told of where it is. An axis that is not told of
// stays as it was.
func (d Desk) Stands(at wire.Position) {
	now, p := time.Now(), &d.h.position
	for i := range p.axes {
		if !at.Known[i] {
			continue
		}
		a := &p.axes[i]
		a.largest = max(a.largest, at.MM[i])
		a.known, a.mm, a.told, a.old = true, at.MM[i], now, ""
		if p.moving {
			a.old = state.OldMoved
		}
	}
	signal(d.h.dirty)
}

// Moves takes that the motor board has begun a motion, or ended it.
func (d Desk) Moves(begun bool) {
	d.h.position.moving = begun
	if begun {
		d.h.outdated(state.OldMoved)
	}
}

// Moved is for what may have moved the robot.
func (d Desk) Moved() { d.h.outdated(state.OldMoved) }

func (h *Hub) movedBy(m wire.Message) {
	if m.Effect != wire.Obeyed {
		h.outdated(state.OldMoved)
	}
}

// outdated says why what is known is old.
func (h *Hub) outdated(why state.Old) {
	if why == state.OldAway {
		h.position.moving = false
	}
	for i := range h.position.axes {
		a := &h.position.axes[i]
		if a.known && a.old != why && a.old != state.OldAway { // the robot that was away is the one that moves
			a.old = why
			signal(h.dirty)
		}
	}
}

func (p *position) shown() (s state.Position) {
	largest := [...]**float64{&s.Largest.X, &s.Largest.Y, &s.Largest.Z, &s.Largest.A, &s.Largest.B}
	for i, at := range [...]**float64{&s.X, &s.Y, &s.Z, &s.A, &s.B} {
		a := p.axes[i] // a copy, for the pointers
		if !a.known {
			continue
		}
		*at, *largest[i] = &a.mm, &a.largest
		if s.Since.IsZero() || a.told.Before(s.Since) {
			s.Since = a.told
		}
		if s.Old == "" || a.old == state.OldAway {
			s.Old = a.old
		}
	}
	return s
}
