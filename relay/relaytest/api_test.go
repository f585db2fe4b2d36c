package relaytest_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"rawtcpcom/relay/metrics"
	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// The JSON of GET /state has the members that others rely on.
func TestStateJSON(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Home()
	c.Send("rubbish")
	c.ExpectError("bad_json")

	status, body := relay.Do("GET", "/state")
	var tree struct {
		Version, Started string
		Router, Driver   map[string]any
		Clients          []map[string]any
	}
	if err := json.Unmarshal([]byte(body), &tree); err != nil || status != 200 {
		t.Fatalf("%d %s: %v", status, body, err)
	}
	recent := func(value any) bool {
		text, _ := value.(string)
		at, err := time.Parse(time.RFC3339, text)
		return err == nil && time.Since(at) < Patience
	}
	if tree.Version == "" || !recent(tree.Started) {
		t.Errorf("version %q, started %q", tree.Version, tree.Started)
	}
	if r := tree.Router; r["url"] != rig.URL() || r["realm"] != "ot_realm" || r["state"] != "joined" || !recent(r["since"]) || r["error"] != "" || r["reconnects"] != 0.0 {
		t.Errorf("router %v", r)
	}
	if d := tree.Driver; d["state"] != "present" || d["id"] != rig.Robot.ID() || !recent(d["since"]) {
		t.Errorf("driver %v", d)
	}
	if len(tree.Clients) != 1 {
		t.Fatalf("clients %v", tree.Clients)
	}
	if cl := tree.Clients[0]; cl["id"] != c.ID || cl["remote"] != c.Conn.LocalAddr().String() || !recent(cl["since"]) ||
		cl["handshake"] != "success" || cl["received"] != 2.0 || cl["sent"] != 8.0 || cl["errors"] != 1.0 {
		t.Errorf("client %v", cl)
	}
	c.Close()
	relay.WaitState("no client", func(s state.State) bool { return len(s.Clients) == 0 })
	if _, body := relay.Do("GET", "/state"); !strings.Contains(body, `"clients":[]`) {
		t.Errorf("without clients: %s", body)
	}
	if !relay.State().ClockSet {
		t.Error("the clock of a machine on which nobody tells of it counts as not set")
	}
}

// The state changes as the robot's side comes and goes, and /healthz names
// the first link that is broken.
func TestHealth(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	health := func(wantStatus int, want string) {
		t.Helper()
		if status, body := relay.Do("GET", "/healthz"); status != wantStatus || !strings.HasPrefix(body, want) {
			t.Errorf("/healthz says %d %q, not %d %q", status, body, wantStatus, want)
		}
	}
	relay.WaitRobot("present")
	health(200, "ok")
	rig.StopRobot()
	relay.WaitRobot("absent")
	health(503, "driver: ")
	rig.StartDriver(simulator.RobotConfig{})
	relay.WaitRobot("present")
	health(200, "ok")
	rig.StopRouter()
	relay.WaitRouter(false)
	health(503, "router: ")
	if s := relay.State(); s.Router.Error == "" || s.Robot.State != "unknown" {
		t.Errorf("without a router the state is %+v", s)
	}
	rig.StartRouter()
	relay.WaitRobot("present")
	health(200, "ok")
	if s := relay.State(); s.Router.Reconnects != 1 || s.Router.Error != "" {
		t.Errorf("with the router back the state is %+v", s)
	}
}

// GET /events tells the state at once, and whenever it changes.
func TestEventsAtOnceAndOnChange(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	stream := relay.Stream("/events")
	next := func() (s state.State) {
		t.Helper()
		e := stream.Next()
		if err := json.Unmarshal([]byte(e.Data), &s); err != nil || e.Name != "state" {
			t.Fatalf("%+v: %v", e, err)
		}
		return s
	}
	if s := next(); s.Robot.State != "present" || len(s.Clients) != 0 {
		t.Errorf("at once came %+v", s)
	}
	c := relay.Connect()
	for s := next(); len(s.Clients) != 1 || s.Clients[0].Handshake != "success"; s = next() {
	}
	c.Close()
	for s := next(); len(s.Clients) != 0; s = next() {
	}
}

// However much happens, a stream gets ten states a second at most.
func TestEventsAreAtMostTenASecond(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	stream := relay.Stream("/events")
	c := relay.Connect()
	load := Beside(t, func(ctx context.Context) error {
		for ctx.Err() == nil {
			c.Fence()
		}
		return nil
	})
	const states = 21
	first := stream.Next().At
	last := first
	for range states - 1 {
		last = stream.Next().At
	}
	_ = load.Stop() // its client fails the test by itself
	// They are made a tenth of a second apart; on the way one may lose what the
	// next does not.
	if took := last.Sub(first); took < (states-2)*100*time.Millisecond {
		t.Errorf("%d states in %v", states, took)
	}
}

// The metrics can be read by Prometheus, under the names there are, and count.
func TestMetrics(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Home()
	c.Send("rubbish")
	c.ExpectError("bad_json")
	gone := relay.Connect()
	gone.Close()
	relay.WaitState("one client", func(s state.State) bool { return len(s.Clients) == 1 })

	_, body := relay.Do("GET", "/metrics")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%v in\n%s", err, body)
	}
	for name, want := range map[string]float64{
		metrics.Received: 2, metrics.Published: 1, metrics.Sent: 12, metrics.Errors: 1, metrics.Closed: 1,
		metrics.EventsRefused: 0, metrics.Sessions: 1, metrics.Clients: 1, metrics.RouterJoined: 1, metrics.RobotPresent: 1,
	} {
		family := families[name]
		if family == nil {
			t.Errorf("there is no %s", name)
			continue
		}
		m := family.GetMetric()[0]
		if got := m.GetCounter().GetValue() + m.GetGauge().GetValue(); got != want {
			t.Errorf("%s is %v, not %v", name, got, want)
		}
	}
	if label := families[metrics.Errors].GetMetric()[0].GetLabel()[0]; label.GetName() != "code" || label.GetValue() != "bad_json" {
		t.Errorf("errors are counted by %v", label)
	}
}

// DELETE closes a client's connection and says why; not for a page of another
// origin.
func TestCloseClient(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c, other := relay.Connect(), relay.Connect()
	if status, _ := relay.Do("DELETE", "/clients/nobody"); status != http.StatusNotFound {
		t.Errorf("for a client there is not: %d", status)
	}
	for _, headers := range [][]string{
		{"Origin", "http://evil.example"},
		{"Origin", "null"},
		{"Sec-Fetch-Site", "cross-site"},
	} {
		if status, _ := relay.Do("DELETE", "/clients/"+c.ID, headers...); status != http.StatusForbidden {
			t.Errorf("with %v: %d", headers, status)
		}
	}
	c.Fence()
	if status, body := relay.Do("DELETE", "/clients/"+c.ID); status != http.StatusNoContent {
		t.Errorf("%d %s", status, body)
	}
	if m := c.Next(); !m.IsNotice() || m.Result() != "failed" || !strings.Contains(string(m.Body), "closed this connection") {
		t.Errorf("the client is told %s", m.Line)
	}
	c.ExpectClosed()
	other.Home()
	relay.WaitState("one client", func(s state.State) bool { return len(s.Clients) == 1 })
}

// Who is in no allowed network gets nothing, on either port.
func TestAllow(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-allow", "127.0.0.2/31,127.0.0.7")
	get := func(local string) int {
		t.Helper()
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(local)}}
		client := http.Client{Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}, Timeout: Patience}
		response, err := client.Get(relay.API + "/state")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode
	}
	for local, allowed := range map[string]bool{"127.0.0.1": false, "127.0.0.2": true, "127.0.0.3": true, "127.0.0.4": false, "127.0.0.7": true} {
		want := http.StatusForbidden
		if allowed {
			want = http.StatusOK
		}
		if status := get(local); status != want {
			t.Errorf("the state API answers %s with %d, not %d", local, status, want)
		}
		c := DialFrom(t, local, relay.Addr)
		if allowed {
			c.Start()
		} else {
			c.ExpectClosed()
		}
		c.Close()
	}
}
