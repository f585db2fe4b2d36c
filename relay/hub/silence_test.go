package hub_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// mostLate is how many commands of those that are sent to something frozen, ten
// a second, may be carried out once it thaws.
const mostLate = 16

// freezes are what can freeze.
var freezes = map[string]func(r *rig, frozen bool){
	"driver": func(r *rig, frozen bool) { r.driver.freeze(frozen) },
	"router": func(r *rig, frozen bool) { r.router.freeze(frozen); r.caller.freeze(frozen) },
	"both": func(r *rig, frozen bool) {
		r.driver.freeze(frozen)
		r.router.freeze(frozen)
		r.caller.freeze(frozen)
	},
}

// Whatever freezes and for how long, few commands are carried out late, and from
// one client or several: the robot answers no command, so that a probe has to
// tell. A healthy one makes nobody wait.
func TestFrozenPeerGetsFewCommands(t *testing.T) {
	for name, freeze := range freezes {
		for _, clients := range []int{1, 4} {
			for _, length := range []time.Duration{300, 700, 1200, 1300, 1400, 2000, 2900, 3200, 3400, 3600, 4500, 8000, 20_000} {
				length *= time.Millisecond
				t.Run(fmt.Sprintf("%s, %d clients, %v", name, clients, length), func(t *testing.T) {
					inBubble(t, settings{}, func(r *rig) {
						late, refused := r.sendThrough(clients, length, freeze)
						if late > mostLate {
							t.Errorf("%d commands were carried out late", late)
						}
						if length <= 700*time.Millisecond && refused > 0 {
							t.Errorf("%d commands were refused for so short a time", refused)
						}
						if length >= 1400*time.Millisecond && refused == 0 {
							t.Error("no command was refused")
						}
					})
				})
			}
		}
	}
}

// sendThrough sends ten commands a second, through two freezes of that length
// and one more, of half of it, soon after. It returns the most that were carried
// out of those sent in one freeze, and how many were refused.
func (r *rig) sendThrough(clients int, length time.Duration, freeze func(*rig, bool)) (late, refused int) {
	var list []*client
	for range clients {
		list = append(list, r.ready())
	}
	type span struct{ from, to int }
	var spans []span
	number := 0
	send := func(d time.Duration) {
		for end := time.Now().Add(d); time.Now().Before(end); number++ {
			list[number%clients].write(command(fmt.Sprintf("n%d", number)))
			r.after(100 * time.Millisecond)
		}
	}
	for _, d := range []time.Duration{length, length, length / 2} {
		send(3 * time.Second)
		r.after(30 * time.Millisecond)
		before := number
		freeze(r, true)
		send(d)
		freeze(r, false)
		synctest.Wait()
		spans = append(spans, span{before, number})
	}
	send(2 * time.Second)
	r.after(10 * time.Second)
	published := r.router.commands()
	for i := range spans {
		n := 0
		for k := spans[i].from; k < spans[i].to; k++ {
			if slices.Contains(published, fmt.Sprintf("n%d", k)) {
				n++
			}
		}
		late = max(late, n)
	}
	for _, c := range list {
		refused += len(slices.DeleteFunc(c.errors(), func(e string) bool { return strings.HasPrefix(e, "outcome_unknown") }))
	}
	if len(published)+refused != number {
		r.t.Errorf("of %d commands %d were published and %d refused", number, len(published), refused)
	}
	return late, refused
}

// A driver that gives no reply to commands, but answers when it is asked, makes
// nobody wait.
func TestHealthyPeerMakesNobodyWait(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.driver.set(func(d *driver) { d.late = 100 * time.Millisecond })
		c := r.connect()
		r.after(time.Second)
		c.take()
		asked := r.driver.timesAsked()
		for i := range 300 {
			c.send(fmt.Sprintf("n%d", i))
			if n := len(r.router.published(wire.Driver.Topic())); n != i+1 {
				t.Fatalf("command %d waited", i)
			}
			r.after(100 * time.Millisecond)
		}
		if asked = r.driver.timesAsked() - asked; asked > 120 {
			t.Errorf("it was asked %d times in 30 s", asked)
		}
		asked = r.driver.timesAsked()
		r.after(30 * time.Second)
		if asked = r.driver.timesAsked() - asked; asked > 4 {
			t.Errorf("at rest it was asked %d times in 30 s", asked)
		}
	})
}

// A router may answer everything but a publish: commands wait for a moment, and
// go on with the answer to a look.
func TestAcknowledgementThatNeverComes(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		acks := func(yes bool) { r.router.set(func(router *router) { router.acks = yes }) }
		acks(false)
		c.send("lost")
		acks(true)
		for range 50 {
			r.after(100 * time.Millisecond)
			c.send("home")
		}
		expect(t, "told", c.errors(), []string(nil))
		expect(t, "published", len(r.router.commands()), 51)
	})
}

// Labware that freezes is no other.
func TestFrozenServiceGetsFewCommands(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		labware := &driver{hub: r.Hub, id: "labware-1", slots: 5, name: "labware"}
		r.router.set(func(router *router) { router.beside = labware })
		say := func(i int) {
			c.write(fmt.Sprintf(`{"topic":"labware","type":"labware","name":"x","message":"n%d","param":null}`, i))
			r.after(100 * time.Millisecond)
		}
		for i := range 30 {
			say(i)
		}
		expect(t, "published to one that is there", len(r.router.published(wire.Labware.Topic())), 30)
		expect(t, "told", c.errors(), []string(nil))
		labware.freeze(true)
		for i := range 100 {
			say(i)
		}
		labware.freeze(false)
		r.after(5 * time.Second)
		if late := len(r.router.published(wire.Labware.Topic())) - 30; late > mostLate || late < 5 {
			t.Errorf("%d late", late)
		}
		c.take()
		say(0)
		expect(t, "told once it is back", c.errors(), []string(nil))
	})
}

// afterSilence are the settings of a relay with that -after-silence.
func afterSilence(what hub.Stop) settings {
	return settings{config: func(cfg *hub.Config) { cfg.AfterSilence = what }}
}

// A robot that was silent is told to drop what it has queued before anything
// else, where commands were left unheard, and every client hears of it.
func TestAfterSilence(t *testing.T) {
	for what, first := range map[hub.Stop][]string{hub.DoNothing: nil, hub.ClearQueue: {"clear_queue"}, hub.Halt: {"clear_queue", "halt"}} {
		t.Run(string(what), func(t *testing.T) {
			inBubble(t, afterSilence(what), func(r *rig) {
				c, other := r.ready(), r.ready()
				silence := func(name string) {
					r.after(time.Second)
					r.driver.freeze(true)
					if name != "" {
						c.send(name)
					}
					r.after(20 * time.Second)
					expect(t, "presence", r.presence(), state.RobotAbsent)
					c.take()
					other.take()
					r.driver.freeze(false)
					synctest.Wait()
				}
				silence("")
				c.send("home")
				expect(t, "published where nothing was left unheard", r.router.commands(), []string{"home"})
				expect(t, "told", c.errors(), []string(nil))

				silence("move")
				told := other.errors()
				other.send("reset_from_halt")
				expect(t, "published", r.router.commands(), append(append([]string{"home", "move"}, first...), "reset_from_halt"))
				if what == hub.DoNothing {
					expect(t, "told", told, []string(nil))
				} else {
					expect(t, "told", told, []string{"outcome_unknown "})
				}
				r.after(time.Second)
				silence("")
				expect(t, "published the next time", len(r.router.commands()), 3+len(first))
			})
		})
	}
}

// It is the same over a lost session, and however long the robot was away. A
// driver that was started anew has nothing queued.
func TestAfterSilenceInALaterSession(t *testing.T) {
	for name, id := range map[string]string{"the same": "driver-1", "another": "driver-2"} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, afterSilence(hub.ClearQueue), func(r *rig) {
				c := r.ready()
				c.send("move")
				r.caller.set(nobody, nil)
				r.Lost(errors.New("gone"))
				r.Joined(r.router)
				r.after(time.Hour)
				expect(t, "published while it is away", r.router.commands(), []string{"move"})
				if id != "driver-1" {
					r.driver.restart(id)
				}
				c.take()
				r.caller.set(somehow, nil)
				r.somebodyCameOrWent()
				synctest.Wait()
				lines := c.take()
				c.send("home")
				want, told := []string{"move", "home"}, []string(nil)
				if id == "driver-1" {
					want, told = []string{"move", "clear_queue", "home"}, []string{"outcome_unknown "}
				}
				expect(t, "published", r.router.commands(), want)
				expect(t, "told", errorsIn(lines), told)
				if len(told) > 0 && parse(lines[0]).Type != "error" {
					t.Errorf("told after the handshake: %q", lines)
				}
			})
		})
	}
}

// Where nobody is connected any more, the robot is asked all the same: its queue
// is as stale.
func TestAfterSilenceWithNobodyConnected(t *testing.T) {
	inBubble(t, afterSilence(hub.ClearQueue), func(r *rig) {
		c := r.ready()
		c.send("move")
		r.Lost(errors.New("gone"))
		c.leave()
		r.Joined(r.router)
		r.after(time.Second)
		expect(t, "published", r.router.commands(), []string{"move", "clear_queue"})
	})
}

// A robot speaks as soon as it has joined, and takes what is published only once
// it has subscribed: what it is told first of all must not come before that.
func TestAfterSilenceOnceItIsSubscribed(t *testing.T) {
	inBubble(t, afterSilence(hub.ClearQueue), func(r *rig) {
		c := r.ready()
		c.send("move")
		r.caller.set(nobody, nil)
		r.Lost(errors.New("gone"))
		r.Joined(r.router)
		r.after(time.Second)
		r.event(wire.PrivateTopic(c.id), `{"time": "T", "type": "command", "to": "`+c.id+`", "from": "driver-1", "sessionID": "x", "data": {"name": "smoothie", "message": {"stat": 1}}}`)
		expect(t, "published before it is subscribed", r.router.commands(), []string{"move"})
		r.caller.set(somehow, nil)
		r.somebodyCameOrWent()
		synctest.Wait()
		c.send("home")
		expect(t, "published", r.router.commands(), []string{"move", "clear_queue", "home"})
	})
}
