package interop

import (
	"slices"
	"strings"
	"testing"

	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// startOTone starts otone.py.
func startOTone(t *testing.T, release string, port int, args ...string) *driver {
	t.Helper()
	return startPeer(t, "otone.py", release, port, args...)
}

// startOToneRelay runs the relay for it.
func startOToneRelay(t *testing.T, url string) *relaytest.Relay {
	t.Helper()
	return startRelay(t, url, "-backend", "otone")
}

// With otone, too, a client is told that the robot is there,
// commands and is answered, on each router and each release of autobahn.
func TestOToneCommandsAndReplies(t *testing.T) {
	onEachPair(t, func(t *testing.T, router *crossbar, release string) {
		robot := startOTone(t, release, router.Open)
		r := startOToneRelay(t, router.url(router.Open))
		c, other := r.ConnectOTone(), r.ConnectOTone()
		var sent []string
		for _, step := range []struct{ message, answer string }{
			{`{ "data" : {"z":1, "x":2.50, "y":1E1} , "type" : "move" }`, `"--> G90 G0 Z1.0 X2.5 Y10.0"`}, // Python's reading of it
			{`{"type":"getCalibrations"}`, `{"data":{"a":{},"b":{}},"type":"containerLocations"}`},        // pretty-printed by the robot
			{`{"type":"raw","data":"M112"}`, `"--> M112"`},
		} {
			c.Send(step.message)
			sent = append(sent, step.message)
			for _, client := range []*relaytest.Client{c, other} {
				client.Until(step.answer)
			}
		}
		sent = slices.Insert(sent, len(sent)-1, wire.EraseJob) // what the relay puts before a halt
		if got := robot.received("browser_to_robot"); !slices.Equal(got, sent) {
			t.Errorf("the robot was sent %q", got)
		}
		for _, line := range robot.out.Lines() {
			if h := hear(line); h.Topic == "browser_ready" && (len(h.Args) != 1 || h.Args[0] != true || len(h.Kwargs) != 0) {
				t.Errorf("the robot was sent another browser_ready than a browser's: %s", line)
			}
		}
	})
}

// The robot's software ends and is started again, and the router tells, or
// does not.
func TestOToneRestart(t *testing.T) {
	onEachDoor(t, func(t *testing.T, router *crossbar, port int, tells bool) {
		robot := startOTone(t, today, router.Open)
		r := startOToneRelay(t, router.url(port))
		c := r.ConnectOTone()
		for _, end := range []func(){robot.stop, func() { robot.kill() }} {
			end()
			if !tells {
				c.Send(`{"type":"getCalibrations"}`) // taken by the router and lost
			}
			r.WaitRobot(state.RobotAbsent)
			if !tells {
				c.ExpectError("outcome_unknown")
			}
			c.Send(`{"type":"move","data":{"x":666}}`)
			if e := c.ExpectError("driver_absent"); !strings.Contains(e.Text, "not sent") {
				t.Errorf("the error is %+v", e)
			}
			robot = startOTone(t, today, router.Open)
			c.Ready()
			c.Send(`{"type":"move","data":{"x":1}}`)
			c.Until(`{\"stat\":0}`)
			if got := robot.received("browser_to_robot"); len(got) != 1 {
				t.Errorf("the robot was sent %q", got)
			}
		}
	})
}

// A robot whose motor board's port is not open takes a home in silence: its sender
// is told, what follows is refused, and the verb opens the port; whether the router
// tells who is there or not.
func TestOToneWithoutItsBoard(t *testing.T) {
	onEachDoor(t, func(t *testing.T, router *crossbar, port int, _ bool) {
		robot := startOTone(t, today, router.Open, "--port-closed")
		r := startOToneRelay(t, router.url(port))
		c := r.ConnectOTone()
		c.Send(`{"type":"home","data":{"x":true}}`)
		c.ExpectError("robot_not_connected")
		c.Expect(`"portsList"`)
		c.Send(`{"type":"move","data":{"x":666}}`)
		if e := c.ExpectError("robot_not_connected"); !strings.Contains(e.Text, "/dev/ttyACM0") {
			t.Errorf("the error is %+v", e)
		}
		c.Send(`{"type":"connectPort","data":"/dev/ttyACM0"}`)
		c.Until(`"status"`)
		c.Send(`{"type":"home","data":{"x":true}}`)
		c.Until(`"--> G28 X"`)
		r.WaitState("the board is connected", func(s state.State) bool { return s.Robot.Board == state.BoardConnected })
		if got := robot.received("browser_to_robot"); slices.ContainsFunc(got, func(m string) bool { return strings.Contains(m, "666") }) {
			t.Errorf("the robot was sent %q", got)
		}
	})
}
