package hub_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/wire"
)

// The driver carries out a halt when its turn comes, so the relay has the queue
// dropped first: between a client's own clear_queue and its halt, others may have
// queued more.
func TestQueueIsDroppedBeforeAHalt(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		halts, moves := r.ready(), r.ready()
		moves.send("move", "move")
		halts.send("halt")
		var names []string
		for _, p := range r.router.all(wire.Driver.Topic()) {
			names = append(names, commandOf(p.payload))
		}
		expect(t, "published", names, []string{"move", "move", "clear_queue", "halt"})
	})
}

// What is older than a halt does not follow it, and does not end it, also where the
// robot was halted before: neither what the session has, nor what waits for the robot.
// The halt may be a client's, or another program's on the router.
func TestHaltOfAHaltedRobotRefusesTheResetThatWaits(t *testing.T) {
	for name, again := range map[string]func(r *rig, halts *client){
		"client":          func(_ *rig, halts *client) { halts.send("halt") },
		"another program": func(r *rig, _ *client) { r.fromElsewhere("halt") },
	} {
		inBubbleNamed(t, name, func(t *testing.T, r *rig) {
			first, halts, resets := r.ready(), r.ready(), r.ready()
			first.send("halt")
			r.after(time.Minute)
			r.driver.set(func(d *driver) { d.late = time.Second })
			r.somebodyCameOrWent()
			resets.send("reset_from_halt", "home")
			resets.take()
			again(r, halts)
			r.after(2 * time.Second)
			expect(t, "told", resets.errors(), []string{"robot_halted reset_from_halt", "robot_halted home"})
			if names := r.router.commands(); slices.Contains(names, "reset_from_halt") || slices.Contains(names, "home") {
				t.Errorf("published %q", names)
			}
		})
	}
}

// A halt that the router did not take has halted nothing.
func TestHaltThatTheRouterRefusesHaltsNothing(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.router.acks = false
		c.send("halt")
		expect(t, "on its way", r.halt(), "yes "+c.id)
		sent := r.router.published(wire.Driver.Topic())
		r.settle(sent[len(sent)-1], errors.New("not authorized"))
		expect(t, "refused by the router", r.halt(), "unknown")
	})
}

// A robot that is told to halt after a silence is not reset by what waited for it.
func TestHaltAfterASilenceRefusesWhatWaits(t *testing.T) {
	inBubble(t, afterSilence(hub.Halt), func(r *rig) {
		c := r.ready()
		c.send("move")
		r.Lost(errors.New("gone"))
		r.driver.set(func(d *driver) { d.late = time.Second })
		r.Joined(r.router)
		c.take()
		c.send("reset_from_halt", "home")
		expect(t, "told while they wait", c.errors(), []string(nil))
		r.after(2 * time.Second)
		expect(t, "published", r.router.commands(), []string{"move", "clear_queue", "halt"})
		expect(t, "told", c.errors(), []string{"robot_halted reset_from_halt", "robot_halted home", "outcome_unknown "})
	})
}

// A stop is not called done where the relay knows that it cannot reach the motors.
func TestHaltThatCannotReachTheMotors(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		c.send("home")
		r.after(time.Second)
		r.flowAnswer(c, false)
		if e := r.Halt("somebody"); e == nil || e.Code != wire.RobotNotConnected || !strings.Contains(e.Text, "own switch") {
			t.Errorf("without a motor board: %v", e)
		}
	})
}

// A robot that is not there is not halted.
func TestHaltThatFindsNobody(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.ready()
		r.caller.set(nobody, nil)
		r.somebodyCameOrWent()
		if e := r.Halt("somebody"); e == nil || e.Code != wire.OutcomeUnknown {
			t.Errorf("without a driver: %v", e)
		}
		expect(t, "halted", r.halt(), "unknown")
	})
}

// Whoever halts and resets in a loop does not flood who listens.
func TestManyHaltsAreToldInMeasure(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		c.take()
		for range 100 {
			r.fromElsewhere("halt")
			r.fromElsewhere("reset_from_halt")
		}
		if n := len(c.take()); n != 1 {
			t.Errorf("told %d times of a hundred halts in an instant", n)
		}
	})
}

// What was sent for the last owner of an id is not told to the next one.
func TestBoardIsNotToldToTheNextOwnerOfAnID(t *testing.T) {
	inBubble(t, settings{ids: 1}, func(r *rig) {
		c := r.ready()
		c.send("home")
		c.leave()
		r.after(20 * time.Minute) // the id has rested
		next := r.connect()
		r.flowAnswer(next, false)
		expect(t, "told", next.errors(), []string(nil))
	})
}

// otone's reset is urgent, as a stop is, and is none: who was turned away does not halt
// the robot with it.
func TestResetIsNoLastWord(t *testing.T) {
	inOTone(t, func(r *rig, _, _ *client) {
		before := len(r.toOTone())
		line, more := r.LastWord("127.0.0.1:1", []byte(`{"type":"reset"}`))
		if more || !strings.Contains(string(line), "busy") || len(r.toOTone()) != before {
			t.Errorf("answered with %s; published %q", line, r.toOTone()[before:])
		}
	})
}

// Another program on the router empties the driver's queue: whose commands may have been
// in it is told who it was, as far as that says, once until it commands again.
func TestWhoseQueueAnotherProgramEmptiesIsTold(t *testing.T) {
	const message = `{"type": %q, "to": "", "from": %q, "sessionID": "x", "data": {"name": %q, "message": %s}}`
	inBubble(t, settings{}, func(r *rig) {
		moves, asks := r.ready(), r.ready()
		clears := func(typ, from, name, command string) {
			r.event(wire.Driver.Topic(), fmt.Sprintf(message, typ, from, name, command))
		}
		moves.send("move", "move")
		asks.send("positions")
		moves.take()
		asks.take()
		for _, other := range [][]string{
			{"command", "smoothie", `{"clear_queue": ""}`}, {"meta", "nobody", `{"clear_queue": ""}`}, {"meta", "smoothie", `{"flow": {"clear_queue": ""}}`},
			{"meta", "smoothie", `{"flow": "", "clear_queue": ""}`}, {"meta", "smoothie", "[]"},
		} {
			clears(other[0], "browser", other[1], other[2])
		}
		expect(t, "told of what clears nothing", moves.take(), []string(nil))
		for range 3 {
			clears("meta", "browser", "smoothie", `{"clear_queue": ""}`)
		}
		lines := moves.take()
		expect(t, "told", errorsIn(lines), []string{"outcome_unknown "})
		if text := strings.Join(lines, ""); !strings.Contains(text, `another program on the router, which calls itself \"browser\", has told the robot to drop`) {
			t.Errorf("told %s", text)
		}
		expect(t, "told who only asked", asks.take(), []string(nil))
		moves.send("move")
		clears("meta", strings.Repeat("x", 1000), "smoothie", `"clear_queue"`)
		if text := strings.Join(moves.take(), ""); !strings.Contains(text, `outcome_unknown`) || len(text) > 600 {
			t.Errorf("told %s", text)
		}
		moves.send("move")
		clears("meta", "", "smoothie", `{"clear_queue": ""}`)
		if text := strings.Join(moves.take(), ""); !strings.Contains(text, `"another program has told the robot`) {
			t.Errorf("told %s", text)
		}
	})
}
