package simulator

import (
	"fmt"
	"testing"
	"time"
)

// move_to goes back while the driver does not know where the axis is. Once it has
// been told, it drops the way back of an axis that last went up, without a word,
// until a move down.
func TestDriverDropsTheWayBack(t *testing.T) {
	r := newRig(t, true)
	for i, step := range []struct {
		command string
		x, at   float64
		ask     bool
	}{
		{"move_to", 100, 100, false},
		{"move_to", 50, 50, true},
		{"move_to", 20, 50, false},
		{"move_to", 80, 80, true},
		{"move_to", 79, 80, false},
		{"move", -1, 79, false},
		{"move_to", 20, 20, false},
	} {
		r.do(fmt.Sprintf(`{"%s":{"X":%v}}`, step.command, step.x))
		r.after(time.Minute)
		if got := r.position("X"); got != step.at {
			t.Errorf("step %d, %s %v: at %v, not %v", i+1, step.command, step.x, got, step.at)
		}
		if step.ask {
			r.do(`"positions"`)
		}
	}
}
