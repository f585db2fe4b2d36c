package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/testlog"
	"rawtcpcom/status/relayapi/fakerelay"
)

// served is the program, which runs until the test ends.
type served struct {
	addr  string
	store settings.Store
}

func startPage(t *testing.T, set settings.Values, args ...string) served {
	t.Helper()
	relay := fakerelay.New()
	store := settings.Store{Dir: filepath.Join(t.TempDir(), "settings")}
	if err := store.Save(set); err != nil {
		t.Fatal(err)
	}
	out := relaytest.NewLog()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	go func() {
		ended <- mainCode(ctx, append([]string{"-http", "127.0.0.1:0", "-relay", relay.URL, "-settings", store.Path()}, args...), io.Discard, out)
	}()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		stop()
		if code := <-ended; code != 0 {
			t.Errorf("it ended with %d", code)
		}
		relay.Close()
	})
	_, rest, _ := strings.Cut(out.Wait(t, "its address", testlog.Containing("page=")), "page=http://")
	addr, _, _ := strings.Cut(rest, "/")
	return served{addr, store}
}

func (p served) get(t *testing.T, path string) string {
	t.Helper()
	resp, err := http.Get("http://" + p.addr + path)
	if err != nil {
		return "" // it starts anew
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return ""
	}
	return string(text)
}

// wait waits until an answer has something in it; the page takes connections all
// the while.
func (p served) wait(t *testing.T, path, part string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", p.addr)
		if err != nil {
			t.Fatalf("the page's address was closed: %v", err)
		}
		conn.Close()
		text := p.get(t, path)
		if strings.Contains(text, part) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("GET %s never has %s, only %s", path, part, text)
		}
	}
}

// A change of the settings is followed without closing the page's address, by
// those flags that the command line does not give.
func TestFollowsTheSettings(t *testing.T) {
	p := startPage(t, settings.Values{"access.allow": "10.0.0.0/8"}, "-allow", "127.0.0.0/8")
	p.wait(t, "/api/about", `"console":null`) // and the command line's networks may
	if err := p.store.Save(settings.Values{"access.console": "true"}); err != nil {
		t.Fatal(err)
	}
	p.wait(t, "/api/about", `"console":{`)
	if err := p.store.Save(settings.Values{"robot.address": "ws://192.0.2.1:8080/ws"}); err != nil {
		t.Fatal(err)
	}
	p.wait(t, "/api/about", `"console":null`)
	p.wait(t, "/api/settings", `"value":"ws://192.0.2.1:8080/ws"`)
}

// Settings that this program cannot use do not take the page away, where they can
// be mended.
func TestSettingsThatCannotBeUsed(t *testing.T) {
	p := startPage(t, settings.Values{"lamps.wamp": "GPIO5", "access.console": "true"}, "-client-led", "GPIO5")
	p.wait(t, "/api/status", `"text":"The settings cannot be used: `)
	p.wait(t, "/api/about", `"console":null`)
	if err := p.store.Save(settings.Values{"access.console": "true"}); err != nil {
		t.Fatal(err)
	}
	p.wait(t, "/api/about", `"console":{`)
	if strings.Contains(p.get(t, "/api/status"), "cannot be used") {
		t.Error("the notice stays when the settings are mended")
	}
}
