package relaytest_test

import (
	"regexp"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/wire"
)

// Every code that a client may be told, each from its cause.
func TestErrorCodes(t *testing.T) {
	causes := map[wire.Code]func(*testing.T){
		wire.BadJSON: func(t *testing.T) { refuses(t, `{"topic":"driver",}`, "bad_json", "not valid JSON") },
		wire.BadMessage: func(t *testing.T) {
			refuses(t, `{"topic":"driver","type":"command"}`, "bad_message", `"name"`)
		},
		wire.UnknownTopic: func(t *testing.T) {
			refuses(t, `{"topic":"com.opentrons.nobody","type":"command","data":{}}`, "unknown_topic", "driver, labware")
		},
		wire.Refused: func(t *testing.T) {
			refuses(t, Command("move_to", `{"X": "NaN"}`), "refused", "no place to move to")
		},
		wire.UnknownCommand: func(t *testing.T) {
			refuses(t, Command("hoome", `""`), "unknown_command", `did you mean "home"?`)
		},
		wire.BadArgument: func(t *testing.T) {
			refuses(t, Command("move_to", `{"Q": 100}`), "bad_argument", `"Q" is no axis`)
		},
		wire.TooLarge: func(t *testing.T) {
			refuses(t, `{"x":"`+strings.Repeat("x", 1<<20)+`"}`, "too_large", "-max-message")
		},
		wire.RouterDown:   routerDown,
		wire.DriverAbsent: driverAbsent,
		wire.DriverFull:   driverFull,
		wire.RobotNotConnected: func(t *testing.T) {
			relay := withoutBoard(t).StartRelay()
			notConnected(t, relay, relay.ConnectOTone())
		},
		wire.OutcomeUnknown: outcomeUnknown,
		wire.Busy:           busy,
		wire.RobotHalted:    robotHalted,
	}
	for _, c := range wire.Codes {
		code := c.Code
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			if causes[code] == nil {
				t.Fatal("no test causes this error")
			}
			causes[code](t)
		})
	}
}

var errorLine = regexp.MustCompile(`^\{"time": "\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", "type": "error", "to": "ID", "from": "com\.opentrons\.tcpRelay", "sessionID": "ID", ` +
	`"data": \{"name": "TCP relay", "message": \{"error": \{"code": "[a-z_]+", "text": ".+", "received": ".*"\}\}\}\}$`)

// refuses sends one message that is to be refused, and checks the error line.
func refuses(t *testing.T, message, code, text string) {
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Send(message)
	m := c.Next()
	if !errorLine.MatchString(strings.ReplaceAll(m.Line, c.ID, "ID")) {
		t.Errorf("the line is %s", m.Line)
	}
	e := m.Error()
	if e.Code != code || !strings.Contains(e.Text, text) || e.Received != message[:min(len(message), 200)] {
		t.Errorf("the error is %+v", e)
	}
	c.Home()
	onlyHomes(t, rig, 1)
	if s := relay.State().Clients[0]; s.Errors != 1 || s.LastError != code+": "+e.Text {
		t.Errorf("the state says %+v", s)
	}
}

func routerDown(t *testing.T) {
	rig := New(t)
	rig.StopRouter()
	relay := rig.StartRelay()
	c := relay.Dial()
	c.Start()
	c.Send(Command("home", `""`))
	if e := c.ExpectError("router_down"); !strings.Contains(e.Text, rig.URL()) {
		t.Errorf("the error does not name the router: %s", e.Text)
	}
}

func driverAbsent(t *testing.T) {
	rig := New(t)
	relay := rig.StartRelay()
	relay.WaitRobot("absent")
	c := relay.Dial()
	c.Start()
	c.Send(Command("home", `""`))
	if e := c.ExpectError("driver_absent"); !strings.Contains(e.Text, "then restart it") {
		t.Errorf("the error does not say what to do: %s", e.Text)
	}
}

func driverFull(t *testing.T) {
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{Instant: true, Slots: 1})
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	relay.Connect()
	c := relay.Dial()
	c.Start()
	c.Send(Command("home", `""`))
	c.Expect(`"result": "failed"`)
	c.Expect(`"type": "handshake"`, `"fail"`)
	for range 2 { // the handshake, and what waited for it
		if e := c.ExpectError("driver_full"); !strings.Contains(e.Text, "restart the") {
			t.Errorf("the error does not say what to do: %s", e.Text)
		}
	}
}

// The robot got it, the acknowledgement is lost: the client must look.
func outcomeUnknown(t *testing.T) {
	rig := NewWithRobot(t)
	proxy := rig.Proxy()
	relay := rig.StartRelay("-router", proxy.URL())
	relay.WaitRobot("present")
	c := relay.Connect()
	proxy.Down.Hold()
	c.Send(Command("home", `{"X": 1}`))
	rig.Received(1)
	proxy.Cut()
	proxy.Down.Release()
	if e := c.ExpectError("outcome_unknown"); !strings.Contains(e.Text, "look before you send it again") {
		t.Errorf("the error does not say what to do: %s", e.Text)
	}
	if e := c.ExpectError("outcome_unknown"); !strings.Contains(e.Text, "-after-silence clear") {
		t.Errorf("the error does not say what was published: %s", e.Text)
	}
	if result, _ := c.Handshake(); result != "already_connected" {
		t.Errorf("the handshake ended with %s", result)
	}
	c.Fence()
}

func busy(t *testing.T) {
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-max-clients", "1")
	relay.WaitRobot("present")
	relay.Connect()
	over := relay.Dial()
	if notice := over.Next(); !notice.IsNotice() || notice.Result() != "failed" {
		t.Errorf("instead of failed: %s", notice.Line)
	}
	over.ExpectError("busy")
	over.ExpectClosed()
}

func robotHalted(t *testing.T) {
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Send(Command("halt", `""`), Command("home", `""`))
	if e := c.ExpectError("robot_halted"); !strings.Contains(e.Text, "client "+c.ID+" halted the robot") || !strings.Contains(e.Text, "reset_from_halt") {
		t.Errorf("the error does not say who halted it, or what to do: %s", e.Text)
	}
}

// Nothing a client sent disappears: with the link to the router dead, each of
// many commands is answered by an error, once, and none reaches the robot
// afterwards.
func TestEveryCommandIsAnsweredWhenTheLinkDies(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	proxy := rig.Proxy()
	relay := rig.StartRelay("-router", proxy.URL(), "-after-silence", "none")
	relay.WaitRobot("present")
	c := relay.Connect()
	proxy.Up.Hold()
	const sent = 300
	for range sent {
		c.Send(Command("move_to", `{"X": 666}`))
	}
	c.Send("rubbish") // once it is refused, all before it have been read
	c.ExpectError("bad_json")
	proxy.Cut()
	proxy.Up.Release()
	count := map[string]int{}
	for range sent {
		m := c.Next()
		count[m.Error().Code]++
	}
	if count["outcome_unknown"]+count["router_down"] != sent || count["outcome_unknown"] == 0 || count["router_down"] == 0 {
		t.Errorf("the errors are %v", count)
	}
	c.Handshake()
	c.Home()
	onlyHomes(t, rig, 1)
}
