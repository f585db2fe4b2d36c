package relaytest_test

import (
	"net"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// A client that the robot refuses is said by /healthz and counted, and alters
// nothing for a monitor that only looks at the status: the robot is there.
func TestRefusedClientIsSaid(t *testing.T) {
	t.Parallel()
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{Instant: true, Slots: 1})
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	health := func(lines ...string) {
		t.Helper()
		status, body := relay.Do("GET", "/healthz")
		if want := strings.Join(append([]string{"ok"}, lines...), "\n") + "\n"; status != 200 || body != want {
			t.Errorf("/healthz says %d %q, not %q", status, body, want)
		}
	}
	health("client: none connected")
	lucky := relay.Connect()
	health()
	late := relay.Dial()
	late.Start()
	late.Expect(`"result": "failed"`)
	refused := "client: refused by the driver: " + late.Conn.LocalAddr().String()
	health(refused)
	lucky.Close()
	relay.WaitState("one client", func(s state.State) bool { return len(s.Clients) == 1 })
	health(refused)
	_, body := relay.Do("GET", "/metrics")
	for _, line := range []string{
		`relay_link_ok{link="robot"} 1`, `relay_link_ok{link="client"} 0`, `relay_client_trouble{kind="client-refused"} 1`, "relay_driver_present 1",
	} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("the metrics lack %s:\n%s", line, body)
		}
	}
}

// A router that is away is told from one that gives no session, in the state
// and by /healthz.
func TestRouterThatListensIsReached(t *testing.T) {
	t.Parallel()
	rig := New(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	t.Cleanup(func() { ln.Close(); <-closed })
	relay := rig.StartRelay("-router", "ws://"+ln.Addr().String()+"/ws")
	relay.WaitState("an attempt", func(s state.State) bool { return s.Router.Error != "" && s.Router.Reached })
	if status, body := relay.Do("GET", "/healthz"); status != 503 || !strings.HasPrefix(body, "wamp session: none with ws://") {
		t.Errorf("/healthz says %d %q", status, body)
	}
	ln.Close()
	relay.WaitState("an attempt that fails", func(s state.State) bool { return s.Router.Error != "" && !s.Router.Reached })
	if status, body := relay.Do("GET", "/healthz"); status != 503 || !strings.HasPrefix(body, "router: looking for ws://") {
		t.Errorf("/healthz says %d %q", status, body)
	}
}
