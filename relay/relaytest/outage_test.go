package relaytest_test

import (
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// A command is never kept for when the router is back: it is refused at once,
// the error says so, and the robot never gets it.
func TestCommandsAreNotKeptWhileRouterIsAway(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	rig.StopRouter()
	relay.WaitRouter(false)

	for range 3 {
		c.Send(Command("move_to", `{"X": 666}`), Command("halt", `""`))
		for range 2 {
			if e := c.ExpectError("router_down"); !strings.Contains(e.Text, "not sent") {
				t.Errorf("the error does not say that it was not sent: %s", e.Text)
			}
		}
	}
	newcomer := relay.Dial()
	newcomer.Start()
	newcomer.Send(Command("move_to", `{"X": 666}`))
	newcomer.ExpectError("router_down")

	rig.StartRouter()
	c.Handshake()
	newcomer.Handshake()
	c.Home()
	newcomer.Home()
	onlyHomes(t, rig, 2)
}

// The same while the router is there and the driver is not.
func TestCommandsAreNotKeptWhileDriverIsAway(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	rig.StopRobot()
	relay.WaitRobot("absent")

	for range 3 {
		c.Send(Command("move_to", `{"X": 666}`), Command("halt", `""`))
		for range 2 {
			if e := c.ExpectError("driver_absent"); !strings.Contains(e.Text, "not sent") {
				t.Errorf("the error does not say that it was not sent: %s", e.Text)
			}
		}
	}
	newcomer := relay.Dial()
	newcomer.Start()
	newcomer.Send(Command("move_to", `{"X": 666}`))
	newcomer.ExpectError("driver_absent")

	rig.StartDriver(simulator.RobotConfig{})
	c.Handshake()
	newcomer.Handshake()
	c.Home()
	newcomer.Home()
	onlyHomes(t, rig, 2)
}

// A driver that is subscribed and says nothing counts as absent once it has
// left a handshake unanswered, and what waited for that is refused.
func TestCommandsAreNotKeptForASilentDriver(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	rig.Robot.Mute(true)
	c := relay.Dial()
	c.Start()
	c.Send(Command("move_to", `{"X": 666}`))
	if e := c.ExpectError("driver_absent"); !strings.Contains(e.Text, "restart the robot") {
		t.Errorf("the error does not say what to do: %s", e.Text)
	}
	relay.WaitRobot("absent")
	c.Send(Command("move_to", `{"X": 667}`))
	c.ExpectError("driver_absent")

	rig.Robot.Mute(false)
	c.Handshake()
	c.Home()
	onlyHomes(t, rig, 1)
}

// What was sent before the handshake waits for it, no longer, and goes in
// order: a script need not wait.
func TestCommandsBeforeTheHandshakeWaitForIt(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Dial()
	c.Send(Command("home", `{"X": 1}`), Command("home", `{"X": 2}`), Command("home", `{"X": 3}`))
	for i, got := range rig.Received(3) {
		if want := `{"X": ` + string(rune('1'+i)) + `}`; string(got.Param) != want {
			t.Errorf("number %d is %s", i+1, got.Payload)
		}
	}
	c.Start()
	c.Handshake()
}

// onlyHomes checks that the robot has got n commands to home and no other.
func onlyHomes(t *testing.T, rig *Rig, n int) {
	t.Helper()
	got := rig.Received(n)
	if len(got) != n {
		t.Errorf("the robot got %d messages, not %d", len(got), n)
	}
	for _, command := range got {
		if command.Command != "home" {
			t.Errorf("the robot got %s", command.Payload)
		}
	}
}
