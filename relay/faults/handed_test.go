package faults_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// In a network with a search domain, relay and page answer to the name that its DNS
// gives the machine, and to no other name in it. It uses newLab's names, so it does
// not run beside another test of it.
func TestNameThatTheNetworkHandsOut(t *testing.T) {
	l := newLab(t)
	// ip netns exec puts this in the place of the machine's own.
	dir := filepath.Join("/etc/netns", l.box)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, "resolv.conf"), []byte("nameserver 198.51.100.2\nsearch lab.example\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	in := []string{"ip", "netns", "exec", l.box}
	relay := startProgram(t, in, "relay", "-simulate", "-http", ":7888", "-data", t.TempDir())
	relay.WaitFor(t, `msg="relay starts"`)
	page := startProgram(t, in, "status", "-http", ":8000", "-wamp-led", "none", "-client-led", "none", "-board-led", "none")
	page.WaitFor(t, `msg="status starts"`)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{
		host: http.StatusOK, host + ".lab.example": http.StatusOK,
		host + ".evil.example": http.StatusMisdirectedRequest, "evil.lab.example": http.StatusMisdirectedRequest,
	} {
		for what, at := range map[string]string{"the state API": ":7888/state", "the page": ":8000/"} {
			if got := l.answerTo(t, name, at); got != want {
				t.Errorf("%s answers %d to %s, not %d", what, got, name, want)
			}
		}
	}
}

// answerTo is the status with which the box answers who asks for it by that name.
func (l *lab) answerTo(t *testing.T, name, at string) int {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, to string) (net.Conn, error) {
		return l.dial(ctx, "198.51.100.2", to)
	}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://198.51.100.1"+at, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = name
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
