package relaytest_test

import (
	"fmt"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/wire"
)

// Every terminator that a client may have ends a message, and so does the end
// of the object.
func TestTerminatorsFromClients(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	count := 0
	for _, terminator := range []string{"\n\r", "\r\n", "\n", "\r", ""} {
		for range 3 {
			count++
			c.Write(Command("home", fmt.Sprintf(`{"X": %d}`, count)) + terminator)
			c.Until(`"stat": 0`)
			c.Until(`"empty"`)
		}
		// And all of them in one packet.
		packet := ""
		for range 5 {
			count++
			packet += Command("home", fmt.Sprintf(`{"X": %d}`, count)) + terminator
		}
		c.Write(packet)
		for range 5 {
			c.Until(`"stat": 0`)
			c.Until(`"empty"`)
		}
	}
	for i, got := range rig.Received(count) {
		if want := fmt.Sprintf(`{"X": %d}`, i+1); string(got.Param) != want {
			t.Fatalf("message %d is %s", i+1, got.Payload)
		}
	}
	c.Fence()
}

// However a message is cut into packets, inside a character and inside the
// terminator too, it arrives once and whole.
func TestMessagesCutAtEveryByte(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	const param = `{"X": 1.50, "": "é🧪\"}\\"}`
	message := Command("home", param) + "\n\r"
	fence := Meta("meta_commands", "null") + "\n\r"
	count := 0
	for cut := 1; cut < len(message); cut++ {
		// What follows the fence in one packet has been read once the fence
		// is answered, so the rest comes in a read of its own.
		c.Write(fence + message[:cut])
		whole := message[:cut] == strings.TrimRight(message, "\n\r") || message[:cut] == message[:len(message)-1]
		count++
		c.Until(`"meta_commands"`)
		if !whole && rig.Robot.Arrived() != 2*count-1 {
			t.Fatalf("cut at %d: the robot has %d messages before the whole was sent", cut, rig.Robot.Arrived())
		}
		c.Write(message[cut:])
		got := rig.Received(2 * count)
		if last := got[len(got)-1]; len(got) != 2*count || string(last.Param) != param {
			t.Fatalf("cut at %d: the robot has %d messages, the last is %s", cut, len(got), last.Payload)
		}
		c.Until(`"stat": 0`)
		c.Until(`"empty"`)
	}
	c.Fence()
}

// A message of the limit passes; one byte more is refused, and so is one that
// never ends. The connection stays, and what follows arrives.
func TestMessageSizeLimit(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	const limit = 1 << 20 // the default
	sized := func(size int) string {
		frame := Command("home", `{"": ""}`)
		return strings.Replace(frame, `"": "`, `"": "`+strings.Repeat("x", size-len(frame)), 1)
	}
	c.Send(sized(limit))
	c.Until(`"stat": 0`)
	c.Until(`"empty"`)
	if got := rig.Received(1)[0]; len(got.Param) != limit-len(Command("home", `{"": ""}`))+len(`{"": ""}`) {
		t.Errorf("of the parameter %d bytes arrived", len(got.Param))
	}
	for _, size := range []int{limit + 1, 3 * limit} {
		c.Send(sized(size))
		e := c.ExpectError("too_large")
		if !strings.Contains(e.Text, "1048576") || !strings.Contains(e.Text, "-max-message") || e.Received != sized(size)[:200] {
			t.Errorf("the error is %+v", e)
		}
		c.Home()
	}
	c.Write(strings.Repeat("x", 2*limit) + "\n")
	c.ExpectError("too_large")
	c.Home()

	relay = rig.StartRelay("-max-message", "2000", "-data", t.TempDir())
	relay.WaitRobot("present")
	small := relay.Connect()
	small.Send(sized(2001))
	small.ExpectError("too_large")
	small.Send(sized(2000))
	small.Until(`"stat": 0`)
}

// After rubbish of any kind the next message is found.
func TestBadFramesThenGood(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	good := Command("home", `{"X": "true"}`)
	table := []struct{ sent, code, received string }{
		{"rubbish\n\r", "bad_json", "rubbish"},
		{"\xff\xfe\x00\n\r", "bad_json", "\ufffd\ufffd\x00"},
		{`{"topic": "driver", "type": "comm` + "\n\r", "bad_json", `{"topic": "driver", "type": "comm`},
		{`{"topic": "driver"]}` + "\n\r", "bad_json", `{"topic": "driver"]}`},
		{`{topic: driver}`, "bad_json", `{topic: driver}`},
		{"{\"a\": \"\xc3\x28\"}\n\r", "bad_json", "{\"a\": \"\ufffd(\"}"},
		{`{}`, "bad_message", `{}`},
		{"rubbish right before ", "bad_json", "rubbish right before "},
	}
	for i, row := range table {
		c.Write(row.sent + good + "\n\r")
		if e := c.ExpectError(row.code); e.Received != row.received {
			t.Errorf("of %q the error repeats %q", row.sent, e.Received)
		}
		c.Until(`"stat": 0`)
		c.Until(`"empty"`)
		if n := len(rig.Received(i + 1)); n != i+1 {
			t.Fatalf("after %q the robot has %d messages, not %d", row.sent, n, i+1)
		}
	}
	c.Write("\n\r\n\r \t\n\n\r\r\n") // empty lines are no messages
	c.Fence()
}

// Lines to a client end as -terminator says, and each is one line.
func TestTerminatorsToClients(t *testing.T) {
	for _, terminator := range wire.Terminators {
		t.Run(terminator.Name, func(t *testing.T) {
			t.Parallel()
			rig := NewWithRobot(t)
			relay := rig.StartRelay("-terminator", terminator.Name)
			relay.WaitRobot("present")
			c := relay.Dial()
			c.Terminator = terminator.Bytes
			c.Start()
			c.Handshake()
			c.Home()
			pretty := strings.ReplaceAll("{\n  \"to\": \"ID\",\r\n\t\"data\": {\n    \"n\": 1.50,\n \"s\": \"a  b\\n\"\n  }\n}\n", "ID", c.ID)
			if err := rig.Robot.Publish("com.opentrons."+c.ID, pretty); err != nil {
				t.Fatal(err)
			}
			if got, want := c.Line(), `{"to":"`+c.ID+`","data":{"n":1.50,"s":"a  b\n"}}`; got != want {
				t.Errorf("a pretty-printed payload came as\n%q\nnot\n%q", got, want)
			}
			c.Send("rubbish")
			c.ExpectError("bad_json")
			c.Fence()
		})
	}
}
