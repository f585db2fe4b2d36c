package interop

import (
	"strings"
	"testing"

	"rawtcpcom/relay/relaytest"
)

// What the robot's software would drop in silence is answered, and does not reach it.
func TestMistakesDoNotReachTheRobot(t *testing.T) {
	onEach(t, func(t *testing.T, router *crossbar) {
		d := startDriver(t, today, router.Open)
		c := startRelay(t, router.url(router.Open)).Connect()
		for _, mistake := range []string{relaytest.Command("hoome", "null"), relaytest.Command("move_to", `{"Q":100}`)} {
			c.Send(mistake)
			if e := c.Next().Error(); e.Code != "unknown_command" && e.Code != "bad_argument" {
				t.Errorf("%s is answered with %+v", mistake, e)
			}
		}
		c.Home()
		if got := d.received("driver"); len(got) != 1 || !strings.Contains(got[0], `"home"`) {
			t.Errorf("the driver got %q", got)
		}
		d.stop()

		startOTone(t, today, router.Open)
		o := startOToneRelay(t, router.url(router.Open)).ConnectOTone()
		o.Send(`{"type":"move","data":{"X":"abc"}}`)
		o.Until(`"code": "bad_argument"`)
	})
}
