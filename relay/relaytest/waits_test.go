package relaytest_test

import (
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// A client that comes before the robot is told why it waits, each time that
// changes, in the words of /healthz and the page; a client of 2016 that passes
// over those lines gets its handshake as ever.
func TestWhoWaitsIsToldWhy(t *testing.T) {
	t.Parallel()
	rig := New(t)
	rig.StopRouter()
	relay := rig.StartRelay()
	of2016 := relay.Dial()
	of2016.Start()
	c := relay.Dial()
	c.Start()
	says := func(code, why, do string) {
		t.Helper()
		w := c.ExpectWaits(code)
		if !strings.Contains(w.Waits, why) || !strings.Contains(w.Do, do) {
			t.Errorf("told %+v", w)
		}
	}
	says("router_down", "no router runs", "restart it")
	rig.StartRouter()
	says("driver_absent", "the robot's driver is absent", "restart the robot")
	rig.StartDriver(simulator.RobotConfig{Instant: true, Slots: 1})
	if result, _ := of2016.Handshake(); result != "success" { // it came first
		t.Errorf("the handshake ended with %s", result)
	}
	c.Expect(`"result": "failed"`)
	c.Expect(`"type": "handshake"`, `"fail"`)
	c.ExpectError("driver_full")
	says("driver_full", "refused the client", "Restart the robot")
	c.Send(Command("home", `""`))
	c.ExpectError("driver_full")
	rig.StopRobot()
	relay.WaitRobot("absent")
	rig.StartDriver(simulator.RobotConfig{Instant: true})
	of2016.Handshake()
	c.Handshake()
	c.Home()
	of2016.Fence()
}

// The same for otone.
func TestWhoWaitsForOToneIsToldWhy(t *testing.T) {
	t.Parallel()
	rig := NewOTone(t)
	relay := rig.StartRelay()
	c := relay.Dial()
	c.Start()
	if w := c.ExpectWaits("driver_absent"); !strings.Contains(w.Waits, "the robot's software is absent") {
		t.Errorf("told %+v", w)
	}
	rig.StartOTone(simulator.RobotConfig{})
	c.Ready()
	c.FenceOTone()
}
