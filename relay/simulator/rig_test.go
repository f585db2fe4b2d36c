package simulator

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// rig is the driver with its board on a bench: no router, and a clock that
// stands until it is turned.
type rig struct {
	t   *testing.T
	d   *driver
	now time.Time
}

// newRig makes a rig on which "me" has a slot. All axes go at 10 mm/s.
func newRig(t *testing.T, instant bool) *rig {
	t.Helper()
	speed := map[string]float64{"X": 10, "Y": 10, "Z": 10, "A": 10, "B": 10, "C": 10}
	b, err := newBoard(speed, instant)
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	newID := func() string { made++; return fmt.Sprintf("made-%d", made) }
	r := &rig{t, newDriver("DRIVER", defaultSlots, b, newID), time.Unix(1_000_000, 0)}
	r.d.handshake(extends("me"), r.now)
	return r
}

func (r *rig) dispatch(payload string) []reply { return r.d.dispatch(payload, r.now) }

// do sends a command as "me" and returns what is published.
func (r *rig) do(message string) []string { return briefs(r.dispatch(commands("me", message))) }

// after turns the clock and returns what is published on the way.
func (r *rig) after(d time.Duration) []string {
	r.now = r.now.Add(d)
	return briefs(r.d.tick(r.now))
}

func (r *rig) position(axis string) float64 { return r.d.board.at(r.now)[axisOf(axis)] }

func (r *rig) wantPosition(axis string, want float64) {
	r.t.Helper()
	if got := r.position(axis); got != want {
		r.t.Errorf("axis %s is at %v mm, want %v", axis, got, want)
	}
}

func wantReplies(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("published:\n got %q\nwant %q", got, want)
	}
}

// What the driver publishes, as brief has it.
const (
	empty = `me queue {"result": "empty"}`
	stat0 = `frontend driver {"stat": 0}`
	stat1 = `frontend driver {"stat": 1}`
)
