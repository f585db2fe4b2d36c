package hub_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/wire"
)

func TestWhatAGoneClientLeaves(t *testing.T) {
	for leaves, want := range map[hub.Stop][]string{
		hub.DoNothing:  {"home"},
		hub.ClearQueue: {"home", "clear_queue"},
		hub.Halt:       {"home", "clear_queue", "halt"},
	} {
		t.Run(string(leaves), func(t *testing.T) {
			set := settings{config: func(cfg *hub.Config) { cfg.OnDisconnect = leaves }}
			inBubble(t, set, func(r *rig) {
				idle, c := r.ready(), r.ready()
				idle.leave()
				expect(t, "left by one that never commanded", r.router.commands(), []string(nil))
				r.router.acks = false
				c.send("home")
				c.leave()
				r.settle(r.router.published(wire.Driver.Topic())[0], nil) // acknowledged after its time
				r.after(5e9)
				expect(t, "published", r.router.commands(), want)
				for _, p := range r.router.published(wire.Driver.Topic())[1:] {
					if !p.urgent || p.ctx.Err() != nil || parse(p.payload).To != "driver-1" {
						t.Errorf("the stop is not urgent, or withdrawn, or misaddressed: %s", p.payload)
					}
				}
			})
		})
	}
}

// A stop is never kept for the next session, when it could stop somebody else.
func TestStopForAGoneClientIsNotKeptOverAnOutage(t *testing.T) {
	set := settings{config: func(cfg *hub.Config) { cfg.OnDisconnect = hub.Halt }}
	inBubble(t, set, func(r *rig) {
		c := r.ready()
		c.send("home")
		r.Lost(errors.New("gone"))
		c.leave()
		r.Joined(r.router)
		r.somebodyCameOrWent()
		r.after(5e9)
		expect(t, "published", r.router.commands(), []string{"home"})
	})
}

var halts = settings{config: func(cfg *hub.Config) { cfg.OnDisconnect = hub.Halt }}

// One that has only asked leaves another's run alone.
func TestClientThatOnlyAskedStopsNobody(t *testing.T) {
	inBubble(t, halts, func(r *rig) {
		asks, runs := r.ready(), r.ready()
		runs.send("home")
		asks.send("feedback_on", "positions", "limit_switches", "M114")
		runs.take()
		asks.leave()
		expect(t, "published", r.router.commands(), []string{"home", "feedback_on", "positions", "limit_switches", "M114"})
		expect(t, "told", runs.take(), []string(nil))
	})
}

// Who is stopped by somebody's leaving is told so, and what it has waiting is
// not sent into the middle of what was dropped.
func TestWhoIsStoppedBySomebodysLeavingIsTold(t *testing.T) {
	inBubble(t, halts, func(r *rig) {
		leaves, runs, watches := r.ready(), r.ready(), r.ready()
		leaves.send("home")
		r.router.acks = false
		for range 66 { // two more than may be under way
			runs.send("move")
		}
		runs.take()
		watches.take()
		leaves.leave()
		lines := runs.take()
		expect(t, "refused", errorsIn(lines), []string{"refused move", "refused move", "robot_halted "})
		lines = lines[:len(lines)-1]
		for who, lines := range map[string][]string{"who runs": lines, "who watches": watches.take()} {
			last := ""
			if len(lines) > 0 {
				last = lines[len(lines)-1]
			}
			for _, text := range []string{`"type": "TCP handshake"`, `{"stopped": "halt", "by": "` + leaves.id + `"`, "client " + leaves.id + " at 127.0.0.1:50000", "-on-disconnect halt"} {
				if !strings.Contains(last, text) {
					t.Errorf("%s is not told %q: %s", who, text, last)
				}
			}
		}
		for _, p := range r.router.published(wire.Driver.Topic()) {
			if commandOf(p.payload) == "move" && p.ctx.Err() == nil {
				t.Fatal("a move that has not been written yet is not withdrawn")
			}
		}
		r.router.acks = true
		watches.send("reset_from_halt")
		expect(t, "the last", r.router.commands()[64+3:], []string{"reset_from_halt"})
	})
}

// A relay that ends takes its clients' connections with it: their stop goes out
// while there is a session, once, and nothing but stops follows it.
func TestRelayThatEndsStopsTheRobotFirst(t *testing.T) {
	inBubble(t, halts, func(r *rig) {
		c, other := r.ready(), r.ready()
		c.send("home")
		other.send("home")
		other.take()
		began := time.Now()
		r.Ending("the relay ends")
		expect(t, "waited", time.Since(began), time.Duration(0))
		synctest.Wait()
		other.send("move", "halt")
		lines := other.take()
		expect(t, "refused", errorsIn(lines), []string{"robot_halted ", "router_down move"})
		if len(lines) == 0 || !strings.Contains(lines[0], `"reason": "the relay ends; `) {
			t.Errorf("told %q", lines)
		}
		r.Lost(errors.New("the relay is shutting down"))
		c.leave()
		other.leave()
		expect(t, "published", r.router.commands(), []string{"home", "home", "clear_queue", "halt", "halt"})
	})
}

func TestRelayThatEndsWithNothingToStopDoesNotWait(t *testing.T) {
	inBubble(t, halts, func(r *rig) {
		c := r.ready()
		r.router.acks = false
		c.send("positions")
		began := time.Now()
		r.Ending("the relay ends")
		expect(t, "waited where nobody has commanded", time.Since(began), time.Duration(0))
		c.send("halt")
		for _, p := range r.router.published(wire.Driver.Topic()) {
			r.settle(p, nil)
		}
	})
}

func TestRelayThatEndsDoesNotWaitForAFrozenRouter(t *testing.T) {
	inBubble(t, halts, func(r *rig) {
		c := r.ready()
		c.send("home")
		r.router.acks = false
		began := time.Now()
		r.Ending("the relay ends")
		expect(t, "waited", time.Since(began), time.Second)
		for _, p := range r.router.published(wire.Driver.Topic())[1:] {
			r.settle(p, session.ErrOutcomeUnknown) // after its time
		}
	})
}
