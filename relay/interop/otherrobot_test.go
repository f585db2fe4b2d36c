package interop

import (
	"strings"
	"testing"

	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
)

// A relay that is set to one robot and finds the other on the router says which it
// is, on each crossbar.io.
func TestTheOtherRobot(t *testing.T) {
	onEach(t, func(t *testing.T, router *crossbar) {
		says := func(r *relaytest.Relay, message, speaks string) {
			t.Helper()
			r.WaitState("the other robot", func(s state.State) bool { return s.Robot.Speaks == speaks })
			c := r.Dial()
			c.Start()
			c.Send(message)
			if e := c.ExpectError("driver_absent"); !strings.Contains(e.Text, "-backend "+speaks) {
				t.Errorf("the error is %+v", e)
			}
		}
		robot := startOTone(t, today, router.Open)
		says(startRelay(t, router.url(router.Open)), relaytest.Command("home", `{"X":"true"}`), "otone")
		robot.stop()
		startDriver(t, today, router.Open)
		says(startOToneRelay(t, router.url(router.Open)), `{"type":"home","data":{"x":true}}`, "driver")
	})
}
