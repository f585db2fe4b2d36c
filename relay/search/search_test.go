package search_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"rawtcpcom/relay/search"
	"rawtcpcom/relay/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// port is one that is free on every loopback address, as good as certainly.
func port(t *testing.T) uint16 {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).AddrPort().Port()
}

func at(host string, port uint16) string {
	return netip.AddrPortFrom(netip.MustParseAddr(host), port).String()
}

func run(t *testing.T, ports ...uint16) []search.Found {
	t.Helper()
	return search.Search{
		Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.64/28")}, Own: []netip.Addr{netip.MustParseAddr("127.0.0.78")},
		Ports: ports, Realm: simulator.DefaultRealm, Log: slog.New(slog.DiscardHandler),
	}.Run(t.Context())
}

// Everything that can be at a robot's port, each at an address of its own.
func TestFindsWhoIsThere(t *testing.T) {
	first, second := port(t), port(t)
	router := func(host string, port uint16, realm string) *simulator.Router {
		t.Helper()
		r, err := simulator.StartRouter(simulator.RouterConfig{Addr: at(host, port), Realm: realm})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		return r
	}
	driver, err := simulator.StartDriver(t.Context(), simulator.RobotConfig{URL: router("127.0.0.65", first, "").URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer driver.Close()
	otone, err := simulator.StartOTone(t.Context(), simulator.RobotConfig{URL: router("127.0.0.66", second, "").URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer otone.Close()
	router("127.0.0.67", first, "")
	router("127.0.0.68", first, "elsewhere")
	router("127.0.0.78", first, "") // the machine itself
	web := &httptest.Server{Listener: listen(t, at("127.0.0.70", second)), Config: &http.Server{Handler: http.NotFoundHandler()}}
	web.Start()
	defer web.Close()

	want := []string{
		at("127.0.0.65", first) + " true true driver",
		at("127.0.0.66", second) + " true true otone",
		at("127.0.0.67", first) + " true true ",
		at("127.0.0.68", first) + " true false ",
		at("127.0.0.70", second) + " false false ",
	}
	found := run(t, first, second)
	if len(found) != len(want) {
		t.Fatalf("found %+v", found)
	}
	for i, f := range found {
		got := strings.TrimSuffix(strings.TrimPrefix(f.URL, "ws://"), "/ws") + " " + yes(f.WAMP) + " " + yes(f.Joined) + " " + f.Dialect
		if got != want[i] || f.Text == "" {
			t.Errorf("found %+v, want %s", f, want[i])
		}
	}
	if !strings.Contains(found[3].Text, "no_such_realm") {
		t.Errorf("a router without the realm said %q", found[3].Text)
	}
	if n := len(driver.Received()); n > 0 {
		t.Errorf("the search published %d messages to the driver", n)
	}
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func listen(t *testing.T, addr string) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// A router is asked and left: HELLO, calls and GOODBYE are all that it gets.
func TestOnlyAsks(t *testing.T) {
	var mu sync.Mutex
	var heard []string
	upgrader := websocket.Upgrader{Subprotocols: []string{"wamp.2.json"}}
	left := make(chan struct{})
	p := port(t)
	server := &httptest.Server{Listener: listen(t, at("127.0.0.65", p)), Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer close(left)
		defer conn.Close()
		for {
			_, text, err := conn.ReadMessage()
			if err != nil {
				return
			}
			kind, rest, _ := strings.Cut(strings.Trim(string(text), "[]"), ",")
			mu.Lock()
			heard = append(heard, kind)
			mu.Unlock()
			answer := `[6,{},"wamp.close.goodbye_and_out"]`
			switch kind {
			case "1":
				answer = `[2,7,{"roles":{"broker":{},"dealer":{}}}]`
			case "48":
				id, _, _ := strings.Cut(rest, ",")
				answer = `[50,` + id + `,{},[null]]`
			}
			if conn.WriteMessage(websocket.TextMessage, []byte(answer)) != nil {
				return
			}
		}
	})}}
	server.Start()
	defer server.Close()
	if found := run(t, p); len(found) != 1 || !found[0].Joined || found[0].Dialect != "" || !strings.Contains(found[0].Text, "no robot is there now") {
		t.Errorf("found %+v", found)
	}
	select {
	case <-left:
	case <-time.After(15 * time.Second):
		t.Error("the search stays in the router")
	}
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(heard, " "); got != "1 48 48 48 48 6" {
		t.Errorf("the router heard the messages %s", got)
	}
}

// A search ends with who asked for it, also where something listens and says nothing.
func TestEnds(t *testing.T) {
	p := port(t)
	ln := listen(t, at("127.0.0.65", p))
	defer ln.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	search.Search{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.64/28")}, Ports: []uint16{p}, Realm: "x", Log: slog.New(slog.DiscardHandler)}.Run(ctx)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it went on for %v", took)
	}
}

func TestHosts(t *testing.T) {
	prefixes := func(texts ...string) (p []netip.Prefix) {
		for _, text := range texts {
			p = append(p, netip.MustParsePrefix(text))
		}
		return p
	}
	for _, c := range []struct {
		networks    []netip.Prefix
		own         string
		n           int
		first, last string
	}{
		{prefixes("192.168.1.7/24"), "192.168.1.7", 253, "192.168.1.1", "192.168.1.254"},
		{prefixes("10.1.2.3/8"), "10.1.2.3", 1021, "10.1.0.1", "10.1.3.254"},
		{prefixes("192.168.1.7/24", "192.168.1.9/24"), "192.168.1.7", 253, "192.168.1.1", "192.168.1.254"},
		{prefixes("10.1.0.1/16", "10.2.0.1/16"), "10.1.0.1", search.MaxHosts, "10.1.0.2", "10.2.0.1"},
		{prefixes("192.168.1.6/31"), "192.168.1.6", 1, "192.168.1.7", "192.168.1.7"},
		{nil, "192.168.1.6", 0, "", ""},
	} {
		got := search.Hosts(c.networks, []netip.Addr{netip.MustParseAddr(c.own)})
		if len(got) != c.n || c.n > 0 && (got[0].String() != c.first || got[len(got)-1].String() != c.last) {
			t.Errorf("%v: %d from %v", c.networks, len(got), got[:min(len(got), 3)])
		}
	}
}
