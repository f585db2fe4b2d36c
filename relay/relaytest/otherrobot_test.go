package relaytest_test

import (
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// A relay that is set to one robot and finds the other says which it is: in its
// state, by /healthz, in the error, and to who waits for the handshake.
func TestTheOtherRobot(t *testing.T) {
	const driver, otone = "driver", "otone"
	for _, set := range []string{driver, otone} {
		t.Run("set to "+set, func(t *testing.T) {
			t.Parallel()
			rig := NewOTone(t)
			there, message := otone, Command("home", "null")
			if set == driver {
				rig.StartOTone(simulator.RobotConfig{})
			} else {
				there, message = driver, `{"type":"home","data":{"x":true}}`
				rig.StartDriver(simulator.RobotConfig{})
			}
			says := "this robot speaks " + there + ": set the robot's software to " + there + " (-backend " + there + ")"
			relay := rig.Rig.StartRelay("-backend", set)
			s := relay.WaitState("the other robot", func(s state.State) bool { return s.Robot.Speaks != "" })
			if s.Robot.State != state.RobotAbsent || s.Robot.Speaks != there || s.Robot.Error != says {
				t.Errorf("the state says %+v", s.Robot)
			}
			if status, body := relay.Do("GET", "/healthz"); status != 503 || !strings.Contains(body, says) {
				t.Errorf("/healthz says %d %s", status, body)
			}
			c := relay.Dial()
			c.Start()
			c.Send(message)
			if e := c.ExpectError("driver_absent"); !strings.Contains(e.Text, says) {
				t.Errorf("the error is %+v", e)
			}
			if w := c.ExpectWaits("driver_absent"); !strings.Contains(w.Waits, "speaks "+there) || !strings.Contains(w.Do, "-backend "+there) {
				t.Errorf("told %+v", w)
			}

			if set == driver { // the right one comes
				rig.StartDriver(simulator.RobotConfig{})
				c.Handshake()
				c.Home()
			} else {
				rig.StartOTone(simulator.RobotConfig{})
				c.Ready()
				c.FenceOTone()
			}
			if s := relay.State().Robot; s.Speaks != "" || s.Error != "" {
				t.Errorf("the state says %+v", s)
			}
		})
	}
}
