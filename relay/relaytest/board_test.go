package relaytest_test

import (
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// A driver whose board has gone drops commands without a word. Who sends one is
// told, what follows is refused, and a stop that does not reach the motors is no
// stop; until the driver is started anew.
func TestDriverWithoutItsBoard(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Home()
	rig.Robot.LoseBoard()
	c.Send(Command("move_to", `{"X": 5}`))
	if e := c.ExpectError("robot_not_connected"); !strings.Contains(e.Text, "nothing moves") || !strings.Contains(e.Received, "move_to") {
		t.Errorf("the error is %+v", e)
	}
	relay.WaitState("the board is gone", func(s state.State) bool { return s.Robot.Board == state.BoardAway })
	if status, body := relay.Do("GET", "/healthz"); status != 503 || !strings.HasPrefix(body, "driver: motor board not connected") {
		t.Errorf("/healthz says %d %s", status, body)
	}
	_, metrics := relay.Do("GET", "/metrics")
	for _, line := range []string{`relay_link_ok{link="robot"} 0`, "relay_driver_present 1"} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
	c.Send(Command("move_to", `{"X": 666}`))
	if e := c.ExpectError("robot_not_connected"); !strings.Contains(e.Text, "not sent") {
		t.Errorf("the error is %+v", e)
	}
	c.Send(Command("halt", "null"))
	if e := c.ExpectError("robot_not_connected"); !strings.Contains(e.Text, "does not reach the motors") {
		t.Errorf("the error is %+v", e)
	}
	c.Fence() // a question needs no board
	for _, got := range rig.Robot.Received() {
		if strings.Contains(got.Payload, "666") {
			t.Errorf("the robot got %s", got.Payload)
		}
	}

	rig.StopRobot()
	relay.WaitRobot("absent")
	rig.StartDriver(simulator.RobotConfig{})
	c.Handshake()
	c.Home()
}

// A client's own question tells as well.
func TestFlowTellsThatTheBoardIsGone(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	rig.Robot.LoseBoard()
	c.Send(Meta("flow", "null"))
	c.Expect(`"flow"`, `"connected": false`)
	c.Send(Command("home", "null"))
	if e := c.ExpectError("robot_not_connected"); !strings.Contains(e.Text, "not sent") {
		t.Errorf("the error is %+v", e)
	}
}

// A board that dies while the driver's connection with it stands: the driver keeps
// what follows, and nothing shows it but flow.
func TestBoardThatFallsSilent(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	rig.Robot.SilenceBoard()
	c.Send(Command("home", "null"), Command("move_to", `{"X": 5}`), Command("move_to", `{"X": 6}`))
	relay.WaitState("the relay's own question is answered: there is a board", func(s state.State) bool { return s.Robot.Board == state.BoardConnected })
	c.Send(Meta("flow", "null")) // nothing came but the answer to this
	c.Expect(`"connected": true`, `"ack_received": false`, `"queue_size": 2`)
	if b := relay.State().Robot.Board; b != state.BoardConnected {
		t.Errorf("the board is %q", b)
	}
}

// A driver that was started without a board plays one, as the simulator's does: it
// answers as if all were done, and only flow tells.
func TestFlowTellsThatTheDriverPlaysItsBoard(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Home()
	c.Send(Meta("flow", "null"))
	c.Expect(`"simulation": true`, `"connected": true`)
}
