package webguard

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"
)

// The connection at rest for longest makes room; one with a request under way
// never does.
func TestBound(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/slow", func(http.ResponseWriter, *http.Request) { arrived <- struct{}{}; <-release })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := Server(mux, slog.New(slog.DiscardHandler))
	ended := make(chan error)
	bounded := Bound(server, ln, 3)
	// The server calls a connection idle only after its client has the answer.
	idle := make(chan struct{}, 1)
	bound := server.ConnState
	server.ConnState = func(conn net.Conn, state http.ConnState) {
		bound(conn, state)
		if state == http.StateIdle {
			idle <- struct{}{}
		}
	}
	wait := func(signal <-chan struct{}, what string) {
		t.Helper()
		select {
		case <-signal:
		case <-time.After(15 * time.Second):
			t.Fatal(what)
		}
	}
	go func() { ended <- server.Serve(bounded) }()

	dial := func() net.Conn {
		t.Helper()
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(15 * time.Second))
		return conn
	}
	write := func(conn net.Conn, path string) {
		_, _ = io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n") // the answer tells
	}
	answered := func(conn net.Conn) bool {
		t.Helper()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != 200 {
			return false
		}
		wait(idle, "a connection that was answered never came to rest")
		return true
	}
	slow := func() net.Conn {
		t.Helper()
		conn := dial()
		write(conn, "/slow")
		wait(arrived, "a request for which there is room never arrived")
		return conn
	}
	ask := func(conn net.Conn) bool { t.Helper(); write(conn, "/"); return answered(conn) }

	busy := slow()
	first, second := dial(), dial()
	if !ask(first) || !ask(second) {
		t.Error("within the bound somebody is not answered")
	}
	if !ask(first) {
		t.Error("a connection is not kept")
	}
	if third := dial(); !ask(third) {
		t.Error("no room is made")
	}
	if ask(second) {
		t.Error("the one at rest for longest is still there")
	}
	if !ask(first) {
		t.Error("another made room")
	}
	more := []net.Conn{slow(), slow()} // in the places of the two at rest
	if ask(dial()) {
		t.Error("there is room beside three requests under way")
	}
	close(release)
	for _, conn := range append(more, busy) {
		if !answered(conn) {
			t.Error("a request under way made room")
		}
	}
	server.Close()
	if err := <-ended; err != http.ErrServerClosed {
		t.Error(err)
	}
}
