package chain

import "time"

// Ages tells for how long things have been as they are.
//
// A wall-clock time that is told from outside is turned into an age once, when
// it is first heard; from then on the monotonic clock counts, since the wall
// clock of a box without a battery jumps by decades when it is set.
type Ages struct {
	marks map[string]mark
}

type mark struct {
	kind  string
	began time.Time
	heard time.Time
}

// NewAges makes one that remembers nothing yet.
func NewAges() *Ages { return &Ages{marks: map[string]mark{}} }

// Of is for how long the thing called name has been of this kind. since is
// when that began by the wall clock, or zero when nobody told; it is read when
// the kind changes, never negative and never above uptime.
func (a *Ages) Of(name, kind string, since, now time.Time, uptime time.Duration) time.Duration {
	m, known := a.marks[name]
	if !known || m.kind != kind {
		m = mark{kind: kind, began: now}
		if !since.IsZero() {
			m.began = now.Add(-min(max(now.Sub(since), 0), uptime))
		}
	}
	m.heard = now
	a.marks[name] = m
	return now.Sub(m.began)
}

// Forget drops what was not asked for since the time given.
func (a *Ages) Forget(before time.Time) {
	for name, m := range a.marks {
		if m.heard.Before(before) {
			delete(a.marks, name)
		}
	}
}
