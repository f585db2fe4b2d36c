package relaytest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/wire"
)

// oldHalt is the halt of the MATLAB client of 2016, byte for byte: it is no
// JSON, and an emergency stop.
const oldHalt = `{"topic":"com.opentrons.driver","to":"x","from":"y","sessionID":"z","type":"command","data":{"name":"smoothie","message":{"halt":}}}`

// The old halt stops a moving axis where it is.
func TestOldHaltStopsTheRobot(t *testing.T) {
	t.Parallel()
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{Speed: map[string]float64{"X": 1}})
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Send(Command("move_to", `{"X": 1000}`))
	c.Until(`"stat": 1`)
	c.Write(oldHalt + "\n\r")
	c.Until(`"stat": 0`)
	if got := rig.Received(3)[2]; got.Command != "halt" || string(got.Param) != `""` || got.From != c.ID {
		t.Errorf("the robot got %s", got.Payload)
	}
	rig.WaitRobot("stands still", func(r *simulator.Driver) bool { return !r.Moving() })
	if x := rig.Robot.Positions()["X"]; x > 900 {
		t.Errorf("it stopped at %v mm", x)
	}
}

// A halt goes out ahead of what its sender still has in the relay, and that
// is refused: nobody who halts wants to move on.
func TestHaltOvertakesItsSendersBacklog(t *testing.T) {
	for name, halt := range map[string]string{
		"halt":        Command("halt", "null"),
		"old halt":    oldHalt,
		"as G-code":   Command("M112", `""`),
		"clear_queue": Meta("clear_queue", `""`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rig := NewWithRobot(t)
			proxy := rig.Proxy()
			relay := rig.StartRelay("-router", proxy.URL())
			relay.WaitRobot("present")
			c, other := relay.Connect(), relay.Connect()
			// Without acknowledgements, only so many go out.
			proxy.Down.Hold()
			const sent = 200
			for i := range sent {
				c.Send(Command("home", fmt.Sprintf(`{"X": %d}`, i)))
			}
			other.Send(Command("home", `{"Y": 1}`), "rubbish")
			other.ExpectError("bad_json") // now that command is on its way
			c.Send(halt)

			refused := 0
			rig.WaitRobot("got the halt", func(r *simulator.Driver) bool {
				return slices.ContainsFunc(r.Received(), func(got simulator.Command) bool { return got.Command != "home" })
			})
			c.Send("rubbish") // all that is refused has been refused when this is
			for {
				m := c.Next()
				if m.Error().Code == "bad_json" {
					break
				}
				if m.Error().Code != "refused" || !strings.Contains(m.Error().Text, "overtook") {
					t.Fatalf("instead of an error: %s", m.Line)
				}
				refused++
			}
			proxy.Down.Release()
			other.Until(`"empty"`)
			c.Send(Meta("meta_commands", "null"))
			for _, m := range c.Until(`"meta_commands"`) {
				if m.Type == "error" {
					t.Errorf("refused late: %s", m.Line)
				}
			}

			before, after := 0, 0
			for _, got := range rig.Robot.Received() {
				switch {
				case got.From == other.ID:
				case got.SessionID == wire.RelayID: // what the relay puts before a halt
				case got.Command != "home":
					after++
				case after == 0:
					before++
				default:
					t.Errorf("after the halt the robot got %s", got.Payload)
				}
			}
			if refused == 0 || before+refused != sent || after != 2 {
				t.Errorf("of %d, %d came before the halt and %d were refused; %d came from it on", sent, before, refused, after)
			}
		})
	}
}

// What was sent before a stop does not come after it: it comes before, or it is
// refused. The relay reads a packet as a whole, so both are there at once.
func TestNothingIsSentAfterTheStopThatFollowedIt(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	for range 50 {
		from := rig.Robot.Arrived()
		c.Send(Command("home", "null"), Command("home", "null"), Meta("clear_queue", "null"), Meta("meta_commands", "null"))
		refused := 0
		for _, m := range c.Until(`"meta_commands"`) {
			if m.Type == "error" {
				refused++
			}
		}
		var order []string
		for _, got := range rig.Robot.Received()[from:] {
			order = append(order, got.Command)
		}
		want := append(slices.Repeat([]string{"home"}, 2-refused), "clear_queue", "meta_commands")
		if !slices.Equal(order, want) {
			t.Fatalf("%d were refused and the robot got %v", refused, order)
		}
	}
}

// A halt does not wait for a handshake, which what came before it did.
func TestHaltDoesNotWaitForTheHandshake(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	rig.Robot.Mute(true)
	c := relay.Dial()
	c.Start()
	c.Send(Command("move_to", `{"X": 666}`), Command("halt", "null"))
	if e := c.ExpectError("refused"); !strings.Contains(e.Text, "overtook") {
		t.Errorf("the error is %+v", e)
	}
	if got := rig.Received(2); got[0].Command != "clear_queue" || got[1].Command != "halt" {
		t.Errorf("the robot got %v", got)
	}
}

var dangerous = []string{"connect", "disconnect", "add_driver", "remove_driver", "add_callback", "remove_callback", "set_meta_callback"}

// The meta commands that break the driver are refused, in either format and
// wherever they stand.
func TestDangerousMetaIsRefused(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	for _, name := range dangerous {
		for _, message := range []string{
			Meta(name, "null"),
			`{"topic":"driver","type":"meta","data":{"name":"smoothie","message":{"` + name + `":{}}}}`,
			`{"topic":"driver","type":"meta","data":{"name":"smoothie","message":"` + name + `"}}`,
			`{"topic":"driver","type":"meta","data":{"name":"smoothie","message":{"flow":"","` + name + `":""}}}`,
			`{"topic":"driver","type":"m\u0065ta","data":{"name":"smoothie","message":{"\u00` + fmt.Sprintf("%x", name[0]) + name[1:] + `":""}}}`,
		} {
			c.Send(message)
			if e := c.ExpectError("refused"); !strings.Contains(e.Text, "-allow-dangerous-meta") {
				t.Errorf("the error does not say what to do: %+v", e)
			}
		}
	}
	c.Home()
	onlyHomes(t, rig, 1)
}

// With -allow-dangerous-meta they pass.
func TestDangerousMetaIsAllowed(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-allow-dangerous-meta")
	relay.WaitRobot("present")
	c := relay.Connect()
	for i, name := range dangerous {
		c.Send(Meta(name, `""`))
		if got := rig.Received(i + 1)[i]; got.Command != name || got.Type != "meta" {
			t.Errorf("the robot got %s", got.Payload)
		}
	}
}

// What is no number is no place to move to, however it is spelt; it is refused
// loudly.
func TestNoPlaceToMoveTo(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	for word, code := range map[string]string{
		"NaN": "bad_json", "Inf": "bad_json", "-Inf": "bad_json", "Infinity": "bad_json", "-Infinity": "bad_json",
		`"NaN"`: "refused", `"Inf"`: "refused", `"-inf"`: "refused", `" nan "`: "refused", `"Infinity"`: "refused", "1e999": "refused",
	} {
		for _, message := range []string{
			Command("move_to", `{"Y": 1, "X": `+word+`}`),
			`{"topic":"driver","type":"command","data":{"name":"smoothie","message":{"move":{"X":` + word + `}}}}`,
		} {
			c.Send(message)
			if e := c.ExpectError(code); !strings.Contains(e.Text, "no place to move to") || e.Received != message {
				t.Errorf("of %s the error is %+v", word, e)
			}
		}
	}
	c.Home()
	onlyHomes(t, rig, 1)
}

// A script that sends all it has and closes its side, as printf | nc -N does,
// gets its answers before the relay closes the other.
func TestHalfClosedClientGetsItsAnswers(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Dial()
	c.Send(Command("home", `{"X": "true"}`), Meta("meta_commands", "null"))
	if err := c.Conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	c.Start()
	c.Handshake()
	c.Expect(`"empty"`)
	c.Expect(`"stat": 0`)
	c.Expect(`"empty"`)
	c.Expect(`"meta_commands"`)
	c.ExpectClosed()
}
