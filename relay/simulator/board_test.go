package simulator

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const second = time.Second

func TestMotionTakesTime(t *testing.T) {
	r := newRig(t, false)
	wantReplies(t, r.do(`{"move_to": {"X": 20, "Y": -10}}`), empty, stat1, empty)
	wantReplies(t, r.after(0))
	wantReplies(t, r.after(second))
	r.wantPosition("X", 10)
	r.wantPosition("Y", -5)
	wantReplies(t, r.after(second-1))
	r.wantPosition("Z", 0)
	wantReplies(t, r.after(1), stat0, empty)
	r.wantPosition("X", 20)
	r.wantPosition("Y", -10)
	wantReplies(t, r.after(time.Hour))

	wantReplies(t, r.do(`{"move_to": {"X": 20}}`), empty, stat0, empty) // no way to go
	wantReplies(t, r.do(`{"move": {"X": -5}}`), empty, stat1, empty)
	r.after(second / 2)
	r.wantPosition("X", 15)
}

func TestModes(t *testing.T) {
	r := newRig(t, true)
	r.do(`{"linear_move": {"X": 5}}`)
	r.do(`{"rapid_linear_move": {"X": 5}}`)
	r.wantPosition("X", 5)
	r.do(`{"relative": ""}`)
	r.do(`{"linear_move": {"X": 5}}`)
	r.wantPosition("X", 10)
	r.do(`{"move_to": {"X": 1}}`) // absolute from here on
	r.do(`{"linear_move": {"X": 5}}`)
	r.wantPosition("X", 5)
	r.do(`{"move": {"X": 1}}`) // relative from here on
	r.do(`{"linear_move": {"X": 5}}`)
	r.wantPosition("X", 11)
	r.do(`{"absolute": ""}`)
	for _, odd := range []string{`"inf"`, `"nan"`, `1e400`, `1e10`, `"left"`, `null`} {
		r.do(`{"linear_move": {"X": ` + odd + `}}`)
	}
	r.wantPosition("X", 11)
}

func TestHoming(t *testing.T) {
	r := newRig(t, false)
	r.do(`{"move_to": {"X": 20, "Z": 5}}`)
	r.after(2 * second)

	// X alone: 20 mm, and back off the switch and to it again.
	wantReplies(t, r.do(`{"home": {"X": "true"}}`), empty, stat1, empty)
	r.after(second)
	r.wantPosition("X", 10)
	wantReplies(t, r.after(second+399*time.Millisecond))
	r.wantPosition("X", 0)
	wantReplies(t, r.after(time.Millisecond), stat0, empty)
	r.wantPosition("Z", 5)
	if homed := r.d.board.homed; homed != [axes]bool{true} {
		t.Errorf("homed: %v", homed)
	}

	// All of them; X, at home already, takes its time too.
	wantReplies(t, r.do(`{"home": ""}`), empty, stat1, empty)
	wantReplies(t, r.after(900*time.Millisecond), stat0, empty)
	r.wantPosition("Z", 0)
	if homed := r.d.board.homed; slices.Contains(homed[:], false) {
		t.Errorf("homed: %v", homed)
	}
}

func TestPositionsWhileMoving(t *testing.T) {
	r := newRig(t, false)
	r.do(`{"move_to": {"X": 20}}`)
	r.after(second / 2)
	replies := r.do(`{"positions": ""}`)
	want := []string{empty,
		`frontend driver {"adj_pos": {"X": 5.0, "Y": 0.5, "Z": 0.0, "A": 0.1, "B": 0.1, "C": 0.0}}`,
		`frontend driver {"pos": {"X": 5.0, "Y": 0.0, "Z": 0.0, "A": 0.0, "B": 0.0, "C": 0.0}}`}
	wantReplies(t, replies, want...) // and no stat 0, which would end the motion
	flow := r.dispatch(says("me", "meta", "smoothie", `{"flow": ""}`))[0].payload
	for _, part := range []string{
		`"smoothie_pos": {"X": 5.0, "Y": 0.0,`, `"direction": {"X": 1, "Y": 0,`, `"absolute_mode": true`, `"ack_ready": false`,
	} {
		if !strings.Contains(flow, part) {
			t.Errorf("no %s in %s", part, flow)
		}
	}
	wantReplies(t, r.after(2*second), stat0, empty)
}

// TestFeedbackQueue: with feedback on, the driver holds each command until the
// board is ready, the halt included, unless the queue is cleared first.
func TestFeedbackQueue(t *testing.T) {
	clearQueue := says("me", "meta", "smoothie", `{"clear_queue": ""}`)

	t.Run("steps when ready", func(t *testing.T) {
		r := newRig(t, false)
		r.do(`{"feedback_on": "true"}`)
		wantReplies(t, r.do(`{"move": {"X": 10}}`), stat1)
		wantReplies(t, r.do(`{"move": {"X": 10}}`))
		wantReplies(t, r.do(`{"absolute": ""}`))
		wantReplies(t, r.after(second), stat0, stat1)
		wantReplies(t, r.after(second), stat0, stat0, empty)
		r.wantPosition("X", 20)
	})
	t.Run("keeps its pace when seen late", func(t *testing.T) {
		r := newRig(t, false)
		r.do(`{"feedback_on": "true"}`)
		r.do(`{"move": {"X": 10}}`)
		r.do(`{"move": {"X": 10}}`)
		wantReplies(t, r.after(1500*time.Millisecond), stat0, stat1)
		r.wantPosition("X", 15)
	})
	t.Run("halt waits", func(t *testing.T) {
		r := newRig(t, false)
		r.do(`{"feedback_on": "true"}`)
		r.do(`{"move": {"X": 10}}`)
		wantReplies(t, r.do(`{"halt": ""}`))
		r.after(second / 2)
		r.wantPosition("X", 5)
		wantReplies(t, r.after(second/2), stat0, stat0, empty)
		r.wantPosition("X", 10)
		if !r.d.board.halted {
			t.Error("not halted")
		}
	})
	t.Run("clear_queue and halt", func(t *testing.T) {
		r := newRig(t, false)
		r.do(`{"feedback_on": "true"}`)
		r.do(`{"move": {"X": 10}}`)
		r.do(`{"move": {"X": 10}}`)
		r.after(second / 2)
		if cleared := r.dispatch(clearQueue); len(cleared) != 1 || !strings.Contains(cleared[0].payload, `"queue_size": 0`) {
			t.Errorf("clear_queue: %q", cleared)
		}
		wantReplies(t, r.do(`{"halt": ""}`), stat0, empty)
		wantReplies(t, r.after(time.Hour))
		r.wantPosition("X", 5)
	})
}

// TestHalt: without feedback it goes out at once; nothing moves after it until
// it is reset, and no position is trusted until the axis is homed.
func TestHalt(t *testing.T) {
	r := newRig(t, false)
	r.do(`{"home": ""}`)
	r.after(second)
	r.do(`{"move": {"X": 10}}`)
	r.do(`{"move": {"X": 10}}`) // in the board's queue
	r.after(second / 2)
	wantReplies(t, r.do(`{"halt": ""}`), empty, stat0, empty)
	wantReplies(t, r.after(time.Hour))
	r.wantPosition("X", 5)
	for _, message := range []string{`{"move": {"X": 10}}`, `{"move_to": {"X": 10}}`, `{"home": ""}`, `{"linear_move": {"X": 1}}`} {
		wantReplies(t, r.do(message), empty, stat0, empty)
	}
	wantReplies(t, r.after(time.Hour))
	r.wantPosition("X", 5)

	wantReplies(t, r.do(`{"reset_from_halt": "true"}`), empty, stat0, empty)
	if r.d.board.homed != [axes]bool{} {
		t.Errorf("homed after a halt: %v", r.d.board.homed)
	}
	wantReplies(t, r.do(`{"move": {"X": 10}}`), empty, stat1, empty)
	r.after(second)
	r.wantPosition("X", 15)
	r.do(`{"home": {"X": "true"}}`)
	r.after(2 * second)
	r.wantPosition("X", 0)
	if r.d.board.homed != [axes]bool{true} {
		t.Errorf("homed: %v", r.d.board.homed)
	}

	r.do(`{"move": {"X": 10}}`)
	wantReplies(t, r.do(`{"reset": ""}`), empty, stat0, empty)
	r.wantPosition("X", 0)
	wantReplies(t, r.after(time.Hour))
}

// TestPlanner: without feedback the board takes lines while it moves, up to
// what it can plan; from then on the driver queues, and a halt waits there.
func TestPlanner(t *testing.T) {
	r := newRig(t, false)
	r.do(`{"move": {"X": 1}}`)
	for range plannerDepth {
		wantReplies(t, r.do(`{"move": {"X": 1}}`), empty)
	}
	for range 3 {
		wantReplies(t, r.do(`{"move": {"X": 1}}`))
	}
	wantReplies(t, r.do(`{"halt": ""}`))
	if len(r.d.queue) != 3 {
		t.Errorf("%d lines wait in the driver, want 3", len(r.d.queue))
	}
	r.after(second / 10)
	r.after(second / 10)
	r.after(second / 10)
	r.wantPosition("X", 3)
	if !r.d.board.halted || len(r.d.queue) != 0 || r.d.locked {
		t.Errorf("halted %v, %d lines queued, locked %v", r.d.board.halted, len(r.d.queue), r.d.locked)
	}
	wantReplies(t, r.after(time.Hour))
}

func TestVeryFar(t *testing.T) {
	r := newRig(t, false)
	r.d.board.speed[0] = 1e-300
	wantReplies(t, r.do(`{"move": {"X": 1e9}}`), empty, stat1, empty)
	wantReplies(t, r.after(24*time.Hour))
}

func TestSpeeds(t *testing.T) {
	for _, bad := range []map[string]float64{{"X": 0}, {"X": -1}, {"Q": 1}, {"": 1}, {"XY": 1}} {
		if _, err := newBoard(bad, false); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
	b, err := newBoard(map[string]float64{"A": 3}, false)
	if err != nil || b.speed != [axes]float64{50, 50, 50, 3, 10, 10} {
		t.Errorf("speeds %v, %v", b.speed, err)
	}
}
