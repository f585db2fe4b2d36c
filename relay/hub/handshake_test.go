package hub_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

var (
	nobody  = wamp.List{nil}
	somehow = wamp.List{wamp.ID(7)}
)

func TestClientBeforeDriverIsHandshakenWhenItComes(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.caller.set(nobody, nil)
		r.somebodyCameOrWent()
		c := r.connect()
		c.take()
		c.send("home")
		expect(t, "while the driver is absent", c.errors(), []string{"driver_absent home"})
		r.after(time.Hour)
		expect(t, "handshakes for nobody", r.driver.timesAsked(), 0)

		r.caller.set(somehow, nil)
		r.somebodyCameOrWent()
		if lines := withoutWaits(c.take()); len(lines) != 2 || parse(lines[0]).Data.Message.Result != "success" {
			t.Errorf("handshake: %q", lines)
		}
		c.send("home")
		expect(t, "published", r.router.commands(), []string{"home"})
	})
}

func TestDriverThatNeverAnswersIsAbsent(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.driver.set(func(d *driver) { d.mute = true })
		c := r.connect()
		c.take()
		c.send("home")
		expect(t, "answered at once", c.errors(), []string(nil))
		r.after(3 * time.Second)
		expect(t, "after the handshake's timeout", c.errors(), []string{"driver_absent home"})
		expect(t, "presence", r.presence(), state.RobotAbsent)
		c.send("move")
		expect(t, "from then on", c.errors(), []string{"driver_absent move"})
		expect(t, "published", r.router.commands(), []string(nil))

		// It is asked again and again, and answers in the end.
		r.driver.set(func(d *driver) { d.mute = false })
		r.after(5 * time.Second)
		expect(t, "presence", r.presence(), state.RobotPresent)
		c.send("home")
		expect(t, "published", r.router.commands(), []string{"home"})
	})
}

func TestWedgedDriverIsNoticedByAProbe(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.driver.set(func(d *driver) { d.mute = true })
		// 10 s of silence, two handshakes of 3 s unanswered.
		r.after(16 * time.Second)
		expect(t, "presence", r.presence(), state.RobotAbsent)
		if reason := r.State().Robot.Error; !strings.Contains(reason, "restart the robot") {
			t.Errorf("the reason does not say what to do: %q", reason)
		}
		c.send("home")
		expect(t, "told", c.errors(), []string{"driver_absent home"})
		// A stop goes out all the same: the driver may only be deaf to handshakes.
		c.send("halt")
		expect(t, "published", r.router.commands(), []string{"halt"})

		r.driver.set(func(d *driver) { d.mute = false })
		r.after(5 * time.Second)
		expect(t, "presence", r.presence(), state.RobotPresent)
		c.send("reset_from_halt")
		expect(t, "published", r.router.commands(), []string{"halt", "reset_from_halt"})
		expect(t, "slots taken by probes", len(r.driver.known), 1)
	})
}

func TestDriverThatSpeaksIsNotProbed(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		asked := r.driver.timesAsked()
		for range 10 {
			r.after(9 * time.Second)
			r.event(wire.Frontend, `{"type": "driver", "to": "`+c.id+`", "from": "driver-1", "data": {"name": "smoothie", "message": {"stat": 0}}}`)
		}
		expect(t, "handshakes", r.driver.timesAsked(), asked)
		expect(t, "lines", len(c.take()), 10)
	})
}

func TestDriverThatAnswersLate(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.driver.set(func(d *driver) { d.late = 4 * time.Second })
		c := r.connect()
		c.take()
		r.after(5 * time.Second)
		if lines := withoutWaits(c.take()); len(lines) == 0 || parse(lines[0]).Data.Message.Result != "success" {
			t.Errorf("the late answer was not taken: %q", lines)
		}
		r.driver.set(func(d *driver) { d.late = 0 })
		r.after(10 * time.Second)
		c.send("home")
		expect(t, "published", r.router.commands(), []string{"home"})
	})
}

func TestDriverThatAnswersTwice(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		twice := handshake("driver-1", c.id, "success")
		r.event(wire.Frontend, twice)
		expect(t, "lines", c.take(), []string{twice}) // the client's all the same
		c.send("home")
		expect(t, "published", r.router.commands(), []string{"home"})
	})
}

// A refusal names nobody: it is for the client whose handshake is outstanding.
func TestRefusalReachesWhoAsked(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		first := r.ready()
		r.driver.set(func(d *driver) { d.slots = 1 })
		second := r.connect()
		expect(t, "told to who holds a slot", first.take(), []string(nil))
		lines := strings.Join(second.take(), "\n")
		for _, want := range []string{`"result": "failed"`, handshake("driver-1", "", "fail"), "restart the robot"} {
			if !strings.Contains(lines, want) {
				t.Errorf("not told %q: %s", want, lines)
			}
		}
		second.send("home")
		expect(t, "told", second.errors(), []string{"driver_full home"})
		second.send("halt")
		first.send("reset_from_halt")
		expect(t, "published", r.router.commands(), []string{"halt", "reset_from_halt"})
	})
}

// Another front end is refused a slot just while the relay probes with a
// client that holds one.
func TestRefusalOfAnotherFrontEndIsNotOurs(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.driver.set(func(d *driver) { d.late = time.Second })
		r.after(10500 * time.Millisecond) // into a probe
		r.event(wire.Frontend, handshake("driver-1", "", "fail"))
		expect(t, "told", c.take(), []string(nil))
		c.send("home")
		r.after(time.Second)
		expect(t, "told", c.take(), []string(nil))
		expect(t, "published", r.router.commands(), []string{"home"})
		expect(t, "presence", r.presence(), state.RobotPresent)
	})
}

// The driver restarts so fast, or its old session lingers so long, that the
// router never says that nobody is there.
func TestRefusedClientGetsTheSlotOfADriverStartedAnew(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.driver.set(func(d *driver) { d.slots = 0 })
		c := r.connect()
		c.take()
		r.after(35 * time.Second)
		expect(t, "told again of the same refusal", withoutWaits(c.take()), []string(nil))
		r.driver.set(func(d *driver) { d.id, d.slots = "driver-2", 5 })
		r.after(15 * time.Second)
		if lines := c.take(); len(lines) == 0 || parse(lines[0]).Data.Message.Result != "success" {
			t.Errorf("no handshake: %q", lines)
		}
		c.send("home")
		expect(t, "published", r.router.commands(), []string{"home"})
	})
}

// What a client meant for one driver must not move the robot of the next.
func TestDriverStartedAnewGetsNothingThatWaited(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.driver.restart("driver-2")
		r.driver.set(func(d *driver) { d.late = time.Second })
		r.somebodyCameOrWent()
		c.send("move", "home")
		expect(t, "told while in doubt", c.take(), []string(nil))
		r.after(time.Second)
		lines := c.take()
		expect(t, "told", errorsIn(lines), []string{"driver_absent move", "driver_absent home"})
		if text := strings.Join(lines, "\n"); !strings.Contains(text, `{"result": "success"}`) {
			t.Errorf("no new handshake: %s", text)
		}
		expect(t, "published", r.router.commands(), []string(nil))
		c.send("home")
		expect(t, "published", r.router.commands(), []string{"home"})
	})
}

// While it is in doubt whether the driver is still the same, commands wait; a
// stop does not.
func TestDoubtHoldsCommandsButNoStop(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.driver.set(func(d *driver) { d.late = time.Second })
		r.somebodyCameOrWent()
		c.send("home")
		expect(t, "published in doubt", r.router.commands(), []string(nil))
		r.after(time.Second)
		expect(t, "published", r.router.commands(), []string{"home"})

		r.somebodyCameOrWent()
		c.send("move", "halt")
		expect(t, "published in doubt", r.router.commands(), []string{"home", "halt"})
		expect(t, "told", c.errors(), []string{"refused move"})
	})
}

// Two drivers on one router answer every handshake twice, each as another
// instance. That must not become a storm.
func TestTwoDriversMakeNoStorm(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.ready()
		second := &driver{hub: r.Hub, id: "driver-2", slots: 5}
		r.router.driver = nil
		r.router.both = []*driver{r.driver, second}
		before := r.driver.timesAsked()
		r.somebodyCameOrWent()
		r.after(time.Minute)
		if asked := r.driver.timesAsked() - before; asked > 130 {
			t.Errorf("%d handshakes in a minute", asked)
		}
	})
}

func TestAnswerForAClientThatHasLeft(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.driver.set(func(d *driver) { d.late = 2 * time.Second })
		gone := r.connect()
		gone.leave()
		other := r.connect()
		other.take()
		r.after(5 * time.Second)
		for _, line := range other.take() {
			if to := parse(line).To; to != other.id {
				t.Errorf("the other client got a line for %q: %s", to, line)
			}
		}
		other.send("home")
		expect(t, "published", r.router.commands(), []string{"home"})
	})
}

// The router's meta API is denied or missing: handshakes alone tell.
func TestPresenceWithoutTheMetaAPI(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.caller.set(nil, errors.New("wamp.error.not_authorized"))
		r.Lost(errors.New("gone"))
		r.Joined(r.router)
		r.after(time.Second)
		expect(t, "found by a probe with no client there", r.presence(), state.RobotPresent)
		r.driver.set(func(d *driver) { d.mute = true })
		r.after(20 * time.Second)
		expect(t, "gone", r.presence(), state.RobotAbsent)
		r.driver.restart("driver-2")
		r.driver.set(func(d *driver) { d.mute = false })
		r.after(10 * time.Second)
		expect(t, "back", r.presence(), state.RobotPresent)
		for _, id := range r.driver.known {
			if id != r.pool.IDs()[0] {
				t.Errorf("a probe took the slot %s", id)
			}
		}
	})
}

// Events come between two sessions: a subscription stands before the hub has
// the session, and answers to the last one may still arrive.
func TestHandshakeBetweenSessions(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.Lost(errors.New("gone"))
		r.event(wire.Frontend, handshake("driver-1", c.id, "success"))
		r.event(wire.Frontend, handshake("driver-1", "", "fail"))
		r.event(wire.PrivateTopic(c.id), handshake("driver-1", c.id, "already_connected"))
		expect(t, "told", c.take(), []string(nil))
		c.send("home")
		expect(t, "told", c.errors(), []string{"router_down home"})
		r.Joined(r.router)
		r.somebodyCameOrWent()
		c.send("move")
		expect(t, "published", r.router.commands(), []string{"move"})
	})
}

func TestHandshakeTimeoutClosesWhoWaitsTooLong(t *testing.T) {
	timeout := func(cfg *hub.Config) { cfg.HandshakeTimeout = 30 * time.Second }
	inBubble(t, settings{config: timeout}, func(r *rig) {
		before := r.ready()
		r.driver.set(func(d *driver) { d.mute = true })
		c := r.connect()
		c.take()
		r.after(29 * time.Second)
		expect(t, "closed early", c.closed(), false)
		r.after(3 * time.Second)
		expect(t, "closed", c.closed(), true)
		if lines := strings.Join(c.take(), "\n"); !strings.Contains(lines, "no handshake with the driver within 30s") {
			t.Errorf("not told why: %s", lines)
		}
		expect(t, "who was handshaken once is closed", before.closed(), false)
	})
}
