package faults_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gammazero/nexus/v3/wamp"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

const frontend = "com.opentrons.frontend"

// What no driver should send does no harm: what can be passed on is, the rest
// is told to the client it was for, and the session goes on.
func TestDriverSendsNonsense(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c, other := relay.Connect(), relay.Connect()
	private := "com.opentrons." + c.ID
	say := func(topic string, options wamp.Dict, args wamp.List, kwargs wamp.Dict) {
		t.Helper()
		if err := rig.Robot.PublishRaw(topic, options, args, kwargs); err != nil {
			t.Fatal(err)
		}
	}
	nan := fmt.Sprintf(`{"type": "driver", "to": %q, "from": %q, "data": {"name": "smoothie", "message": {"pos": {"X": NaN}}}}`, c.ID, rig.Robot.ID())

	say(frontend, nil, wamp.List{nan}, nil)
	if line := c.Line(); line != nan {
		t.Errorf("NaN arrived as %q", line)
	}
	say(private, nil, wamp.List{"{\n  \"pretty\": [1,\r\n 2]\n}"}, nil)
	if line := c.Line(); line != `{"pretty":[1,2]}` {
		t.Errorf("the pretty-printed line is %q", line)
	}
	say(private, nil, wamp.List{`{"no": "JSON`}, nil)
	if line := c.Line(); line != `{"no": "JSON` {
		t.Errorf("what is no JSON arrived as %q", line)
	}
	for name, event := range map[string]struct {
		options wamp.Dict
		args    wamp.List
		kwargs  wamp.Dict
	}{
		"no arguments": {}, "a number": {args: wamp.List{7}}, "null": {args: wamp.List{nil}}, "an object": {args: wamp.List{wamp.Dict{"to": c.ID}}},
		"keywords alone": {kwargs: wamp.Dict{"to": c.ID}}, "pass-through": {options: wamp.Dict{"ppt_scheme": "x_custom"}, args: wamp.List{"{}"}},
	} {
		say(private, event.options, event.args, event.kwargs)
		if name == "pass-through" {
			// Nexus takes the option away where the session did not ask for it.
			if m := c.Line(); m != "{}" && !strings.Contains(m, "bad_message") {
				t.Errorf("%s: %s", name, m)
			}
			continue
		}
		if e := c.ExpectError("bad_message"); !strings.Contains(e.Text, "the robot said something that is no message") {
			t.Errorf("%s: %s", name, e.Text)
		}
		say(frontend, event.options, event.args, event.kwargs) // nobody's
	}
	say(private, nil, wamp.List{`{"n": 1}`, "a second"}, nil)
	say(private, nil, wamp.List{`{"n": 2}`}, wamp.Dict{"keyword": 1})
	c.Expect(`{"n": 1}`)
	c.Expect(`{"n": 2}`)
	large := `{"x": "` + strings.Repeat("8 MiB ", 8<<20/6) + `"}`
	say(private, nil, wamp.List{large}, nil)
	if line := c.Line(); line != large {
		t.Errorf("8 MiB arrived as %d bytes", len(line))
	}
	c.Fence()
	other.Fence()
	if s := relay.State(); s.Router.Reconnects != 0 || s.Robot.State != state.RobotPresent {
		t.Errorf("the session did not stand: %+v", s)
	}
}

// A driver that is joined but silent is noticed by a probe that moves nothing
// and takes no slot, and is found again when it answers.
func TestWedgedDriver(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	rig.Robot.Mute(true)
	began := time.Now()
	relay.WaitRobot("absent")
	if took := time.Since(began); took > 17*time.Second {
		t.Errorf("noticed after %v", took)
	}
	c.Send(Command("home", "null"))
	if e := c.ExpectError("driver_absent"); !strings.Contains(e.Text, "does not answer the handshake; restart the robot") {
		t.Errorf("told %q", e.Text)
	}
	if n := rig.Robot.Arrived(); n != 0 {
		t.Errorf("the probe sent %d commands", n)
	}
	rig.Robot.Mute(false)
	relay.WaitRobot("present")
	c.Home()
	if ids := rig.Robot.Ids(); len(ids) != 1 {
		t.Errorf("the probes took %d slots", len(ids)-1)
	}
}

// A driver that restarts while commands flow: every client is handshaken again,
// and the new driver gets nothing that was meant for the old one.
func TestDriverRestartsUnderLoad(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	observer := rig.Peer("com.opentrons.driver")
	relay := rig.StartRelay("-check", "off")
	relay.WaitRobot("present")
	l := newLedger(t)
	clients := []*Client{relay.Connect(), relay.Connect(), relay.Connect()}
	const rounds, each = 3, 60
	for round := range rounds {
		for i := range each {
			for k, c := range clients {
				c.Send(l.message(k, round*each+i))
			}
			if i == each/2 {
				rig.StopRobot()
				rig.StartDriver(simulator.RobotConfig{})
			}
		}
		began := time.Now()
		for _, c := range clients {
			l.read(c.Until(`"result": "success"`)) // the notice
			m := c.Next()
			for m.Type == "error" {
				l.readLine(m)
				m = c.Next()
			}
			if m.From != rig.Robot.ID() || m.Result() != "success" {
				t.Errorf("instead of the new driver's answer: %s", m.Line)
			}
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("handshaken again after %v", took)
		}
	}
	for _, c := range clients {
		fence(c, l)
	}
	published, refused, _ := l.audit(heard(observer, 3))
	t.Logf("%d published, %d refused", published, refused)
}

// heard is what an observer heard, up to the fences of so many clients.
func heard(observer *Peer, fences int) []string {
	var list []string
	for fences > 0 {
		e := observer.Next()
		list = append(list, e.Payload)
		if strings.Contains(e.Payload, `"meta_commands"`) {
			fences--
		}
	}
	return list
}

// A driver whose slots are gone tells the fifth front end "fail"; when it is
// started anew the client gets its slot without connecting again.
func TestFullDriverStartedAnew(t *testing.T) {
	t.Parallel()
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{Slots: 1})
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	first := relay.Connect()
	c := relay.Dial()
	c.Start()
	c.Expect(`"result": "failed"`)
	c.Expect(`"result": "fail"`)
	c.ExpectError("driver_full")
	c.Send(Command("home", "null"))
	c.ExpectError("driver_full")
	first.Home()
	rig.StopRobot()
	rig.StartDriver(simulator.RobotConfig{})
	first.Handshake()
	c.Handshake()
	c.Home()
	first.Fence()
}
