package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/wire"
)

// stands is what the state says of where the robot is.
func (r *rig) stands() string {
	p := r.State().Position
	var words []string
	for i, mm := range []*float64{p.X, p.Y, p.Z, p.A, p.B} {
		if mm != nil {
			words = append(words, fmt.Sprintf("%c%v", wire.Axes[i], *mm))
		}
	}
	if !p.Since.IsZero() {
		words = append(words, fmt.Sprint(time.Since(p.Since)))
	}
	return strings.Join(append(words, string(p.Old)), " ")
}

// tells is something that the driver says to everybody.
func (r *rig) tells(message string) {
	r.event(wire.Frontend, `{"type": "driver", "to": "a-browser", "from": "`+r.driver.id+`", "sessionID": "a-browser", "data": {"name": "smoothie", "message": `+message+`}}`)
}

// The position is that of every axis as it was told last, whoever asked. What is told of
// one axis leaves the others as they were, and as old as they were.
func TestPositionsOfOneAxisMerge(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.ready()
		expect(t, "at first", r.stands(), "")
		r.tells(`{"adj_pos": {"X": 100.75, "Y": 50.5}}`)
		r.tells(`{"flow": {"smoothie_pos": {"X": 1, "Y": 1}}}`)
		expect(t, "after what is no position", r.stands(), "")
		r.tells(`{"pos": {"X": 100.25}}`)
		expect(t, "after X", r.stands(), "x100.25 0s ")
		r.after(time.Minute)
		r.tells(`{"pos": {"Z": 12}}`)
		expect(t, "after Z", r.stands(), "x100.25 z12 1m0s ")
		// The driver's six pairs: each has all axes, and one more of them is new.
		for _, pos := range []string{
			`{"X": 1.5, "Y": 0, "Z": 0, "A": 0, "B": 0, "C": 0}`, `{"X": 1.5, "Y": 2.5, "Z": 0, "A": 0, "B": 0, "C": 0}`,
			`{"X": 1.5, "Y": 2.5, "Z": 3.5, "A": 0, "B": 0, "C": 0}`, `{"X": 1.5, "Y": 2.5, "Z": 3.5, "A": 4.5, "B": 0, "C": 0}`,
			`{"X": 1.5, "Y": 2.5, "Z": 3.5, "A": 4.5, "B": 5.5, "C": 0}`, `{"X": 1.5, "Y": 2.5, "Z": 3.5, "A": 4.5, "B": 5.5, "C": 6.5}`,
		} {
			r.tells(`{"adj_pos": {"X": 9, "Y": 9, "Z": 9, "A": 9, "B": 9, "C": 9}}`)
			r.tells(`{"pos": ` + pos + `}`)
			r.event(wire.PrivateTopic("a-browser"), `{"type": "queue", "to": "a-browser", "from": "driver-1", "sessionID": "", "data": {"name": "driver", "message": {"result": "empty"}}}`)
		}
		expect(t, "after the pairs", r.stands(), "x1.5 y2.5 z3.5 a4.5 b5.5 0s ")
		if largest := r.State().Position.Largest; *largest.X != 100.25 || *largest.Z != 12 || *largest.B != 5.5 {
			t.Errorf("the largest are %v %v %v", *largest.X, *largest.Z, *largest.B)
		}
	})
}

// Whatever may have moved the robot since makes the position old, until the robot tells
// it again.
func TestAPositionIsOldOnceTheRobotMayHaveMoved(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		const all, here = `{"pos": {"X": 1, "Y": 2, "Z": 3, "A": 4, "B": 5}}`, "x1 y2 z3 a4 b5 0s "
		for name, moves := range map[string]func(){
			"a client's command":    func() { c.send("move_to") },
			"somebody else's":       func() { r.fromElsewhere("home") },
			"a halt from the page":  func() { go r.Halt("the page"); synctest.Wait() },
			"a motion":              func() { r.tells(`{"stat": 1}`) },
			"a driver started anew": func() { r.driver.restart(r.driver.id + "+"); r.somebodyCameOrWent() },
		} {
			r.tells(all)
			c.send("positions", "feedback_on")
			expect(t, "before "+name, r.stands(), here)
			moves()
			old := "moved"
			if strings.Contains(name, "anew") {
				old = "away"
			}
			if got := r.stands(); !strings.HasSuffix(got, old) {
				t.Errorf("after %s: %s", name, got)
			}
			r.tells(`{"stat": 0}`)
			c.send("reset_from_halt")
			if got := r.stands(); !strings.HasSuffix(got, old) {
				t.Errorf("at the end of %s: %s", name, got)
			}
		}
		r.tells(`{"stat": 1}`)
		r.tells(all)
		expect(t, "told while it moves", r.stands(), here+"moved")
		r.tells(`{"stat": 0}`)
		expect(t, "told before it stood", r.stands(), here+"moved")
		r.tells(all)
		expect(t, "told since", r.stands(), here)
	})
}

// A session or a robot that was away may have been moved unseen.
func TestAPositionFromBeforeAnAbsenceIsMarked(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.ready()
		all := func() { r.tells(`{"pos": {"X": 1, "Y": 2}}`) }
		all()
		r.Lost(fmt.Errorf("cut"))
		expect(t, "without a session", r.stands(), "x1 y2 0s away")
		r.after(17 * time.Minute)
		r.Joined(r.router)
		synctest.Wait()
		expect(t, "in the next session", r.stands(), "x1 y2 17m0s away")
		r.tells(`{"stat": 1}`)
		r.tells(`{"stat": 0}`)
		r.tells(`{"pos": {"Y": 3}}`)
		expect(t, "when Y alone is told", r.stands(), "x1 y3 17m0s away")
		all()
		expect(t, "when all is told", r.stands(), "x1 y2 0s ")
		r.caller.set(nobody, nil)
		r.somebodyCameOrWent()
		r.after(time.Minute)
		expect(t, "the robot", string(r.presence()), "absent")
		expect(t, "without a robot", r.stands(), "x1 y2 1m0s away")
	})
}

// otone tells positions to everybody, when a motion begins and when it ends.
func TestPositionsOfOTone(t *testing.T) {
	inOTone(t, func(r *rig, a, _ *client) {
		position := func(x string) {
			r.event(wire.RobotToBrowser, `{"type": "position", "data": {"string": {"x": `+x+`, "y": 2, "z": 3, "a": 4, "b": 5, "c": 6}}}`)
		}
		position("1")
		expect(t, "at rest", r.stands(), "x1 y2 z3 a4 b5 0s ")
		a.wrote(otoneMove)
		expect(t, "commanded", r.stands(), "x1 y2 z3 a4 b5 0s moved")
		r.say(`{"stat":1}`)
		position("1.5")
		expect(t, "under way", r.stands(), "x1.5 y2 z3 a4 b5 0s moved")
		r.say(`{"stat":0}`)
		position("10")
		expect(t, "arrived", r.stands(), "x10 y2 z3 a4 b5 0s ")
		r.Lost(fmt.Errorf("cut"))
		expect(t, "without a session", r.stands(), "x10 y2 z3 a4 b5 0s away")
	})
}
