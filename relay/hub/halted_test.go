package hub_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/wire"
)

// halt is what the state says of it.
func (r *rig) halt() string {
	h := r.State().Halted
	return strings.TrimSpace(string(h.State) + " " + h.By)
}

// fromElsewhere is a command for the driver from another program on the router.
func (r *rig) fromElsewhere(name string) {
	r.event(wire.Driver.Topic(), `{"type": "command", "to": "driver-1", "from": "browser", "sessionID": "browser", "data": {"name": "smoothie", "message": {"`+name+`": ""}}}`)
}

// One client halts, another moves: that is refused, naming who halted and what resets
// it, until somebody does. What a halted driver answers passes all the while.
func TestHaltedDriverIsSentNothingThatItDrops(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		halts, moves := r.ready(), r.ready()
		expect(t, "at first", r.halt(), "unknown")
		moves.send("home")
		halts.send("halt")
		expect(t, "after the halt", r.halt(), "yes "+halts.id)
		told := moves.take()
		if !strings.Contains(strings.Join(told, "\n"), `{"stopped": "halt", "by": "`+halts.id+`"`) {
			t.Errorf("who moves is told %s", told)
		}
		expect(t, "told of what was queued", errorsIn(told), []string{"robot_halted "})
		expect(t, "told to who halted", halts.errors(), []string(nil))
		r.after(12 * time.Second)
		moves.send("move_to", "home", "speed", "nothing", "unheard_of")
		lines := moves.take()
		expect(t, "refused", errorsIn(lines), []string{"robot_halted move_to", "robot_halted home", "robot_halted speed", "robot_halted nothing", "robot_halted unheard_of"})
		for _, part := range []string{"client " + halts.id, "12s ago", "reset_from_halt"} {
			if text := parse(lines[0]).Data.Message.Error.Text; !strings.Contains(text, part) {
				t.Errorf("the error does not say %q: %s", part, text)
			}
		}
		moves.send("positions", "feedback_on", "halt")
		moves.write(`{"topic":"driver","type":"meta","name":"smoothie","message":"flow","param":null}`)
		synctest.Wait()
		expect(t, "who halted first", r.halt(), "yes "+halts.id)
		moves.send("reset_from_halt", "home")
		expect(t, "after the reset", r.halt(), "no "+moves.id)
		expect(t, "errors", moves.errors(), []string(nil))
		expect(t, "published", r.router.commands(), []string{"home", "halt", "positions", "feedback_on", "halt", "flow", "reset_from_halt", "home"})
	})
}

// A halt and what belongs to it in one packet, as a script sends it.
func TestHaltAndResetAndMoveAtOnce(t *testing.T) {
	for _, reset := range []string{"reset_from_halt", "M999", "reset"} {
		inBubbleNamed(t, reset, func(t *testing.T, r *rig) {
			c := r.ready()
			c.write(command("halt") + command("move_to") + command(reset) + command("home"))
			synctest.Wait()
			expect(t, "refused", c.errors(), []string{"robot_halted move_to"})
			expect(t, "published", r.router.commands(), []string{"halt", reset, "home"})
		})
	}
}

func inBubbleNamed(t *testing.T, name string, test func(*testing.T, *rig)) {
	t.Run(name, func(t *testing.T) { inBubble(t, settings{}, func(r *rig) { test(t, r) }) })
}

// What waits when another client halts, or is not written yet, must not move the
// robot after a reset.
func TestWhatWaitedBehindAHaltDoesNotMoveAfterTheReset(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		halts, moves := r.ready(), r.ready()
		moves.take()
		r.router.acks = false
		for range 64 {
			moves.send("move")
		}
		moves.send("move_to", "positions", "reset_from_halt") // they wait for acknowledgements
		written := r.router.published(wire.Driver.Topic())
		halts.send("halt", "reset_from_halt")
		expect(t, "refused", moves.errors(), []string{"robot_halted move_to", "robot_halted reset_from_halt", "robot_halted "})
		if ctx := written[0].ctx; ctx.Err() == nil {
			t.Error("what is not written yet is not withdrawn")
		}
		r.settle(written[0], session.ErrWithdrawn)
		synctest.Wait()
		expect(t, "withdrawn", moves.errors(), []string{"robot_halted move"})
		expect(t, "it stands", r.halt(), "no "+halts.id)
		for _, p := range written[1:] {
			r.settle(p, nil)
		}
		synctest.Wait()
		expect(t, "published", r.router.commands()[64:], []string{"halt", "reset_from_halt", "positions"})
	})
}

// Other front ends on the router halt it too, and reset it.
func TestHaltOfAnotherProgram(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.fromElsewhere("halt")
		expect(t, "after its halt", r.halt(), "yes another program")
		if told := strings.Join(c.take(), "\n"); !strings.Contains(told, "another program halted the robot") {
			t.Errorf("told %s", told)
		}
		c.send("home")
		lines := c.take()
		expect(t, "refused", errorsIn(lines), []string{"robot_halted home"})
		if len(lines) == 1 && !strings.Contains(lines[0], "another program halted the robot") {
			t.Errorf("the error is %s", lines[0])
		}
		r.fromElsewhere("home") // it is dropped
		expect(t, "after its homing", r.halt(), "yes another program")
		r.fromElsewhere("reset_from_halt")
		expect(t, "after its reset", r.halt(), "no another program")
		c.send("home")
		expect(t, "published", r.router.commands(), []string{"home"})
		for _, rubbish := range []string{"", "null", "[]", `{"type":"command"}`, `{"type":"command","data":{"message":{}}}`, `{"type":"meta","data":{"name":"smoothie","message":{"halt":""}}}`, `{"type":"command","data":{"name":"nobody","message":{"halt":""}}}`} {
			r.event(wire.Driver.Topic(), rubbish)
		}
		expect(t, "after rubbish", r.halt(), "no another program")
		expect(t, "told", c.errors(), []string(nil))
	})
}

// A reset that never went out has reset nothing.
func TestResetThatIsWithdrawnResetsNothing(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c, other := r.ready(), r.ready()
		other.send("halt")
		r.router.acks = false
		c.send("reset_from_halt")
		expect(t, "on its way", r.halt(), "no "+c.id)
		sent := r.router.published(wire.Driver.Topic())
		r.settle(sent[1], session.ErrWithdrawn)
		expect(t, "withdrawn", r.halt(), "yes "+other.id)
		c.send("reset_from_halt")
		sent = r.router.published(wire.Driver.Topic())
		r.settle(sent[2], nil)
		expect(t, "taken", r.halt(), "no "+c.id)
		r.settle(sent[0], nil)
	})
}

// Where nobody knows, nothing is refused: in a new session, and of a driver that was
// started anew. A motion is a sign.
func TestUnknownUntilThereIsASign(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		stat := func(n int) {
			r.event(wire.Frontend, fmt.Sprintf(`{"time": "T", "type": "driver", "to": "x", "from": "driver-1", "sessionID": "x", "data": {"name": "smoothie", "message": {"stat": %d}}}`, n))
		}
		stat(0)
		expect(t, "ready", r.halt(), "unknown")
		stat(1)
		expect(t, "a motion", r.halt(), "no")
		c.send("halt")
		stat(1) // of a motion that began before
		expect(t, "a motion that had begun", r.halt(), "yes "+c.id)
		r.Lost(errors.New("gone"))
		expect(t, "without a session", r.halt(), "unknown")
		r.Joined(r.router)
		r.somebodyCameOrWent()
		synctest.Wait()
		c.send("home", "halt")
		expect(t, "refused", c.errors(), []string(nil))
		expect(t, "halted again", r.halt(), "yes "+c.id)
		r.driver.restart("driver-2")
		r.somebodyCameOrWent()
		r.after(10 * time.Second)
		expect(t, "another driver", r.halt(), "unknown")
	})
}

// The relay's own halts count as well.
func TestRelaysOwnHalts(t *testing.T) {
	inBubble(t, halts, func(r *rig) {
		leaves, stays := r.ready(), r.ready()
		leaves.send("home")
		leaves.leave()
		expect(t, "after -on-disconnect halt", r.halt(), "yes "+leaves.id)
		stays.take()
		stays.send("home")
		expect(t, "refused", stays.errors(), []string{"robot_halted home"})
	})
	set := settings{config: func(cfg *hub.Config) { cfg.AfterSilence = hub.Halt }}
	t.Run("after a silence", func(t *testing.T) {
		inBubble(t, set, func(r *rig) {
			c := r.ready()
			r.router.acks = false
			c.send("home")
			r.settle(r.router.published(wire.Driver.Topic())[0], session.ErrOutcomeUnknown)
			r.Lost(errors.New("gone"))
			r.router.acks = true
			r.Joined(r.router)
			r.somebodyCameOrWent()
			r.after(time.Second)
			expect(t, "after -after-silence halt", r.halt(), "yes the relay")
			c.take()
			c.send("home")
			expect(t, "refused", c.errors(), []string{"robot_halted home"})
		})
	})
}

// With -while-halted pass nothing is refused, and all is told.
func TestWhileHaltedPass(t *testing.T) {
	set := settings{config: func(cfg *hub.Config) { cfg.PassHalted = true }}
	inBubble(t, set, func(r *rig) {
		halts, moves := r.ready(), r.ready()
		moves.take()
		halts.send("halt")
		moves.send("home")
		lines := moves.take()
		expect(t, "refused", errorsIn(lines), []string(nil))
		if len(lines) == 0 || !strings.Contains(lines[0], `"stopped": "halt"`) {
			t.Errorf("told %q", lines)
		}
		expect(t, "it stands", r.halt(), "yes "+halts.id)
		expect(t, "published", r.router.commands(), []string{"halt", "home"})
	})
}

// Somebody who is no client halts: he is named.
func TestHaltFromOutsideIsNamed(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		if e := r.Halt("127.0.0.1 at the status page"); e != nil {
			t.Error(e)
		}
		synctest.Wait()
		expect(t, "after it", r.halt(), "yes 127.0.0.1 at the status page")
		c.take()
		c.send("home")
		lines := c.take()
		expect(t, "refused", errorsIn(lines), []string{"robot_halted home"})
		if len(lines) == 1 && !strings.Contains(lines[0], "127.0.0.1 at the status page halted the robot") {
			t.Errorf("the error is %s", lines[0])
		}
	})
}

// Another program's reset that is heard before the router has acknowledged a halt came
// first, whoever halts: the page, or the relay for a client that has left.
func TestOlderResetDoesNotUndoAHaltFromOutside(t *testing.T) {
	for by, halt := range map[string]func(r *rig, leaves *client){
		"somebody at the page": func(r *rig, _ *client) { go r.Halt("somebody at the page") },
		"a client":             func(_ *rig, leaves *client) { leaves.leave() },
	} {
		t.Run(by, func(t *testing.T) {
			inBubble(t, halts, func(r *rig) {
				leaves, moves := r.ready(), r.ready()
				if by == "a client" {
					by = leaves.id
				}
				leaves.send("move")
				r.router.set(func(router *router) { router.acks = false })
				halt(r, leaves)
				synctest.Wait()
				expect(t, "on its way", r.halt(), "yes "+by)
				r.fromElsewhere("reset_from_halt")
				expect(t, "after the reset", r.halt(), "yes "+by)
				moves.take()
				moves.send("move")
				expect(t, "refused", moves.errors(), []string{"robot_halted move"})
				for _, p := range r.router.all(wire.Driver.Topic())[1:] {
					r.settle(p, nil)
				}
				expect(t, "once it is taken", r.halt(), "yes "+by)
				r.fromElsewhere("reset_from_halt")
				expect(t, "after a later reset", r.halt(), "no another program")
			})
		})
	}
	t.Run("that is not taken", func(t *testing.T) {
		inBubble(t, settings{}, func(r *rig) {
			r.ready()
			r.router.set(func(router *router) { router.acks = false })
			go r.Halt("somebody at the page")
			synctest.Wait()
			r.fromElsewhere("reset_from_halt")
			for _, p := range r.router.all(wire.Driver.Topic()) {
				r.settle(p, errors.New("the router refuses it"))
			}
			expect(t, "then", r.halt(), "no another program")
		})
	})
}
