package relaytest_test

import (
	"net"
	"regexp"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
)

// A newcomer starts the relay with -simulate, connects, and types what the
// relay says to type: the handshake comes, the robot moves and answers.
func TestNewcomerMovesSimulatedRobot(t *testing.T) {
	t.Parallel()
	relay := Start(t, "-simulate", "-data", t.TempDir())
	relay.WaitRobot("present")
	welcome := relay.Out.String()
	_, port, _ := net.SplitHostPort(relay.Addr)
	if !strings.Contains(welcome, "nc 127.0.0.1 "+port+"\n") {
		t.Errorf("the welcome does not say how to connect:\n%s", welcome)
	}
	if !strings.Contains(welcome, "the robot goes on with what it has queued") {
		t.Errorf("the welcome does not say what becomes of the robot after Ctrl-C:\n%s", welcome)
	}
	typed := regexp.MustCompile(`(?m)^ +(\{.*\})$`).FindAllStringSubmatch(welcome, -1)
	if len(typed) != 3 {
		t.Fatalf("the welcome does not say what to type:\n%s", welcome)
	}

	c := relay.Dial()
	c.Start()
	c.Handshake()
	c.Write(typed[0][1] + "\n") // as nc sends a line
	c.Until(`"stat": 0`)        // at home
	c.Write(typed[1][1] + "\n")
	c.Until(`"stat": 1`) // on its way
	c.Write(typed[2][1] + "\n")
	c.Until(`"message": {"pos": {"X": `)
}

// The lines of the handshake, byte for byte as the original sent them, the
// times and ids aside.
func TestHandshakeBytes(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Dial()
	want := []string{
		`{"time": "TIME", "type": "TCP handshake", "to": "ID", "from": "com.opentrons.tcpRelay", "sessionID": "ID", "data": {"name": "TCP relay", "message": {"Start-up": "initalized"}}}`,
		`{"time": "TIME", "type": "TCP handshake", "to": "ID", "from": "com.opentrons.tcpRelay", "sessionID": "ID", "data": {"name": "TCP relay", "message": {"result": "success"}}}`,
		`{"time": "TIME", "type": "handshake", "to": "ID", "from": "DRIVER", "sessionID": "ID", "data": {"name": "driver", "message": {"result": "success"}}}`,
		`{"time": "TIME", "type": "handshake", "to": "ID", "from": "DRIVER", "sessionID": "ID", "data": {"name": "driver", "message": {"ids": ["ID"]}}}`,
	}
	for _, line := range want {
		got := c.Next()
		text := strings.NewReplacer(got.Time, "TIME", got.To, "ID", rig.Robot.ID(), "DRIVER").Replace(got.Line)
		if text != line {
			t.Errorf("got  %s\nwant %s", text, line)
		}
	}
	c.Home()
	c.Fence()
}

// Other WAMP clients join the router of -simulate at -router-listen, and share
// the robot.
func TestSimulatorRouterIsOpenToOthers(t *testing.T) {
	t.Parallel()
	relay := Start(t, "-simulate", "-data", t.TempDir(), "-router-listen", "127.0.0.1:0")
	url := regexp.MustCompile(` router=(\S+)`).FindStringSubmatch(relay.Log.String())
	if url == nil || !strings.HasSuffix(url[1], "/ws") {
		t.Fatalf("the log does not name the router:\n%s", relay.Log)
	}
	relay.WaitRobot("present")
	browser := Join(t, url[1], "com.opentrons.frontend")
	const id = "7a316086-7fff-4f71-a068-f873119cd309"
	browser.Publish("com.opentrons.driver_handshake", `{"type": "handshake", "to": "", "from": "`+id+`", "sessionID": "`+id+`", "data": {"name": "driver", "message": {"extend": "true"}}}`)
	browser.Expect("com.opentrons.frontend", `"success"`, id)
	relay.Connect().Fence()
}
