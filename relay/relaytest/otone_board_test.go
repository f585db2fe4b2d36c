package relaytest_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// withoutBoard is a rig whose robot opens the port of its motor board only when it
// is told to.
func withoutBoard(t *testing.T) *OToneRig {
	t.Helper()
	rig := NewOTone(t)
	rig.StartOTone(simulator.RobotConfig{PortClosed: true})
	return rig
}

// notConnected has a client home in vain and be told so.
func notConnected(t *testing.T, relay *Relay, c *Client) {
	t.Helper()
	c.Send(`{"type":"home","data":{"x":true,"y":true}}`)
	if e := c.ExpectError("robot_not_connected"); !strings.Contains(e.Text, "the robot took this") || !strings.Contains(e.Text, "connectPort") || !strings.Contains(e.Received, `"home"`) {
		t.Errorf("the error is %+v", e)
	}
	c.Expect(`"portsList"`, `["simulated"]`)
	s := relay.WaitState("the board is not connected", func(s state.State) bool { return s.Robot.Board == state.BoardAway })
	if s.Robot.State != state.RobotPresent {
		t.Errorf("the state says %+v", s.Robot)
	}
	if status, body := relay.Do("GET", "/healthz"); status != 503 || !strings.HasPrefix(body, "robot: motor board not connected") {
		t.Errorf("/healthz says %d %s", status, body)
	}
}

// connect has a client open the port, and home.
func connect(t *testing.T, relay *Relay, c *Client) {
	t.Helper()
	c.Send(`{"type":"connectPort","data":"simulated"}`)
	c.Until(`"status"`)
	c.Send(`{"type":"home","data":{"x":true,"y":true}}`)
	c.Until(`"--> G28 X Y"`)
	c.Until(`"position"`)
	relay.WaitState("the board is connected", func(s state.State) bool { return s.Robot.Board == state.BoardConnected })
	if status, body := relay.Do("GET", "/healthz"); status != 200 {
		t.Errorf("/healthz says %d %s", status, body)
	}
}

// The robot's software takes what it cannot do, as its board's port is not open:
// who sends it is told, what follows is refused, and what was kept is dropped, so
// that nothing moves when the port is opened. After a restart of the router it is
// as deaf again.
func TestOToneWithoutItsBoard(t *testing.T) {
	t.Parallel()
	rig := withoutBoard(t)
	relay := rig.StartRelay()
	c := relay.ConnectOTone()
	if b := relay.State().Robot.Board; b != state.BoardUnknown {
		t.Errorf("the board is %q before anything was heard of it", b)
	}
	notConnected(t, relay, c)
	c.Send(`{"type":"move","data":{"x":666}}`)
	if e := c.ExpectError("robot_not_connected"); !strings.Contains(e.Text, "not sent") || !strings.Contains(e.Text, `["simulated"]`) {
		t.Errorf("the error is %+v", e)
	}
	c.Send(`{"type":"raw","data":"M112"}`) // a stop is sent all the same
	if e := c.ExpectError("robot_not_connected"); !strings.Contains(e.Text, "does not reach the motors") {
		t.Errorf("the error is %+v", e)
	}
	connect(t, relay, c)

	rig.StopRouter()
	relay.WaitRouter(false)
	rig.StartRouter()
	c.Until(`"success"`)
	notConnected(t, relay, c)
	connect(t, relay, c)
	for _, m := range rig.OTone.Received() {
		if strings.Contains(m, "666") {
			t.Errorf("the robot got %s", m)
		}
	}
}

// The same when a move is the first: the robot could be at work or paused, so
// that nothing is refused, and each is told of.
func TestOToneMovesWithoutItsBoard(t *testing.T) {
	t.Parallel()
	rig := withoutBoard(t)
	relay := rig.StartRelay()
	c := relay.ConnectOTone()
	for range 2 {
		c.Send(`{"type":"move","data":{"x":5}}`)
		if e := c.ExpectError("robot_not_connected"); !strings.Contains(e.Text, "at work or paused, or the board's port is not open") {
			t.Errorf("the error is %+v", e)
		}
	}
	c.FenceOTone()
	if b := relay.State().Robot.Board; b != state.BoardUnknown {
		t.Errorf("the board is %q", b)
	}
}

// A board that is unplugged is said by the robot, and so by the relay.
func TestOToneLosesItsBoard(t *testing.T) {
	t.Parallel()
	rig := withoutBoard(t)
	relay := rig.StartRelay()
	c := relay.ConnectOTone()
	connect(t, relay, c)
	if err := rig.OTone.Unplug(); err != nil {
		t.Fatal(err)
	}
	c.Until(`"status"`)
	c.Send(`{"type":"move","data":{"x":666}}`)
	c.ExpectError("robot_not_connected")
	c.FenceOTone() // a question needs no board
	connect(t, relay, c)
	c.Send(`{"type":"move","data":{"x":5}}`)
	c.Until(`"--> G90 G0 X5.0"`)
}

// A client alone gets the robot to move by what the document says, line by line.
func TestOToneMovesByTheDocument(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../wire/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(document), "### Open the motor board's port")
	section, _, _ = strings.Cut(section, "\n#")
	steps := regexp.MustCompile(`(?m)^\{.*\}$`).FindAllString(section, -1)
	if len(steps) != 4 {
		t.Fatalf("the document has the steps %q", steps)
	}
	rig := withoutBoard(t)
	relay := rig.StartRelay()
	c := relay.ConnectOTone()
	for i, answer := range []string{"", `"portsList"`, `"status"`, `"--> G28 X Y Z A B"`} {
		c.Send(strings.ReplaceAll(steps[i], "/dev/ttyACM0", "simulated"))
		if answer != "" {
			c.Until(answer)
		}
	}
	c.Until(`"position"`)
	c.Send(`{"type":"move","data":{"x":5}}`)
	c.Until(`"x": 5.0`)
}
