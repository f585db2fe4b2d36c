package interop

import (
	"strings"
	"testing"

	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
)

// What another relay's client sends to the driver is heard by prefix, on each router:
// its halt is told and its reset ends it. Who listens is not taken for the driver.
func TestHaltOfAnotherRelaysClient(t *testing.T) {
	onEach(t, func(t *testing.T, router *crossbar) {
		d := startDriver(t, today, router.Open)
		r, another := startRelay(t, router.url(router.Open)), startRelay(t, router.url(router.Open))
		moves, halts := r.Connect(), another.Connect()
		halts.Send(relaytest.Command("halt", "null"))
		moves.Until(`{"stopped": "halt", "by": "another program"`)
		moves.Send(relaytest.Command("home", `{"X":"true"}`))
		if e := moves.ExpectError("robot_halted"); !strings.Contains(e.Text, "another program halted the robot") {
			t.Errorf("the error is %+v", e)
		}
		halts.Send(relaytest.Command("reset_from_halt", "null"))
		r.WaitState("reset", func(s state.State) bool { return s.Halted.State == state.HaltedNo })
		moves.Home()
		d.stop()
		r.WaitRobot(state.RobotAbsent)
		another.WaitRobot(state.RobotAbsent)
	})
}

// otone tells of it itself.
func TestHaltOfOTone(t *testing.T) {
	onEach(t, func(t *testing.T, router *crossbar) {
		startOTone(t, today, router.Open)
		r, another := startOToneRelay(t, router.url(router.Open)), startOToneRelay(t, router.url(router.Open))
		moves, halts := r.ConnectOTone(), another.ConnectOTone()
		halts.Send(`{"type":"raw","data":"M112"}`)
		moves.Until(`{"stopped": "halt", "by": "another program"`)
		moves.Send(`{"type":"move","data":{"x":1}}`)
		moves.Until(`"code": "robot_halted"`)
		moves.Send(`{"type":"raw","data":"M999"}`, `{"type":"move","data":{"x":1}}`)
		moves.Until(`"--> G90 G0 X1.0"`)
	})
}
