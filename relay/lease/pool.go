// Package lease lends client ids to connections from a small pool on disk.
//
// The robot's driver takes few ids (wire.DriverIDs), those of browsers
// included, and never gives one back (relay/wire/README.md, "From connect to
// command", step 3). So an id is used again and again: over reconnects, and
// over restarts of the relay, since the pool is a file. The file is written
// when the pool grows and at no other time, which spares an SD card; a written
// file is complete or absent, whenever the power is cut.
//
// Which free id is lent is chosen to cost the driver as few slots as
// possible: first the one that has rested longest of those already used, then
// a new one. An id that has just commanded the robot rests for Quarantine
// before it is lent again, so that feedback on its way to the old owner does
// not reach the next.
package lease

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"rawtcpcom/relay/durable"
)

// Quarantine is how long an id that commanded the robot rests before it is
// lent again. Feedback in flight takes milliseconds; a client that comes back
// at once to a full pool waits this long.
const Quarantine = 500 * time.Millisecond

// ErrExhausted means that every id of the pool is lent.
var ErrExhausted = errors.New("every client id is in use")

// Pool is a set of ids. It is safe for concurrent use.
type Pool struct {
	mu      sync.Mutex
	ids     []*id
	changed chan struct{} // closed and replaced when an id is released
	turn    uint64        // counts releases, to tell which id rested longest
}

type id struct {
	text     string
	lent     bool
	released uint64    // the turn of its last release; 0 while never used
	rests    time.Time // not to be lent before
}

// Open reads the pool from a directory, which is made if it is missing, and
// lets it grow to size ids. A pool file that cannot be understood is set aside
// and replaced, with a warning in the log. The error says what to do when the
// directory cannot be used.
func Open(dir string, size int, log *slog.Logger) (*Pool, error) {
	texts, err := read(dir, log)
	if err != nil {
		return nil, fmt.Errorf("opening the pool of client ids: %w", err)
	}
	if len(texts) < size {
		for len(texts) < size {
			texts = append(texts, uuid.NewString())
		}
		if err := durable.WriteJSON(filepath.Join(dir, FileName), contents{IDs: texts}); err != nil {
			return nil, fmt.Errorf("keeping the pool of client ids: %w; point -data at a directory that can be written", err)
		}
	}
	p := &Pool{changed: make(chan struct{})}
	for _, t := range texts[:size] {
		p.ids = append(p.ids, &id{text: t})
	}
	return p, nil
}

// IDs are the ids that can be lent, in the order of the file.
func (p *Pool) IDs() []string {
	ids := make([]string, len(p.ids))
	for i, x := range p.ids {
		ids[i] = x.text
	}
	return ids
}

// Lease lends an id. Where the only free ones rest, it waits for the first,
// no longer than Quarantine. It returns ErrExhausted at once where every id is
// lent, or the context's error.
func (p *Pool) Lease(ctx context.Context) (string, error) {
	for {
		text, wait, changed := p.try(time.Now())
		if text != "" {
			return text, nil
		}
		if wait <= 0 {
			return "", ErrExhausted
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return "", ctx.Err()
		case <-timer.C:
		case <-changed:
			timer.Stop()
		}
	}
}

// try lends a rested id, or says how long until the first will have rested;
// no time at all means that none is free.
func (p *Pool) try(now time.Time) (text string, wait time.Duration, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var best *id
	for _, x := range p.ids {
		switch rest := x.rests.Sub(now); {
		case x.lent:
		case rest > 0:
			if wait == 0 || rest < wait {
				wait = rest
			}
		case best == nil || preferred(x, best):
			best = x
		}
	}
	if best == nil {
		return "", wait, p.changed
	}
	best.lent = true
	return best.text, 0, nil
}

// preferred reports whether a is the better id to lend than b, which comes
// earlier in the file.
func preferred(a, b *id) bool {
	if (a.released == 0) != (b.released == 0) {
		return b.released == 0
	}
	return a.released < b.released
}

// Release takes an id back. commanded says that its owner published something
// to the robot, so that feedback may still be on its way.
func (p *Pool) Release(text string, commanded bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.ids, func(x *id) bool { return x.text == text })
	if i < 0 || !p.ids[i].lent {
		return
	}
	x := p.ids[i]
	p.turn++
	x.lent, x.released = false, p.turn
	if commanded {
		x.rests = time.Now().Add(Quarantine)
	}
	close(p.changed)
	p.changed = make(chan struct{})
}
