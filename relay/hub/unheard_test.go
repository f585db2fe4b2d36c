package hub_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// What a router took for a robot that had died is not lost in silence: whoever
// sent it since the last sign of life is told, once it is known.
func TestRobotGoesWithoutASignOfLife(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.caller.set(nil, errors.New("not authorized"))
		c, heard, idle := r.ready(), r.ready(), r.ready()
		heard.send("home")
		r.event(wire.Frontend, `{"type": "driver", "to": "a-browser", "from": "driver-1", "data": {}}`)
		r.driver.set(func(d *driver) { d.mute = true })
		r.after(time.Millisecond)
		c.send("home")
		c.send("move_to")
		r.after(11 * time.Second)
		expect(t, "presence", r.presence(), state.RobotAbsent)
		lines := c.take()
		expect(t, "told", errorsIn(lines), []string{"outcome_unknown home"})
		if !strings.Contains(strings.Join(lines, ""), "this and 1 more") {
			t.Errorf("it does not say how many: %q", lines)
		}
		expect(t, "told after a sign of life", heard.errors(), []string(nil))
		expect(t, "told who sent nothing", idle.errors(), []string(nil))

		r.driver.set(func(d *driver) { d.mute = false })
		r.after(10 * time.Second)
		expect(t, "presence", r.presence(), state.RobotPresent)
		c.take()
		r.driver.restart("driver-2")
		c.send("home")
		r.somebodyCameOrWent()
		r.after(10 * time.Second)
		expect(t, "told when another driver answers", c.errors(), []string{"outcome_unknown home"})
	})
}

// A router may take its time with an acknowledgement.
func TestAcknowledgementAfterTheRobotHasGone(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.router.acks = false
		c.send("home", "move_to")
		r.caller.set([]any{nil}, nil)
		r.somebodyCameOrWent()
		expect(t, "presence", r.presence(), state.RobotAbsent)
		expect(t, "told before the acknowledgement", c.errors(), []string(nil))
		for _, p := range r.router.published(wire.Driver.Topic()) {
			r.settle(p, nil)
		}
		synctest.Wait()
		expect(t, "told", c.errors(), []string{"outcome_unknown home", "outcome_unknown move_to"})
	})
}
