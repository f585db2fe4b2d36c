package relaytest_test

import (
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// waitHalt waits until the state says so of the halt.
func waitHalt(r *Relay, want state.HaltState, by string) {
	r.WaitState("halted: "+string(want)+" by "+by, func(s state.State) bool { return s.Halted.State == want && s.Halted.By == by })
}

// One client halts, another moves: it is told instead that nothing would, by whose
// halt, and what ends it. After the reset it moves. Everything that shows the state
// says so.
func TestHaltOfOneClientIsToldToTheOther(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	halts, moves := relay.Connect(), relay.Connect()
	halts.Send(Command("halt", `""`))
	moves.Expect(`"type": "TCP handshake"`, `{"stopped": "halt", "by": "`+halts.ID+`"`)
	moves.Send(Command("move_to", `{"X": 100}`))
	e := moves.ExpectError("robot_halted")
	for _, part := range []string{"client " + halts.ID + " halted the robot at ", "end the halt with the command reset_from_halt"} {
		if !strings.Contains(e.Text, part) {
			t.Errorf("the error does not say %q: %s", part, e.Text)
		}
	}
	waitHalt(relay, state.HaltedYes, halts.ID)
	if status, body := relay.Do("GET", "/healthz"); status != 503 || body != "driver: halted by client "+halts.ID+"\n" {
		t.Errorf("/healthz says %d %q", status, body)
	}
	_, body := relay.Do("GET", "/metrics")
	for _, line := range []string{"relay_robot_halted 1", "relay_driver_present 1", `relay_link_ok{link="robot"} 0`, `relay_link_ok{link="client"} 1`, `relay_errors_total{code="robot_halted"} 1`} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("the metrics lack %s:\n%s", line, body)
		}
	}
	moves.Fence() // a question passes

	moves.Send(Command("reset_from_halt", `""`), Command("move_to", `{"X": 100}`))
	rig.WaitRobot("moves", func(r *simulator.Driver) bool { return r.Positions()["X"] == 100 })
	waitHalt(relay, state.HaltedNo, moves.ID)
	if status, body := relay.Do("GET", "/healthz"); status != 200 {
		t.Errorf("/healthz says %d %q", status, body)
	}
	var got []string
	for _, c := range rig.Robot.Received() {
		got = append(got, c.Command)
	}
	if want := "clear_queue halt meta_commands reset_from_halt move_to"; strings.Join(got, " ") != want {
		t.Errorf("the robot got %q, not %q", got, want)
	}
}

// What it is about: a halted driver answers a move as if it had carried it out. The
// flag lets that through, and the halt is told all the same.
func TestHaltedDriverAnswersAsIfItHadMoved(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-while-halted", "pass")
	relay.WaitRobot("present")
	c := relay.Connect()
	answers := func(command, param string) {
		t.Helper()
		c.Send(Command(command, param))
		c.Expect(`"type": "queue"`, `"empty"`)
		c.Expect(`"stat": 0`)
		c.Expect(`"type": "queue"`, `"empty"`)
	}
	answers("halt", "null")
	answers("move_to", `{"X": 100}`)
	if x := rig.Robot.Positions()["X"]; x != 0 {
		t.Errorf("it moved to %v", x)
	}
	waitHalt(relay, state.HaltedYes, c.ID)
	answers("reset_from_halt", "null")
	answers("move_to", `{"X": 100}`)
	if x := rig.Robot.Positions()["X"]; x != 100 {
		t.Errorf("after the reset it moved to %v", x)
	}
}

// Another front end on the router halts and resets, past the relay.
func TestHaltOfAnotherFrontEndIsHeard(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	browser := rig.Peer()
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	send := func(command string) {
		browser.Publish("com.opentrons.driver", `{"time": "", "type": "command", "to": "", "from": "browser", "sessionID": "browser", "data": {"name": "smoothie", "message": {"`+command+`": ""}}}`)
	}
	send("halt")
	c.Expect(`{"stopped": "halt", "by": "another program"`)
	c.Send(Command("home", `""`))
	if e := c.ExpectError("robot_halted"); !strings.Contains(e.Text, "another program halted the robot") {
		t.Errorf("the error is %+v", e)
	}
	send("reset_from_halt")
	waitHalt(relay, state.HaltedNo, state.ByAnother)
	c.Home()
}

// The listener on the driver's topic is not taken for the driver, neither by its own
// relay nor by another.
func TestWhoListensIsNotTakenForTheDriver(t *testing.T) {
	t.Parallel()
	rig := New(t)
	relay, another := rig.StartRelay(), rig.StartRelay("-data", t.TempDir())
	relay.WaitRobot("absent")
	another.WaitRobot("absent")
	rig.StartDriver(simulator.RobotConfig{})
	relay.WaitRobot("present")
	another.WaitRobot("present")
	halts, moves := relay.Connect(), another.Connect()
	halts.Send(Command("halt", `""`))
	moves.Expect(`{"stopped": "halt", "by": "another program"`)
	moves.Send(Command("home", `""`))
	moves.ExpectError("robot_halted")
	rig.StopRobot()
	relay.WaitRobot("absent")
	another.WaitRobot("absent")
}

// The same with otone, whose every homing begins with a halt.
func TestHaltOfOToneIsTold(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	browser := rig.Peer()
	relay := rig.StartRelay()
	halts, moves := relay.ConnectOTone(), relay.ConnectOTone()
	const move, reset = `{"type":"move","data":{"x":100}}`, `{"type":"raw","data":"M999"}`
	halts.Send(`{"type":"raw","data":"M112"}`)
	moves.Until(`{"stopped": "halt", "by": "` + halts.ID + `"`)
	moves.Send(move)
	moves.Until(`"code": "robot_halted"`)
	moves.Send(reset, move)
	moves.Until(`"x": 100`)

	// A browser homes: nobody is refused meanwhile.
	browser.Publish("com.opentrons.browser_to_robot", `{"type":"home","data":{"x":true}}`)
	moves.Until(`--> M112`)
	moves.Send(move)
	moves.Until(`"x": 100`)

	// It halts, and leaves it at that.
	browser.Publish("com.opentrons.browser_to_robot", `{"type":"raw","data":"M112"}`)
	moves.Until(`{"stopped": "halt", "by": "another program"`)
	moves.Send(move)
	for _, m := range moves.Until(`"code": "robot_halted"`) {
		if m.Type == "error" {
			t.Errorf("told first: %s", m.Line)
		}
	}
	waitHalt(relay, state.HaltedYes, state.ByAnother)
	browser.Publish("com.opentrons.browser_to_robot", reset)
	waitHalt(relay, state.HaltedNo, state.ByAnother)
	moves.Send(move)
	moves.Until(`"x": 100`)
}
