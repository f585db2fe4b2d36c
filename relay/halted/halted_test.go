package halted_test

import (
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/halted"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

var begin = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// happenings are what the table's steps stand for; each comes a second after the
// one before.
var happenings = map[string]func(t *halted.Tracker, now time.Time){
	"a halts":      func(t *halted.Tracker, now time.Time) { halts(t, "a", now) },
	"a's goes out": func(t *halted.Tracker, now time.Time) { t.Published("a", wire.Halts, now) },
	"a's is taken": func(t *halted.Tracker, _ time.Time) { t.Settled(wire.Halts, true) },
	"b halts":      func(t *halted.Tracker, now time.Time) { halts(t, "b", now) },
	"relay halts":  func(t *halted.Tracker, now time.Time) { halts(t, state.ByRelay, now) },
	"b resets":     func(t *halted.Tracker, now time.Time) { t.Published("b", wire.Resets, now) },
	"b moves":      func(t *halted.Tracker, now time.Time) { t.Published("b", wire.Dropped, now) },
	"b asks":       func(t *halted.Tracker, now time.Time) { t.Published("b", wire.Obeyed, now) },
	"b's is taken": func(t *halted.Tracker, _ time.Time) { t.Settled(wire.Resets, true) },
	"b's is lost":  func(t *halted.Tracker, _ time.Time) { t.Settled(wire.Resets, false) },
	"a's is not":   func(t *halted.Tracker, _ time.Time) { t.Settled(wire.Halts, false) },
	"a resets":     func(t *halted.Tracker, now time.Time) { t.Published("a", wire.Resets, now) },
	"other halts":  func(t *halted.Tracker, now time.Time) { t.Overheard(wire.Halts, now) },
	"other resets": func(t *halted.Tracker, now time.Time) { t.Overheard(wire.Resets, now) },
	"other moves":  func(t *halted.Tracker, now time.Time) { t.Overheard(wire.Dropped, now) },
	"board halted": func(t *halted.Tracker, now time.Time) { t.Told(wire.Halts, now) },
	"board reset":  func(t *halted.Tracker, now time.Time) { t.Told(wire.Resets, now) },
	"board moved":  func(t *halted.Tracker, now time.Time) { t.Told(wire.Dropped, now) },
	"motion":       func(t *halted.Tracker, now time.Time) { t.Moves(now) },
	"forgotten":    func(t *halted.Tracker, _ time.Time) { t.Forget() },
	"wait":         func(*halted.Tracker, time.Time) {},
}

// halts is a halt that the router takes at once.
func halts(t *halted.Tracker, by string, now time.Time) {
	t.Published(by, wire.Halts, now)
	t.Settled(wire.Halts, true)
}

// table has what happens, and what is known then, after how many seconds from the
// begin it began.
var table = []struct{ steps, want string }{
	{"", "unknown"},
	{"b moves, b asks, wait", "unknown"},
	{"motion", "no 1"},
	{"a halts", "yes a 1"},
	{"a halts, b halts", "yes a 1"},
	{"a halts, b moves, b asks", "yes a 1"},
	{"a halts, motion", "yes a 1"}, // it began before
	{"relay halts", "yes the relay 1"},
	{"a halts, b resets", "no b 2"},
	{"a halts, b resets, a halts", "yes a 3"},
	{"b resets", "no b 1"},
	{"b resets, b resets", "no b 1"},
	{"a halts, forgotten", "unknown"},

	// A reset that was not sent.
	{"a halts, b resets, b's is lost", "yes a 1"},
	{"a halts, b resets, a resets, b's is lost", "no b 2"}, // the other's goes out
	{"a halts, b resets, a resets, b's is lost, b's is lost", "yes a 1"},
	{"a halts, b resets, b's is taken, b's is lost", "no b 2"}, // another one was
	{"a halts, b resets, b resets, b's is lost, b's is lost", "yes a 1"},
	{"b resets, b's is lost", "unknown"},
	{"a halts, b resets, a halts, b's is lost", "yes a 3"},
	{"a halts, b resets, forgotten, b's is lost", "unknown"},

	// A halt that the router did not take.
	{"motion, a's goes out, a's is not", "no 1"},
	{"a's goes out, a's is not", "unknown"},
	{"a's goes out, a's goes out, a's is not", "yes a 1"},
	{"a's goes out, a's is taken, a's goes out, a's is not", "yes a 1"},
	{"a's goes out, other halts, a's is not", "yes a 1"}, // the other's was

	// Other programs of the driver's dialect.
	{"other halts", "yes another program 1"},
	{"other halts, other moves", "yes another program 1"},
	{"a halts, other halts", "yes a 1"},
	{"a halts, other resets", "no another program 2"},
	{"other halts, b resets", "no b 2"},
	{"a's goes out, other resets", "yes a 1"}, // which of them was first?
	{"a's goes out, a's is taken, other resets", "no another program 3"},
	{"a's goes out, other resets, a's is taken", "yes a 1"}, // the reset
	{"a's goes out, other resets, a's is not", "no another program 2"},
	{"b halts, a's goes out, other resets, a's is taken", "yes b 1"},
	{"b halts, a's goes out, other resets, a's is not", "no another program 3"},
	{"a's goes out, forgotten, a's is taken, other halts, other resets", "no another program 5"},

	// What otone tells of its board: a halt that a reset follows is a homing.
	{"board halted", "unknown"},
	{"board halted, wait", "unknown"},
	{"board halted, board reset, wait, wait, wait", "no another program 2"},
	{"board halted, wait, wait, wait", "yes another program 1"},
	{"board halted, wait, board halted, wait", "yes another program 1"},
	{"board halted, a halts", "yes a 2"},
	{"board halted, b resets, wait, wait, wait", "no b 2"},
	{"board halted, forgotten, wait, wait, wait", "unknown"},
	{"board halted, motion", "unknown"},
	{"motion, board halted, board moved, wait, wait", "yes another program 2"},
	{"a halts, board halted, wait, wait, wait", "yes a 1"},
	{"a halts, board halted, wait, wait, wait, board reset", "yes a 1"},
	{"a halts, board halted, wait, wait, wait, wait, board reset", "no another program 7"},
	// A robot that stood still has a homing and a halt to catch up with.
	{"a halts, wait, wait, wait, wait, wait, board halted, board reset, board halted, wait, wait", "yes a 1"},
	// One that was on its way when a client halted.
	{"a halts, board reset, board halted", "yes a 1"},
	{"a halts, b resets, board halted, board reset, wait, wait, wait", "no b 2"},
}

func TestWhatIsKnown(t *testing.T) {
	for _, row := range table {
		tracker := halted.New("this", false, func() {})
		now := begin
		for step := range strings.SplitSeq(row.steps, ", ") {
			now = now.Add(time.Second)
			happens := happenings[step]
			if happens == nil && step != "" {
				t.Fatalf("%q: there is no %q", row.steps, step)
			}
			if happens != nil {
				happens(tracker, now)
			}
			tracker.Step(now)
		}
		if got := words(tracker.State()); got != row.want {
			t.Errorf("%s: %s, not %s", row.steps, got, row.want)
		}
	}
}

// words are a state as in the table.
func words(h state.Halted) string {
	w := string(h.State)
	if h.By != "" {
		w += " " + h.By
	}
	if !h.Since.IsZero() {
		w += " " + strings.TrimSuffix(h.Since.Sub(begin).String(), "s")
	}
	return w
}

// It is said once that the robot was halted, and only what it would drop is refused.
func TestWhatIsToldAndRefused(t *testing.T) {
	changes := 0
	tracker := halted.New("this", false, func() { changes++ })
	changes = 0
	drops := wire.Message{Effect: wire.Dropped}
	if e := tracker.Refuses(drops); e != nil {
		t.Errorf("refused where nobody knows: %v", e)
	}
	if !tracker.Published("a", wire.Halts, begin) || tracker.Published("b", wire.Halts, begin) || changes != 1 {
		t.Errorf("the halt is not told once; %d changes", changes)
	}
	e := tracker.Refuses(drops)
	if e == nil || e.Code != wire.RobotHalted || !strings.Contains(e.Text, "client a halted the robot at 12:00:00") || !strings.Contains(e.Text, "end the halt with this") {
		t.Errorf("the error is %v", e)
	}
	for _, passes := range []wire.Effect{wire.Obeyed, wire.Halts, wire.Resets} {
		if e := tracker.Refuses(wire.Message{Effect: passes}); e != nil {
			t.Errorf("effect %d is refused", passes)
		}
	}
	lenient := halted.New("this", true, func() {})
	lenient.Overheard(wire.Halts, begin)
	if e := lenient.Refuses(drops); e != nil || lenient.State().State != state.HaltedYes {
		t.Errorf("%v, %+v", e, lenient.State())
	}
}

// Step says when it is to be called again.
func TestWhenAHaltMayBeAHoming(t *testing.T) {
	tracker := halted.New("this", false, func() {})
	tracker.Told(wire.Halts, begin)
	if next, halts := tracker.Step(begin.Add(time.Second)); next != 2*time.Second || halts {
		t.Errorf("after a second: %v, %v", next, halts)
	}
	if _, halts := tracker.Step(begin.Add(3 * time.Second)); !halts {
		t.Error("it is not told that it was halted")
	}
	if next, halts := tracker.Step(begin.Add(4 * time.Second)); next < time.Hour || halts {
		t.Errorf("then: %v, %v", next, halts)
	}
}
