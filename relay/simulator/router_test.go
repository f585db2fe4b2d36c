package simulator

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"rawtcpcom/relay/socket"
)

func TestOtherPaths(t *testing.T) {
	router := startRouter(t)
	for path, want := range map[string]int{"/": http.StatusNotFound, "/ws/x": http.StatusNotFound, "/ws": http.StatusUpgradeRequired} {
		res, err := http.Get("http://" + router.Addr() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != want || !strings.Contains(string(body), router.URL()) || !strings.Contains(string(body), DefaultRealm) {
			t.Errorf("%s: %s: %s", path, res.Status, body)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestAddresses(t *testing.T) {
	router := startRouter(t)
	if want := "ws://" + router.Addr() + "/ws"; router.URL() != want {
		t.Errorf("URL %s, want %s", router.URL(), want)
	}
	_, err := StartRouter(RouterConfig{Addr: router.Addr()})
	if !socket.InUse(err) || !strings.Contains(err.Error(), "cannot listen on "+router.Addr()) {
		t.Errorf("port in use: %v", err)
	}
	if _, err := StartRouter(RouterConfig{Addr: "127.0.0.1:0", Realm: "not a realm#"}); err == nil {
		t.Error("bad realm: no error")
	}
	everywhere, err := StartRouter(RouterConfig{Addr: ":0"})
	if err != nil {
		t.Fatal(err)
	}
	defer everywhere.Close()
	if !strings.HasPrefix(everywhere.URL(), "ws://127.0.0.1:") {
		t.Errorf("URL %s", everywhere.URL())
	}
	startDriver(t, everywhere, RobotConfig{Rejoin: -1}).Close()
}

// TestBurst: far more messages than nexus' own 64 wait for a session without
// being dropped.
func TestBurst(t *testing.T) {
	const n = 2000
	router := startRouter(t)
	robot := startDriver(t, router, RobotConfig{RecordLimit: -1, Instant: true})
	p := joinPeer(t, router, frontendTopic)
	for range n {
		p.say(driverTopic, commands("me", `{"home": ""}`))
	}
	for range n {
		if got := brief(p.next()); got != stat0 {
			t.Fatalf("got %s", got)
		}
	}
	if robot.Arrived() != n || len(robot.Received()) != 0 {
		t.Errorf("%d arrived, %d kept", robot.Arrived(), len(robot.Received()))
	}
}

func closesWithin(t *testing.T, router *Router, limit time.Duration) {
	t.Helper()
	began := time.Now()
	router.Close()
	router.Close()
	if took := time.Since(began); took > limit {
		t.Errorf("closing took %v", took)
	}
	if c, err := net.Dial("tcp", router.Addr()); err == nil {
		c.Close()
		t.Error("still listening")
	}
}

func TestCloseEndsSessions(t *testing.T) {
	router := startRouter(t)
	p := joinPeer(t, router)
	closesWithin(t, router, 2*time.Second)
	select {
	case <-p.s.client.Done():
	case <-time.After(patience):
		t.Error("the session did not end")
	}
}

// dialRaw opens a WebSocket and says nothing on it.
func dialRaw(t *testing.T, router *Router) *websocket.Conn {
	t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{subprotocol}}
	c, _, err := dialer.Dial(router.URL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// TestCloseWithoutHello: a client that never says hello does not hold Close up.
func TestCloseWithoutHello(t *testing.T) {
	router := startRouter(t)
	dialRaw(t, router)
	idle, err := net.Dial("tcp", router.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	closesWithin(t, router, 2*time.Second)
}

// TestCloseWithAWedgedClient: nor does one that has stopped reading.
func TestCloseWithAWedgedClient(t *testing.T) {
	router := startRouter(t)
	c := dialRaw(t, router)
	for _, say := range []string{
		`[1, "ot_realm", {"roles": {"subscriber": {}}}]`,
		`[32, 1, {}, "com.opentrons.frontend"]`,
	} {
		if err := c.WriteMessage(websocket.TextMessage, []byte(say)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
	p := joinPeer(t, router, "com.opentrons.done")
	for range 30 {
		p.say(frontendTopic, strings.Repeat("x", 1<<20))
	}
	q := joinPeer(t, router)
	q.say("com.opentrons.done", "")
	p.next()
	closesWithin(t, router, 2*time.Second)
}
