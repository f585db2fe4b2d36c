package faults_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
)

// A message of 1 MB takes longer to the router than a session may be silent.
// Bytes that get through are life.
func TestSlowLinkTakesALargeMessage(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	proxy := rig.Proxy()
	proxy.Up.Slow(60_000)
	relay := rig.StartRelay("-router", proxy.URL())
	relay.WaitRobot("present")
	c := relay.Connect()
	const size = 1_000_000
	began := time.Now()
	c.Send(Command("move", fmt.Sprintf(`{"": %q}`, strings.Repeat("x", size))))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	robot := rig.Robot
	if err := robot.Wait(ctx, func() bool { return robot.Arrived() > 0 }); err != nil {
		t.Fatalf("it did not arrive: %v; the router: %+v", err, relay.State().Router)
	}
	took := time.Since(began)
	if took < session.Silence {
		t.Errorf("it took %v, which shows nothing", took)
	}
	t.Logf("it took %v", took.Round(time.Millisecond))
	if got := robot.Received()[0]; len(got.Payload) < size {
		t.Errorf("%d bytes arrived", len(got.Payload))
	}
	if n := relay.State().Router.Reconnects; n > 0 {
		t.Errorf("the session did not stand: joined %d times more", n)
	}
	// What asked for the driver meanwhile waited behind it.
	relay.WaitRobot("present")
	relay.Connect().Home()
}

// The same link, and a router behind it that freezes: that is noticed as soon
// as without the message.
func TestSlowLinkHidesNoFrozenRouter(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	proxy := rig.Proxy()
	proxy.Up.Slow(60_000)
	relay := rig.StartRelay("-router", proxy.URL())
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Send(Command("move", fmt.Sprintf(`{"": %q}`, strings.Repeat("x", 1_000_000))))
	relay.WaitState("all read", func(s state.State) bool { return s.Clients[0].Received > 0 })
	proxy.Up.Hold()
	proxy.Down.Hold()
	began := time.Now()
	reason := down(relay)
	if took := time.Since(began); took > session.Silence+time.Second {
		t.Errorf("noticed after %v", took)
	} else {
		t.Logf("noticed after %v: %s", took.Round(time.Millisecond), reason)
	}
	if n := rig.Robot.Arrived(); n > 0 {
		t.Errorf("%d messages arrived", n)
	}
	proxy.Cut()
}
