package simulator

import (
	"testing"

	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gorilla/websocket"
)

// TestCloseUnderTraffic: closing the router, or losing a client, while events
// flow does no harm (nexus by itself panics).
func TestCloseUnderTraffic(t *testing.T) {
	for range 5 {
		router := startRouter(t)
		robot := startDriver(t, router, RobotConfig{Instant: true, Rejoin: -1})
		heard := joinPeer(t, router, frontendTopic)
		p := joinPeer(t, router)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			home := wamp.List{commands("me", `{"home": ""}`)}
			for p.s.publish(driverTopic, nil, home, nil) == nil {
			}
		}()
		heard.next()
		router.Close()
		<-ended
		robot.Close()
	}
}

// TestLostWhileJoining: a client that goes away as soon as it has said hello.
func TestLostWhileJoining(t *testing.T) {
	router := startRouter(t)
	for range 50 {
		c := dialRaw(t, router)
		if err := c.WriteMessage(websocket.TextMessage, []byte(`[1, "ot_realm", {"roles": {"subscriber": {}}}]`)); err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	startDriver(t, router, RobotConfig{})
}
