package relaytest_test

import (
	"fmt"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// A driver without a free slot refuses with a message for nobody. It reaches
// the client whose handshake it ends, and no other.
func TestRefusalReachesTheOneWhoAsked(t *testing.T) {
	t.Parallel()
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{Slots: 1})
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	lucky := relay.Connect()

	late := relay.Dial()
	late.Start()
	if notice := late.Next(); !notice.IsNotice() || notice.Result() != "failed" || notice.To != late.ID {
		t.Errorf("instead of the relay's failed: %s", notice.Line)
	}
	raw := late.Expect(`"type": "handshake"`, `"to": ""`, `{"result": "fail"}`)
	if raw.From != rig.Robot.ID() {
		t.Errorf("not the driver's own message: %s", raw.Line)
	}
	if e := late.ExpectError("driver_full"); !strings.Contains(e.Text, "restart") {
		t.Errorf("the remedy is %q", e.Text)
	}
	late.Send(Command("home", `{"X": "true"}`))
	if e := late.ExpectError("driver_full"); !strings.Contains(e.Text, "slot") {
		t.Errorf("the reason is %q", e.Text)
	}
	lucky.Fence()
	for _, c := range relay.State().Clients {
		want := map[string]state.Handshake{lucky.ID: "success", late.ID: "failed"}[c.ID]
		if c.Handshake != want {
			t.Errorf("the state says %q of %s, not %q", c.Handshake, c.ID, want)
		}
	}

	// Its slots are free once it has been restarted.
	rig.StopRobot()
	relay.WaitRobot("absent")
	rig.StartDriver(simulator.RobotConfig{})
	lucky.Handshake()
	late.Handshake()
	lucky.Fence()
	late.Home()
}

// Only an answer of the driver's ends the handshake with the driver.
func TestOnlyTheDriversAnswerCounts(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	rig.Robot.Mute(true)
	c := relay.Dial()
	c.Start()
	for _, name := range []string{"labware", "TCP comm", "smoothie", ""} {
		answer := fmt.Sprintf(`{"type": "handshake", "to": %q, "from": "x", "sessionID": "", "data": {"name": %q, "message": {"result": "success"}}}`, c.ID, name)
		if err := rig.Robot.Publish("com.opentrons.frontend", answer); err != nil {
			t.Fatal(err)
		}
		if got := c.Line(); got != answer { // it is the client's, and no more than that
			t.Errorf("got %s\nwant %s", got, answer)
		}
		if s := relay.State(); len(s.Clients) != 1 || s.Clients[0].Handshake != "pending" || s.Robot.ID != "" {
			t.Errorf("after an answer of %q the state is %+v", name, s)
		}
	}
	rig.Robot.Mute(false)
	c.Handshake() // asked again, since nobody had answered
	c.Fence()
}

// A client that comes while the router is away waits, and is handshaken when
// it is there.
func TestClientBeforeRouter(t *testing.T) {
	t.Parallel()
	rig := New(t)
	rig.StopRouter()
	relay := rig.StartRelay()
	a, b := relay.Dial(), relay.Dial()
	a.Start()
	b.Start()
	if s := relay.State(); s.Robot.State != "unknown" || s.Router.State == "joined" || len(s.Clients) != 2 {
		t.Errorf("without a router the state is %+v", s)
	}
	rig.StartRouter()
	rig.StartDriver(simulator.RobotConfig{})
	a.Handshake()
	b.Handshake()
	a.Home()
	b.Home()
}

// The same with a router that has no driver yet.
func TestClientBeforeDriver(t *testing.T) {
	t.Parallel()
	rig := New(t)
	relay := rig.StartRelay()
	relay.WaitRobot("absent")
	a, b := relay.Dial(), relay.Dial()
	a.Start()
	b.Start()
	rig.StartDriver(simulator.RobotConfig{})
	a.Handshake()
	b.Handshake()
	a.Home()
	b.Home()
}

// A driver that restarts has forgotten every client: all are handshaken again
// and told, and learn the new driver's id.
func TestDriverRestart(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	clients := []*Client{relay.Connect(), relay.Connect(), relay.Connect()}
	rig.StopRobot()
	rig.StartDriver(simulator.RobotConfig{})
	for _, c := range clients {
		if result, driver := c.Handshake(); result != "success" || driver != rig.Robot.ID() {
			t.Errorf("%s of %s, not a success of %s", result, driver, rig.Robot.ID())
		}
	}
	for _, c := range clients {
		c.Home()
	}
	if got := rig.Received(3)[0].To; got != rig.Robot.ID() {
		t.Errorf("commands are addressed to %q, not to the new driver", got)
	}
	if ids := rig.Robot.Ids(); len(ids) != 3 {
		t.Errorf("the new driver has given %d slots to three clients", len(ids))
	}
}

// A driver that outlives the router still knows its clients, and they are
// told so.
func TestRouterRestart(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	a, b := relay.Connect(), relay.Connect()
	rig.StopRouter()
	relay.WaitRouter(false)
	rig.StartRouter()
	for _, c := range []*Client{a, b} {
		if result, driver := c.Handshake(); result != "already_connected" || driver != rig.Robot.ID() {
			t.Errorf("%s of %s, not already_connected of %s", result, driver, rig.Robot.ID())
		}
	}
	a.Home()
	b.Home()
	if s := relay.State(); s.Router.Reconnects != 1 || s.Router.Error != "" || s.Robot.State != "present" {
		t.Errorf("the state is %+v", s)
	}
	if ids := rig.Robot.Ids(); len(ids) != 2 {
		t.Errorf("the driver has given %d slots to two clients", len(ids))
	}
}

// The relay looks whether the driver is still the same with ids of its own. A
// browser's id, which it hears of too, would be answered where it cannot hear
// it, and a driver in good health would count as silent.
func TestProbesUseTheRelaysOwnIds(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	const topic = "com.opentrons.driver_handshake"
	observer := rig.Peer(topic)
	browser := rig.Peer("com.opentrons.frontend")
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	const id = "7a316086-7fff-4f71-a068-f873119cd309"
	browser.Publish(topic, `{"type": "handshake", "to": "", "from": "`+id+`", "sessionID": "`+id+`", "data": {"name": "driver", "message": {"extend": "true"}}}`)
	browser.Expect("com.opentrons.frontend", `"success"`)
	observer.Expect(topic, id)

	c := relay.Connect()
	observer.Expect(topic, `"extend"`, c.ID)
	observer.Expect(topic, `"shake"`, c.ID)
	rig.Peer("com.opentrons.frontend") // makes the relay look again
	observer.Expect(topic, `"extend"`, c.ID)
	c.Home()
	c.Fence()
}

// The router knows at once that nobody is there; no handshake need go
// unanswered for it.
func TestDriverIsKnownToBeAbsentAtOnce(t *testing.T) {
	t.Parallel()
	rig := New(t)
	relay := rig.StartRelay()
	relay.WaitRobot("absent")
	if s := relay.State(); !strings.Contains(s.Robot.Error, "nobody is subscribed") {
		t.Errorf("the reason is %q", s.Robot.Error)
	}
	rig.StartDriver(simulator.RobotConfig{})
	relay.WaitRobot("present")
	rig.StopRobot()
	s := relay.WaitState("absent", func(s state.State) bool { return s.Robot.State == "absent" })
	if !strings.Contains(s.Robot.Error, "nobody is subscribed") {
		t.Errorf("the reason is %q", s.Robot.Error)
	}
}

// A driver that starts is heard on the handshake's topic before it listens for
// commands. It counts as there when it does both, or its first commands would
// reach nobody.
func TestDriverIsThereWhenItTakesCommands(t *testing.T) {
	t.Parallel()
	rig := New(t)
	rig.Peer(wire.Driver.HandshakeTopic())
	relay := rig.StartRelay()
	relay.WaitRobot("absent")
	c := relay.Dial()
	c.Start()
	c.Send(Command("home", `""`))
	c.ExpectError("driver_absent")
	rig.Peer(wire.Driver.Topic())
	relay.WaitRobot("present")
}
