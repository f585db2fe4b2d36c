package relaytest_test

import (
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// told asks for positions, and waits for the whole answer.
func told(c *Client, x string) {
	c.Send(Command("positions", `""`))
	c.Until(`"pos": {"X": ` + x + `,`)
	c.Until(`"stat": 0`)
}

// A move_to that the driver would drop without a word is refused, and what the error
// says to send instead moves. It does not matter who sent the axis up, or whether the
// relay was there.
func TestWayBackThatTheDriverDropsIsRefused(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	at := func(x float64) {
		t.Helper()
		rig.WaitRobot("is there", func(r *simulator.Driver) bool { return r.Positions()["X"] == x })
	}
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Fence() // the relay has asked for flow before
	refused := func(c *Client, x string) {
		t.Helper()
		c.Send(Command("move_to", `{"Y": 5, "X": `+x+`}`))
		c.Until(`"code": "bad_argument", "text": "the driver would drop this move_to in silence: X went up last`)
	}
	c.Send(Command("move_to", `{"X": 100}`))
	told(c, "100.0")
	refused(c, "50")
	c.Send(Command("absolute", `""`), Command("rapid_linear_move", `{"X": 50}`))
	at(50)
	refused(c, "50") // the driver still has it at 100
	c.Send(Command("move", `{"X": -1}`), Command("move_to", `{"X": 20}`))
	at(20)

	browser := rig.Peer()
	send := func(command string) {
		browser.Publish("com.opentrons.driver", `{"time": "", "type": "command", "to": "", "from": "browser", "sessionID": "browser", "data": {"name": "smoothie", "message": {`+command+`}}}`)
	}
	send(`"move": {"X": 5}`)
	at(25)
	told(c, "25.0")
	refused(c, "24")
	c.Send(Command("move_to", `{"X": 26}`))
	at(26)

	another := rig.StartRelay("-data", t.TempDir(), "-max-clients", "1")
	another.WaitRobot("present")
	newcomer := another.Connect()
	newcomer.Fence()
	refused(newcomer, "24")
}

// With -check off it is sent, and the driver drops it.
func TestWayBackIsSentWithoutTheCheck(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-check", "off")
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Send(Command("move_to", `{"X": 100}`))
	told(c, "100.0")
	c.Send(Command("move_to", `{"X": 50}`))
	c.Send(Meta("callbacks", `""`))
	c.Until(`"callbacks"`)
	if x := rig.Robot.Positions()["X"]; x != 100 {
		t.Errorf("it is at %v", x)
	}
}

// Where the answer to a question may be on its way, nobody knows: the driver drops what
// the relay lets pass.
func TestWayBackBehindAQuestionIsSent(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Fence()
	c.Write(Command("move_to", `{"X": 100}`) + Command("positions", `""`) + Command("move_to", `{"X": 50}`))
	c.Send(Meta("callbacks", `""`))
	c.Until(`"callbacks"`)
	if x := rig.Robot.Positions()["X"]; x != 100 {
		t.Errorf("it is at %v", x)
	}
}
