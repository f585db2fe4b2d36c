package hub_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Handshakes are one at a time, so the last of several clients may wait long
// for its own. What it sends meanwhile is held for three seconds and not sent
// after that.
func TestCommandsAreNotHeldForLong(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.driver.set(func(d *driver) { d.late = 2 * time.Second })
		r.connect()
		r.connect()
		last := r.connect()
		last.send("home")
		r.after(2900 * time.Millisecond)
		expect(t, "told within three seconds", last.errors(), []string(nil))
		r.after(200 * time.Millisecond)
		expect(t, "told after three seconds", last.errors(), []string{"driver_absent home"})

		last.send("move_to")
		r.after(2950 * time.Millisecond)
		expect(t, "published once it was handshaken", r.router.commands(), []string{"move_to"})
		expect(t, "refused", last.errors(), []string(nil))
	})
}

// Where the router does not tell who is there, a driver that died is found by
// a probe two seconds after it has left a message without a sign of life, and
// not after the ten seconds of a robot that nobody speaks to.
func TestCommandWithoutAnAnswerIsFollowedByAProbe(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.caller.set(nil, errors.New("not authorized"))
		c := r.ready()
		r.driver.set(func(d *driver) { d.mute = true })
		before := r.driver.timesAsked()
		r.after(5 * time.Second)
		expect(t, "probes of a robot that nobody speaks to", r.driver.timesAsked()-before, 0)
		c.send("home")
		r.after(4 * time.Second)
		expect(t, "probes after a message without an answer", r.driver.timesAsked()-before, 1)
		r.after(5 * time.Second)
		expect(t, "presence", r.presence(), state.RobotAbsent)
		expect(t, "told", c.errors(), []string{"outcome_unknown home"})
		c.send("move_to")
		expect(t, "told", c.errors(), []string{"driver_absent move_to"})
	})
}

// A newcomer gets the id of a client that has closed its side, but not before
// that has been told what became of its last command.
func TestNewcomerWaitsUntilTheLastIsAnswered(t *testing.T) {
	inBubble(t, settings{ids: 1}, func(r *rig) {
		half := r.half()
		r.router.acks = false
		half.write(command("home"))
		half.closeWrite()
		synctest.Wait()
		newcomer := r.connect()
		expect(t, "told to the newcomer so far", newcomer.take(), []string(nil))
		r.settle(r.router.published(wire.Driver.Topic())[0], session.ErrOutcomeUnknown)
		r.after(400 * time.Millisecond)
		expect(t, "told", half.errors(), []string{"outcome_unknown home"})
		expect(t, "closed", half.closed(), true)
		r.after(3 * time.Second) // the id rests
		lines := newcomer.take()
		if len(lines) == 0 || parse(lines[0]).To == "" {
			t.Errorf("the newcomer got no id: %q", lines)
		}
	})
}

// A newcomer that waits gets the id of a client that closes its side, while
// that is still given time for answers.
func TestNewcomerIsToldThatAClientHasClosedItsSide(t *testing.T) {
	inBubble(t, settings{ids: 1}, func(r *rig) {
		half := r.half()
		newcomer := r.connect()
		expect(t, "told to the newcomer so far", newcomer.take(), []string(nil))
		half.closeWrite()
		if lines := newcomer.take(); len(lines) == 0 || parse(lines[0]).To == "" {
			t.Errorf("the newcomer got no id: %q", lines)
		}
	})
}
