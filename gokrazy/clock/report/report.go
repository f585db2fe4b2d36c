// Package report is what the program clock tells the box's other programs: whether
// the clock is set, and from where. It is a file in a tmpfs, so it says nothing of
// an earlier time that the box was on.
package report

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"time"

	"rawtcpcom/gokrazy/told"
	"rawtcpcom/relay/place"
)

// Path is where the report is on the box.
const Path = "/run/rawtcpcom/clock.json"

// Report is how the clock stands. While it is not set, it counts on from when this
// version was built or from the last time that was kept.
type Report struct {
	Set    bool    `json:"set"`
	From   string  `json:"from"`   // the server, and who named it; empty while not set, and where nobody tells
	Uptime float64 `json:"uptime"` // when it was first set, in seconds since power-on; 0 while not set
	Error  string  `json:"error"`  // why it is not set
}

// Write replaces the report. Whoever reads finds the old one or this, whole.
func (r Report) Write(path string) error {
	return told.Write(path, "the clock", r)
}

// Read reads the report. A PC has none: its system sets the clock. On the box
// there is none before the program clock has started.
func Read(path string, at place.Place) (Report, error) {
	r, err := told.Read[Report](path, "the clock")
	switch {
	case !errors.Is(err, fs.ErrNotExist):
		return r, err
	case at == place.Box:
		return Report{Error: "the program that sets it has not started yet"}, nil
	}
	return Report{Set: true}, nil
}

// lookEvery is how often a follower looks at the file.
const lookEvery = time.Second

// Follower knows the report without a look at the disk.
type Follower struct {
	path string
	at   place.Place

	mu  sync.Mutex
	now Report
}

// NewFollower looks once; Follow goes on.
func NewFollower(path string, at place.Place) *Follower {
	f := &Follower{path: path, at: at}
	f.look()
	return f
}

// Report is the last one seen.
func (f *Follower) Report() Report {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Follow looks at the file until the context ends, and calls changed when it says
// something else than before.
func (f *Follower) Follow(ctx context.Context, changed func()) {
	again := time.NewTicker(lookEvery)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
		if f.look() {
			changed()
		}
	}
}

func (f *Follower) look() (changed bool) {
	r, err := Read(f.path, f.at)
	if err != nil {
		r = Report{Error: err.Error()}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	changed = r != f.now
	f.now = r
	return changed
}
