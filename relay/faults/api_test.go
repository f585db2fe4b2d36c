package faults_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
)

// A name that a foreign site has pointed here gets nothing of the state API,
// and closes nobody.
func TestStateAPIIsForItsOwnNamesOnly(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-names", "box.lab.example, other")
	relay.WaitRobot("present")
	c := relay.Connect()
	own, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, host string) int {
		t.Helper()
		request, err := http.NewRequestWithContext(Deadline(t), method, relay.API+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host
		response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode
	}
	for _, path := range []string{"/state", "/events", "/healthz", "/metrics", "/messages"} {
		for _, host := range []string{"evil.example", "127.0.0.1.evil.example", "localhost.evil.example:7888", "local"} {
			if got := ask("GET", path, host); got != http.StatusMisdirectedRequest {
				t.Errorf("GET %s of host %s: %d", path, host, got)
			}
		}
		for _, host := range []string{own, "127.0.0.1", "[::1]:7888", "localhost:7888", "rawtcpcom.local", "BOX.lab.example"} {
			if got := ask("GET", path, host); got != http.StatusOK {
				t.Errorf("GET %s of host %s: %d", path, host, got)
			}
		}
	}
	if got := ask("DELETE", "/clients/"+c.ID, "evil.example"); got != http.StatusMisdirectedRequest {
		t.Errorf("DELETE: %d", got)
	}
	c.Fence()
}

// Connections to the state API that stay open, with or without a request
// before, shut no lab program out of a process with 256 descriptors, and
// nobody who asks the API.
func TestIdleConnectionsShutNobodyOut(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	log := startProgram(t, []string{"sh", "-c", `ulimit -n 256 && exec "$0" "$@"`}, "relay",
		"-listen", "127.0.0.1:0", "-http", "127.0.0.1:0", "-router", rig.URL(), "-data", t.TempDir())
	relay := Attach(t, log)
	relay.WaitRobot("present")
	stream := relay.Stream("/events")
	addr := strings.TrimPrefix(relay.API, "http://")
	for n := range 260 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if n%2 == 0 {
			continue // says nothing
		}
		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))                           // for a relay that has run out
		_, _ = io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") // the answer tells
		if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
			t.Errorf("the %d. asks in vain: %v", n+1, err)
			break
		}
	}
	relay.Connect().Fence()
	if s := relay.State(); len(s.Clients) != 1 {
		t.Errorf("%d clients", len(s.Clients))
	}
	for e := stream.Next(); !strings.Contains(e.Data, `"remote"`); e = stream.Next() {
	}
}

// Streams are bounded too: who asks once finds room beside them.
func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	for _, path := range []string{"/events", "/messages"} {
		for range 16 {
			relay.Stream(path)
		}
		if status, text := relay.Do("GET", path); status != http.StatusServiceUnavailable || !strings.Contains(text, "16 streams") {
			t.Errorf("one stream too many: %d %s", status, text)
		}
	}
	if status, _ := relay.Do("GET", "/healthz"); status != http.StatusOK {
		t.Errorf("the rest does not work any more: %d", status)
	}
}

// A reader of a stream that stands still is let go.
func TestStreamThatIsNotReadIsClosed(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	conn, err := net.Dial("tcp", strings.TrimPrefix(relay.API, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	fmt.Fprintf(conn, "GET /messages HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
	c := relay.Connect()
	// The stream is closed, with a reset, which a write shows.
	for deadline := time.Now().Add(2 * Patience); ; {
		c.Write(strings.Repeat(Meta("meta_commands", "null")+"\n", 100))
		for range 100 {
			c.Until(`"meta_commands"`)
		}
		_ = conn.SetWriteDeadline(time.Now().Add(time.Millisecond))
		if _, err := io.WriteString(conn, "\r\n"); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the stream is still open")
		}
	}
}

// A relay that could run out of descriptors does not start, and says so.
func TestTooFewDescriptors(t *testing.T) {
	t.Parallel()
	log := startProgram(t, []string{"sh", "-c", `ulimit -n 256 && exec "$0" "$@"`}, "relay",
		"-listen", "127.0.0.1:0", "-http", "127.0.0.1:0", "-data", t.TempDir(), "-max-connections", "200")
	log.WaitFor(t, "relay: -max-connections 200 needs 328 file descriptors in all, and this process may have 256")
}
