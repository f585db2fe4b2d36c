// Package lease lends client ids to connections from a small pool on disk.
//
// The robot's driver takes few ids (wire.DriverIDs), those of browsers
// included, and never gives one back (relay/wire/README.md, "From connect to
// command", step 3). So an id is used again and again: over reconnects, and
// over restarts of the relay, since the pool is a file. The file is written
// when the pool grows and at no other time, which spares an SD card; a written
// file is complete or absent, whenever the power is cut.
//
// An id rests where the robot may still say something on it that its last owner
// has caused; when that is over is the backend's to tell. Which free id is lent
// is chosen to cost the driver as few slots as possible: first the one that was
// released longest ago of those already used, then a new one, and only then one
// that rests: its owner is there, and so can stop the robot, and the backend has
// it wait for the rest.
//
// Which ids are busy when the relay ends is kept in a second file, which is
// written then and deleted at the next start. Where it is missing, the relay had
// no time for it, and any id may be.
package lease

import (
	"errors"
	"log/slog"
	"slices"
	"sync"
)

// ErrExhausted means that every id of the pool is lent.
var ErrExhausted = errors.New("every client id is in use")

// Rest is why an id rests.
type Rest int

const (
	Rested Rest = iota
	Brief       // a line may be on its way
	Busy        // what its last owner has caused goes on
	Unsure      // nobody knows, since the relay had no time to keep it
)

// Pool is a set of ids. It is safe for concurrent use.
type Pool struct {
	dir string
	log *slog.Logger

	mu  sync.Mutex
	ids []*id
	// beyond are busy ids that this pool is too small for; a larger one has them rest.
	beyond []string
	turn   uint64 // counts releases, to tell which was released longest ago
}

type id struct {
	text     string
	lent     bool
	released uint64 // the turn of its last release; 0 while never used
	rest     Rest
}

// IDs are the ids that can be lent, in the order of the file.
func (p *Pool) IDs() []string {
	ids := make([]string, len(p.ids))
	for i, x := range p.ids {
		ids[i] = x.text
	}
	return ids
}

// Lease lends an id, one that rests only where no other is free. It returns
// ErrExhausted where every id is lent.
func (p *Pool) Lease() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var best *id
	for _, x := range p.ids {
		if !x.lent && (best == nil || preferred(x, best)) {
			best = x
		}
	}
	if best == nil {
		return "", ErrExhausted
	}
	best.lent = true
	return best.text, nil
}

// preferred reports whether a is the better id to lend than b, which comes
// earlier in the file.
func preferred(a, b *id) bool {
	switch {
	case a.rest != b.rest:
		return a.rest < b.rest
	case (a.released == 0) != (b.released == 0):
		return b.released == 0
	}
	return a.released < b.released
}

// Release takes an id back.
func (p *Pool) Release(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if x := p.find(text); x != nil && x.lent {
		p.turn++
		x.lent, x.released = false, p.turn
	}
}

// SetRest says that an id rests, or has rested, lent or not.
func (p *Pool) SetRest(text string, rest Rest) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if x := p.find(text); x != nil {
		x.rest = rest
	}
}

// Resting is why an id rests.
func (p *Pool) Resting(text string) Rest {
	p.mu.Lock()
	defer p.mu.Unlock()
	if x := p.find(text); x != nil {
		return x.rest
	}
	return Rested
}

func (p *Pool) find(text string) *id {
	if i := slices.IndexFunc(p.ids, func(x *id) bool { return x.text == text }); i >= 0 {
		return p.ids[i]
	}
	return nil
}
