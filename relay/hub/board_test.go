package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// flowAnswer has the driver answer the relay's question after the board, in a client's
// name.
func (r *rig) flowAnswer(c *client, connected bool) {
	r.event(wire.PrivateTopic(c.id), fmt.Sprintf(`{"time": "T", "type": "driver", "to": %q, "from": "driver-1", "sessionID": %q, "data": {"name": "smoothie", "message": {"flow": {"connected": %v}}}}`, c.id, wire.RelayID, connected))
}

func (r *rig) flows() (n int) {
	r.router.set(func(router *router) { n = router.flows })
	return n
}

// A driver that lives and whose board says nothing to a command is asked whether
// it has a board, and no more often than need be; nobody but the relay hears the
// answer.
func TestDriverWithoutItsBoardIsAskedForIt(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c, other := r.ready(), r.ready()
		r.after(time.Hour)
		expect(t, "asked where nobody commands", r.flows(), 0)
		c.send("home")
		r.event(wire.Frontend, `{"type": "queue", "to": "`+c.id+`", "from": "driver-1", "data": {"name": "driver", "message": {"result": "empty"}}}`)
		c.take()
		r.after(time.Hour)
		expect(t, "asked where the board has answered", r.flows(), 0)

		for range 20 {
			c.send("move")
			other.send("move")
			r.after(time.Second)
		}
		if n := r.flows(); n < 3 || n > 5 {
			t.Errorf("asked %d times in 20 s", n)
		}
		c.take()
		other.take() // each other's presence
		r.flowAnswer(c, true)
		expect(t, "told of a board that is there", append(c.take(), other.take()...), []string(nil))
		c.send("move", "home")
		r.after(time.Second)
		r.flowAnswer(c, false)
		lines := c.take()
		expect(t, "told", errorsIn(lines), []string{"robot_not_connected "})
		if text := strings.Join(lines, ""); !strings.Contains(text, "this and 1 more, and nothing moves") || strings.Contains(text, "flow") {
			t.Errorf("told %s", text)
		}
		expect(t, "told who had sent nothing since", other.take(), []string(nil))
		expect(t, "the board", r.State().Robot.Board, state.BoardAway)

		before := len(r.router.commands())
		other.send("move", "halt")
		expect(t, "told", other.errors(), []string{"robot_not_connected move", "robot_not_connected "})
		expect(t, "published", r.router.commands()[before:], []string{"halt"})
		r.driver.restart("driver-2")
		r.somebodyCameOrWent()
		r.after(time.Second)
		expect(t, "the board of another driver", r.State().Robot.Board, state.BoardUnknown)
		other.send("home")
		expect(t, "published for another driver", r.router.commands()[before:], []string{"halt", "home"})
	})
}

// What the board says of the relay's own stop is no answer to that question: it
// still tells when the robot is at work.
func TestFeedbackOfTheRelaysOwnStopIsHeard(t *testing.T) {
	inBubble(t, settings{ids: 1}, func(r *rig) {
		c := r.ready()
		id := c.id
		c.send("move")
		c.leave()
		r.after(time.Second)
		r.event(wire.Frontend, `{"type": "driver", "to": "`+id+`", "from": "driver-1", "sessionID": "`+id+`", "data": {"name": "smoothie", "message": {"stat": 1}}}`)
		r.event(wire.Frontend, `{"type": "driver", "to": "com.opentrons.tcpRelay", "from": "driver-1", "sessionID": "com.opentrons.tcpRelay", "data": {"name": "smoothie", "message": {"stat": 0}}}`)
		r.event(wire.Frontend, `{"type": "queue", "to": "x", "from": "driver-1", "data": {"name": "driver", "message": {"result": "empty"}}}`)
		r.after(2 * time.Second)
		lines := strings.Join(r.connect().take(), "")
		if !strings.Contains(lines, `"already_connected"`) || strings.Contains(lines, "waits") {
			t.Errorf("the id still rests: %s", lines)
		}
	})
}
