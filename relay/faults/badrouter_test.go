package faults_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
)

// Whatever answers in the router's place, the relay says what it met and what
// to check, tells its clients, and joins when the router is there.
func TestWhatIsNoRouter(t *testing.T) {
	upgrade := func(script func(*websocket.Conn), protocols ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			upgrader := websocket.Upgrader{Subprotocols: protocols}
			conn, err := upgrader.Upgrade(w, r, nil)
			if err != nil {
				return // the dialler has gone
			}
			defer conn.Close()
			script(conn)
			for err == nil {
				_, _, err = conn.ReadMessage()
			}
		}
	}
	says := func(lines ...string) http.HandlerFunc {
		return upgrade(func(conn *websocket.Conn) {
			for _, line := range lines {
				if _, _, err := conn.ReadMessage(); err != nil {
					return
				}
				_ = conn.WriteMessage(websocket.TextMessage, []byte(line)) // seen by the next read
			}
		}, "wamp.2.json")
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	const welcome = `[2,1,{"roles":{}}]`
	for name, c := range map[string]struct {
		handler http.Handler
		says    string
	}{
		"no sub-protocol":        {upgrade(func(*websocket.Conn) {}), "without the sub-protocol wamp.2.json; check that it is a WAMP router"},
		"another sub-protocol":   {upgrade(func(*websocket.Conn) {}, "mqtt"), "without the sub-protocol wamp.2.json"},
		"not found":              {status(404), `it answered "404 Not Found" and opened no WebSocket; check the path`},
		"server error":           {status(500), `it answered "500 Internal Server Error"`},
		"ABORT":                  {says(`[3,{"message":"no such realm here"},"wamp.error.no_such_realm"]`), "wamp.error.no_such_realm (no such realm here)"},
		"CHALLENGE unasked for":  {says(`[4,"ticket",{}]`), "check -auth-id and -auth-secret-file"},
		"unknown challenge":      {says(`[4,"scram",{}]`), "-auth-id"},
		"HELLO answered oddly":   {says(`[36,1,2,{}]`), "answered HELLO with EVENT"},
		"HELLO answered rubbish": {says(`{"no": "WAMP"}`), "reading a message from the router"},
		"GOODBYE":                {says(welcome, `[6,{},"wamp.close.system_shutdown"]`), "the router ended the session: wamp.close.system_shutdown"},
		"ABORT after WELCOME":    {says(welcome, `[3,{},"wamp.error.protocol_violation"]`), "wamp.error.protocol_violation"},
		"SUBSCRIBE refused":      {says(welcome, `[8,32,1,{},"wamp.error.not_authorized"]`), "subscribing to com.opentrons.frontend: the router refused: wamp.error.not_authorized"},
		"closes at once":         {upgrade(func(conn *websocket.Conn) { conn.Close() }, "wamp.2.json"), "joining realm"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(c.handler)
			t.Cleanup(server.Close)
			meets(t, server.Listener.Addr().String(), c.says)
		})
	}
	t.Run("TLS where none is expected", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewUnstartedServer(status(200))
		server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		server.StartTLS()
		t.Cleanup(server.Close)
		meets(t, server.Listener.Addr().String(), "opened no WebSocket")
	})
	t.Run("no HTTP at all", func(t *testing.T) {
		t.Parallel()
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				conn, err := ln.Accept()
				if err != nil {
					return
				}
				_, _ = io.WriteString(conn, "SSH-2.0-OpenSSH_9.2\r\n") // read or not
				conn.Close()
			}
		}()
		t.Cleanup(func() { ln.Close(); <-done })
		meets(t, ln.Addr().String(), "dialling the router")
	})
}

// meets points a relay at what is no router, then at one.
func meets(t *testing.T, addr, says string) {
	t.Helper()
	rig := NewWithRobot(t)
	proxy := rig.Proxy()
	proxy.Target(addr)
	relay := rig.StartRelay("-router", proxy.URL())
	c := relay.Dial()
	c.Start()
	s := relay.WaitState("an error", func(s state.State) bool { return s.Router.State == state.RouterDown })
	if !strings.Contains(s.Router.Error, says) {
		t.Errorf("the state says %q, not %q", s.Router.Error, says)
	}
	c.Send(Command("home", "null"))
	c.ExpectError("router_down")
	if strings.Contains(relay.Log.String(), "panic") {
		t.Errorf("a panic")
	}
	if strings.Contains(says, "-auth-id") {
		return // tried again slowly, see TestWrongSecretIsSaidAndRetriedSlowly
	}
	proxy.Target(strings.TrimSuffix(strings.TrimPrefix(rig.URL(), "ws://"), "/ws"))
	began := time.Now()
	c.Handshake()
	if took := time.Since(began); took > 6*time.Second {
		t.Errorf("joined after %v", took)
	}
	c.Home()
}
