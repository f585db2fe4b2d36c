package browsertest

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"rawtcpcom/gokrazy/lan/report"
	found "rawtcpcom/gokrazy/names/report"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/network"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/monitor"
	"rawtcpcom/status/page"
	"rawtcpcom/status/relayapi"
	"rawtcpcom/status/relayapi/fakerelay"
	"rawtcpcom/status/setup"
	passing "rawtcpcom/status/traffic"
)

// Whoever opens a page of the box at an address that is on trial confirms it by
// that; and where one was taken back, the page says why.
func TestOpeningThePageConfirmsTheAddress(t *testing.T) {
	need(t)
	dir := t.TempDir()
	trial, confirmed := filepath.Join(dir, "address.json"), filepath.Join(dir, "confirmed")
	b := &box{page: servePage(t, setup.Config{
		Store: settings.Store{Dir: filepath.Join(dir, "settings")}, Report: trial, Confirm: confirmed,
		Uptime:   func() time.Duration { return time.Hour },
		Networks: func() ([]netip.Prefix, []netip.Addr) { return nil, nil },
		Log:      slog.New(slog.DiscardHandler),
	})}
	x := b.open(t)
	for _, path := range []string{"/", "/settings.html"} {
		if err := (report.Report{Trial: &report.Trial{Address: "127.0.0.1"}}).Write(trial); err != nil {
			t.Fatal(err)
		}
		x.navigate(t, "http://"+b.page+path)
		for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
			if text, err := os.ReadFile(confirmed); err == nil && string(text) == "127.0.0.1" {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("opening %s confirms nothing", path)
			}
		}
		if err := os.Remove(confirmed); err != nil {
			t.Fatal(err)
		}
	}
	if err := (report.Report{Undone: "The new network settings were undone: nobody opened the page at 192.0.2.7."}).Write(trial); err != nil {
		t.Fatal(err)
	}
	x.navigate(t, "http://"+b.page+"/")
	x.wait(t, "the page says that it was taken back", says("notices", "were undone: nobody opened the page at 192.0.2.7"))
}

// servePage serves a page in this process, which may be given what programs of
// the box tell elsewhere.
func servePage(t *testing.T, cfg setup.Config) string {
	t.Helper()
	relay := fakerelay.New()
	api, err := relayapi.NewRelay(relay.URL)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	allow, err := network.Parse(network.Default)
	if err != nil {
		t.Fatal(err)
	}
	s, passed := setup.New(cfg), passing.NewLog(time.Now)
	mon := monitor.New(monitor.Config{
		Relay: api, Lamps: lamp.NewEngine(nil, cfg.Log), Traffic: passed, ClientPort: "7887", Told: s.Undone, Log: cfg.Log,
		Addresses: monitor.Addresses, Names: func() found.Names { return found.Names{} }, Uptime: cfg.Uptime,
	})
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { mon.Run(ctx) })
	all.Go(func() {
		if err := page.Serve(ctx, ln, page.Config{Monitor: mon, Relay: api, Traffic: passed, Identify: func() {}, Allow: allow, Setup: s, Log: cfg.Log}); err != nil {
			t.Error("serving:", err)
		}
	})
	t.Cleanup(func() {
		stop()
		all.Wait()
		relay.Close()
	})
	return ln.Addr().String()
}
