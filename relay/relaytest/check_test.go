package relaytest_test

import (
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/wire"
	"rawtcpcom/relay/wire/commands"
)

// mistake is a message that the robot's software would drop or mistake, with what
// its sender is told.
type mistake struct{ message, code, says string }

var driverMistakes = []mistake{
	{Command("hoome", `{"X": "true"}`), "unknown_command", `no command "hoome"; did you mean "home"?`},
	{Command("move_to", `{"Q": 100}`), "bad_argument", `"Q" is no axis of move_to`},
	{Command("move_to", `{"x": 100}`), "bad_argument", `did you mean "X"?`},
	{Command("move_to", `{"X": "abc"}`), "bad_argument", `"X" is "abc"`},
	{Command("linear_move", `{"X": "abc"}`), "bad_argument", `"X" is "abc"`},
	{Command("home", `"X"`), "bad_argument", `carries out home as if nothing stood there`},
	{Command("home", `{"X": "true", "Y": false}`), "bad_argument", "leave it out"},
	{strings.Replace(Command("home", `""`), `"smoothie"`, `"smoothy"`, 1), "unknown_command", `only board is "smoothie"`},
	{strings.Replace(Command("home", `""`), `"command"`, `"comand"`, 1), "unknown_command", `did you mean "command"?`},
	{strings.Replace(Command("flwo", `""`), `"command"`, `"meta"`, 1), "unknown_command", `did you mean "flow"?`},
}

var otoneMistakes = []mistake{
	{`{"type":"hoome","data":{}}`, "unknown_command", `no "hoome"; did you mean "home"?`},
	{`{"type":"move","data":{"Q":100}}`, "bad_argument", `"Q" is no axis`},
	{`{"type":"move","data":{"X":"abc"}}`, "bad_argument", `"X" is "abc", which is no place`},
	{`{"type":"move","data":[{"x":1},{"x":"abc"}]}`, "bad_argument", `"x" is "abc"`},
	{`{"type":"move","data":{"z":5,"relative":"true"}}`, "bad_argument", `write true`},
	{`{"type":"home"}`, "bad_argument", `needs "data"`},
	{`{"type":"home","data":{"x":true,"y":false}}`, "bad_argument", "leave it out"},
	{`{"type":"getCalibrations","data":{}}`, "bad_argument", `takes no "data"`},
	{`{"type":"restart"}`, "bad_argument", "never carries out restart"},
}

// What the driver would drop in silence, or take for something else, is answered
// with a sentence and does not reach it.
func TestWhatTheDriverWouldDropIsSaidAloud(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	expectRefusals(t, c, driverMistakes)
	c.Home()
	onlyHomes(t, rig, 1)
}

func TestWhatOToneWouldDropIsSaidAloud(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	relay := rig.StartRelay()
	c := relay.ConnectOTone()
	expectRefusals(t, c, otoneMistakes)
	c.FenceOTone()
	rig.ExpectReceived(Question)
}

func expectRefusals(t *testing.T, c *Client, mistakes []mistake) {
	t.Helper()
	for _, m := range mistakes {
		c.Send(m.message)
		if e := c.ExpectError(m.code); !strings.Contains(e.Text, m.says) || e.Received != m.message {
			t.Errorf("of %s the error is %+v", m.message, e)
		}
	}
}

// A robot with commands of its own is sent them with -check off.
func TestCheckOffSendsWhatTheRelayDoesNotKnow(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-check", "off")
	relay.WaitRobot("present")
	c := relay.Connect()
	for i, m := range driverMistakes {
		c.Send(m.message)
		rig.Received(i + 1)
	}
	other := NewWithOTone(t)
	second := other.StartRelay("-check", "off").ConnectOTone()
	var sent []string
	for _, m := range otoneMistakes {
		second.Send(m.message)
		sent = append(sent, m.message)
	}
	other.ExpectReceived(sent...)
}

// Each example of the reference is a line that a client may send: it reaches the
// robot, and no error comes of it.
func TestExamplesOfTheReferenceAreAccepted(t *testing.T) {
	t.Parallel()
	t.Run("driver", func(t *testing.T) {
		t.Parallel()
		rig := NewWithRobot(t)
		relay := rig.StartRelay("-while-halted", "pass") // the halt is an example too
		relay.WaitRobot("present")
		c := relay.Connect()
		examples := commands.DriverExamples()
		for i, line := range examples {
			c.Send(line)
			rig.WaitRobot("has it", func(r *simulator.Driver) bool { return fromClients(r) == i+1 })
		}
		expectNoError(t, c)
		if got := fromClients(rig.Robot); got != len(examples)+1 {
			t.Errorf("%d messages reached the robot, not %d examples and a question", got, len(examples))
		}
	})
	t.Run("otone", func(t *testing.T) {
		t.Parallel()
		rig := NewWithOTone(t)
		c := rig.StartRelay().ConnectOTone()
		examples := commands.OToneExamples()
		for i, line := range examples {
			c.Send(line) // one at a time, since a stop overtakes
			rig.ExpectReceived(examples[:i+1]...)
		}
	})
}

// fromClients is how many messages of clients have reached the robot.
func fromClients(r *simulator.Driver) (n int) {
	for _, c := range r.Received() {
		if c.SessionID != wire.RelayID {
			n++
		}
	}
	return n
}

// expectNoError reads what has come to the client, up to the answer to a question
// that it asks last.
func expectNoError(t *testing.T, c *Client) {
	t.Helper()
	c.Send(strings.Replace(Command("meta_commands", `""`), `"command"`, `"meta"`, 1))
	for answers := 0; answers < 2; { // the reference has it among its examples
		m := c.Next()
		if e := m.Error(); e.Code != "" {
			t.Fatalf("an example of the reference is answered with %+v", e)
		}
		if strings.Contains(m.Line, `"meta_commands": [`) {
			answers++
		}
	}
}
