package interop

import (
	"testing"
	"time"

	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
)

// A driver that ends is missed, commands are refused, and a new one is shaken
// hands with by itself, whether crossbar.io tells who is there or not.
func TestDriverRestart(t *testing.T) {
	onEachDoor(t, func(t *testing.T, router *crossbar, port int, tells bool) {
		d := startDriver(t, today, router.Open)
		r := startRelay(t, router.url(port))
		c := r.Connect()
		if !tells {
			r.Log.WaitFor(t, "the router does not tell who comes and goes")
		}
		for _, end := range []func(){d.stop, func() { d.kill() }} {
			before := d.id
			end()
			ended := time.Now()
			if !tells {
				// Taken by the router and lost: it is the lack of an answer
				// that makes the relay look.
				c.Send(relaytest.Command("home", `{"X":"true"}`))
			}
			r.WaitRobot(state.RobotAbsent)
			if !tells {
				c.ExpectError("outcome_unknown")
			}
			t.Logf("missed after %v", time.Since(ended).Round(time.Millisecond))
			c.Send(relaytest.Command("home", `{"X":"true"}`))
			c.ExpectError("driver_absent")

			d = startDriver(t, today, router.Open)
			began := time.Now()
			if result, id := c.Handshake(); result != "success" || id != d.id || id == before {
				t.Errorf("the handshake with the new driver is %s from %s; the driver is %s, and was %s", result, id, d.id, before)
			}
			t.Logf("hands shaken %v after the new driver had joined", time.Since(began).Round(time.Millisecond))
			c.Home()
			if n := len(d.received("driver")); n != 1 {
				t.Errorf("the new driver was sent %d commands; one was sent since it started", n)
			}
		}
	})
}

// A client is there before the driver is.
func TestClientBeforeDriver(t *testing.T) {
	r := startRelay(t, router.url(router.Open))
	c := r.Dial()
	c.Start()
	r.WaitRobot(state.RobotAbsent)
	c.Send(relaytest.Command("home", `{"X":"true"}`))
	c.ExpectError("driver_absent")
	startDriver(t, today, router.Open)
	c.Handshake()
	c.Home()
}
