package page

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rawtcpcom/relay/network"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tap"
	"rawtcpcom/status/console"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/monitor"
	"rawtcpcom/status/relayapi"
	"rawtcpcom/status/relayapi/fakerelay"
	"rawtcpcom/status/traffic"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is a page that is served, on a relay of fakerelay.
type site struct {
	url        string
	relay      *fakerelay.Relay
	traffic    *traffic.Log
	monitor    *monitor.Monitor
	identified atomic.Int32
	client     *http.Client
}

func serve(t *testing.T, change func(*Config)) *site {
	t.Helper()
	s := &site{relay: fakerelay.New(), traffic: traffic.NewLog(time.Now), client: &http.Client{Transport: &http.Transport{}}}
	api, err := relayapi.NewRelay(s.relay.URL)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	s.monitor = monitor.New(monitor.Config{
		Relay: api, Lamps: lamp.NewEngine(nil, log), Traffic: s.traffic, ClientPort: "7887", Log: log,
		Addresses: func() []string { return []string{"192.168.1.7"} }, Uptime: func() time.Duration { return time.Hour },
	})
	cfg := Config{
		Monitor: s.monitor, Relay: api, Traffic: s.traffic, Identify: func() { s.identified.Add(1) },
		Allow: private(t), Names: []string{"rawtcpcom"}, Log: log,
	}
	if change != nil {
		change(&cfg)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + ln.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { s.monitor.Run(ctx) })
	all.Go(func() {
		if err := Serve(ctx, ln, cfg); err != nil {
			t.Error("serving:", err)
		}
	})
	t.Cleanup(func() {
		began := time.Now()
		s.client.CloseIdleConnections()
		stop()
		all.Wait()
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("stopping took %v", took)
		}
		s.relay.Close()
	})
	return s
}

// do makes a request, with headers in pairs.
func (s *site) do(t *testing.T, method, path, body string, headers ...string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(text)
}

// answering waits until the monitor has heard of the relay.
func (s *site) answering(t *testing.T) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		changed := s.monitor.Changed()
		if s.monitor.Status().Relay.Answering {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatal("the relay is not heard of")
		}
	}
}

func TestPageIsSmallAndAlone(t *testing.T) {
	var total int
	names := map[string]bool{}
	err := fs.WalkDir(assets, "assets", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := assets.ReadFile(path)
		if err != nil {
			return err
		}
		total += len(text)
		names[d.Name()] = true
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "https://", "@import", "style=", "onclick="} {
			if strings.Contains(string(text), bad) {
				t.Errorf("%s has %q in it", path, bad)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > 150<<10 {
		t.Errorf("the page has %d bytes, at most 150 KB are allowed", total)
	}
	t.Logf("the page has %d bytes", total)
	index, _ := assets.ReadFile("assets/index.html")
	for _, m := range regexp.MustCompile(`(?:href|src)="([a-z]+\.[a-z]+)"`).FindAllStringSubmatch(string(index), -1) {
		if !names[m[1]] {
			t.Errorf("index.html refers to %s, which is not there", m[1])
		}
	}
}

func TestGet(t *testing.T) {
	s := serve(t, func(c *Config) { c.AdminPort = 8080 })
	s.answering(t)
	for _, c := range []struct {
		path, kind string
		code       int
		part       string
	}{
		{"/", "text/html", 200, "Asking the box"},
		{"/app.js", "text/javascript", 200, "EventSource"},
		{"/style.css", "text/css", 200, "prefers-color-scheme"},
		{"/icon.svg", "image/svg+xml", 200, "<svg"},
		{"/api/about", "application/json", 200, `"adminPort":8080`},
		{"/api/status", "application/json", 200, `"link":"Client"`},
		{"/api/messages.jsonl", "application/jsonl", 200, ""},
		{"/state", "application/json", 200, `"realm":"ot_realm"`},
		{"/nothing", "text/plain", 404, ""},
		{"/api/clients/x", "text/plain", 404, ""},
	} {
		code, header, body := s.do(t, http.MethodGet, c.path, "")
		if code != c.code || !strings.HasPrefix(header.Get("Content-Type"), c.kind) || !strings.Contains(body, c.part) {
			t.Errorf("GET %s: %d, %s, %.200s", c.path, code, header.Get("Content-Type"), body)
		}
		if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("GET %s: Content-Security-Policy %q", c.path, csp)
		}
	}
}

func TestRelayAway(t *testing.T) {
	s := serve(t, nil)
	s.relay.Close()
	if code, _, body := s.do(t, http.MethodGet, "/state", ""); code != http.StatusBadGateway || !strings.Contains(body, "relay does not answer") {
		t.Errorf("GET /state: %d %s", code, body)
	}
	if code, _, _ := s.do(t, http.MethodDelete, "/api/clients/x", ""); code != http.StatusBadGateway {
		t.Errorf("DELETE of a client: %d", code)
	}
}

func TestIdentify(t *testing.T) {
	s := serve(t, nil)
	if code, _, _ := s.do(t, http.MethodPost, "/identify", ""); code != http.StatusNoContent || s.identified.Load() != 1 {
		t.Errorf("%d, identified %d times", code, s.identified.Load())
	}
}

func TestCloseClient(t *testing.T) {
	s := serve(t, nil)
	st := fakerelay.Healthy()
	st.Clients = []state.Client{{ID: "c"}}
	s.relay.Set(st)
	for range 2 {
		code, _, body := s.do(t, http.MethodDelete, "/api/clients/c", "")
		if code == http.StatusNotFound && strings.Contains(body, "left by itself") {
			return
		}
		if code != http.StatusNoContent {
			t.Errorf("%d %s", code, body)
		}
	}
	t.Error("a client that is gone can be closed")
}

func TestDownload(t *testing.T) {
	s := serve(t, nil)
	for _, client := range []string{"a", "b", "a"} {
		s.traffic.Add(tap.Message{Client: client, Dir: tap.In, Payload: "</script>\n\""})
	}
	_, header, body := s.do(t, http.MethodGet, "/api/messages.jsonl?client=a", "")
	if !strings.Contains(header.Get("Content-Disposition"), "attachment") {
		t.Error("it is not a download")
	}
	lines := strings.Split(strings.TrimSpace(body), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s", len(lines), body)
	}
	var m tap.Message
	if err := json.Unmarshal([]byte(lines[1]), &m); err != nil || m.Payload != "</script>\n\"" {
		t.Errorf("%s: %v", lines[1], err)
	}
}

func TestConsoleIsOff(t *testing.T) {
	s := serve(t, nil)
	if code, _, body := s.do(t, http.MethodPost, "/api/console", `{"action":"home"}`); code != http.StatusForbidden || !strings.Contains(body, "-console") {
		t.Errorf("%d %s", code, body)
	}
}

func TestConsoleErrors(t *testing.T) {
	s := serve(t, func(c *Config) { c.Console = console.New("127.0.0.1:1") })
	for body, want := range map[string]int{
		`nonsense`: 400, `{"action":"jump"}`: 400, `{"message":"a\nb"}`: 502, `{}`: 502,
		`{"message":"` + strings.Repeat("x", 3*console.MaxMessage) + `"}`: 400,
	} {
		if code, _, text := s.do(t, http.MethodPost, "/api/console", body); code != want || !strings.Contains(text, `"error"`) {
			t.Errorf("%.40s: %d %s", body, code, text)
		}
	}
	if _, _, page := s.do(t, http.MethodGet, "/", ""); !strings.Contains(page, "software stop, not a safety device") {
		t.Error("the halt button is not marked")
	}
}

func private(t *testing.T) network.Networks {
	networks, err := network.Parse("private")
	if err != nil {
		t.Fatal(err)
	}
	return networks
}

// The halt goes to the relay with the console off, and what became of it is
// answered.
func TestHalt(t *testing.T) {
	s := serve(t, nil)
	if code, _, body := s.do(t, http.MethodPost, "/api/halt", ""); code != http.StatusNoContent {
		t.Errorf("%d %s", code, body)
	}
	if got := s.relay.Halted(); len(got) != 1 || got[0] != "127.0.0.1 at the status page" {
		t.Errorf("halted by %q", got)
	}
	s.relay.CannotHalt("the router is away")
	if code, _, body := s.do(t, http.MethodPost, "/api/halt", ""); code != http.StatusBadGateway || !strings.Contains(body, "the router is away") {
		t.Errorf("a halt that fails: %d %s", code, body)
	}
	s.relay.Close()
	if code, _, body := s.do(t, http.MethodPost, "/api/halt", ""); code != http.StatusBadGateway || !strings.Contains(body, "own switch") {
		t.Errorf("without a relay: %d %s", code, body)
	}
}
