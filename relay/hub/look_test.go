package hub_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Where the robot is not there and one of another dialect is, whoever looks is
// told which; and nothing is asked for that while the robot is there.
func TestTheOtherRobotIsNamed(t *testing.T) {
	others := func(c *hub.Config) { c.Others = []wire.Dialect{wire.OToneDialect} }
	inBubble(t, settings{config: others}, func(r *rig) {
		shows := func(when, speaks, part string) {
			t.Helper()
			r.somebodyCameOrWent()
			r.after(time.Second)
			if s := r.State().Robot; s.Speaks != speaks || !strings.Contains(s.Error, part) {
				t.Errorf("%s: %+v", when, s)
			}
		}
		otone := func(ready, commands wamp.List) {
			r.caller.mu.Lock()
			defer r.caller.mu.Unlock()
			r.caller.other = map[string]wamp.List{wire.BrowserReady: ready, wire.BrowserToRobot: commands}
		}
		otone(somehow, somehow)
		shows("both are there", "", "")
		expect(t, "presence", r.presence(), state.RobotPresent)
		expect(t, "questions of one look", r.looks(), len(wire.DriverDialect.RobotTopics))

		r.caller.set(nobody, nil)
		shows("only the other is", "otone", "this robot speaks otone: set the robot's software to otone (-backend otone)")
		c := r.connect()
		c.take()
		c.send("home")
		lines := c.take()
		expect(t, "told", errorsIn(lines), []string{"driver_absent home"})
		if !strings.Contains(strings.Join(lines, ""), "this robot speaks otone: set the robot's software to otone (-backend otone)") {
			t.Errorf("the error does not say what to do: %q", lines)
		}

		otone(somehow, nobody)
		shows("only half of it is", "", "nobody is subscribed")
		otone(somehow, somehow)
		shows("it is again", "otone", "speaks otone")
		r.caller.set(nil, errors.New("not authorized"))
		shows("the router tells nothing", "", "")
		r.caller.set(somehow, nil)
		shows("the right one has come", "", "")
		c.send("home")
		expect(t, "published", r.router.commands(), []string{"home"})
	})
}

// looks is how many questions one look asks.
func (r *rig) looks() int {
	count := func() int {
		r.caller.mu.Lock()
		defer r.caller.mu.Unlock()
		return r.caller.calls
	}
	before := count()
	r.somebodyCameOrWent()
	synctest.Wait()
	return count() - before
}
