package driver

import (
	"time"

	"rawtcpcom/relay/lease"
	"rawtcpcom/relay/presence"
)

// How long an id rests when its owner has left.
const (
	brief = 500 * time.Millisecond // for a line on its way
	quiet = 5 * time.Second        // without feedback, while something may be queued
	// missed takes the place of quiet where nobody listened for a while, and a
	// motion may have begun that says nothing until it ends.
	missed = 30 * time.Second
	// longest is for a motion whose end is never told, as where the board was
	// switched off.
	longest = 10 * time.Minute
	// inFlight is how old a command must be for an empty queue that is told to
	// somebody else to mean that it has gone to the board.
	inFlight = time.Second
)

// updateRest ends the rest of an id or has it go on, and returns for how long.
func (f *feedback) updateRest(id string, now time.Time) time.Duration {
	rest, wait := f.restOf(id, now)
	if rest == lease.Rested {
		f.rested(id)
		return presence.Never
	}
	f.desk.SetRest(id, rest)
	return wait
}

// restOf is why an id has to rest, and for how long as things stand.
func (f *feedback) restOf(id string, now time.Time) (rest lease.Rest, wait time.Duration) {
	w := f.ids[id]
	switch {
	case w == nil:
		return lease.Rested, 0
	case w.open && f.deaf:
		return lease.Busy, presence.Never
	case f.moves && (w.open || f.current == w):
		rest, wait = lease.Busy, f.at.Add(longest).Sub(now)
	case w.open:
		rest, wait = lease.Busy, later(w.last, f.at).Add(w.quiet).Sub(now)
	default:
		rest, wait = lease.Brief, w.last.Add(brief).Sub(now)
	}
	if wait <= 0 {
		return lease.Rested, 0
	}
	return rest, wait
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
