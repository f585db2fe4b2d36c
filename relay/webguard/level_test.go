package webguard

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"
)

// A machine that has a slow request on each connection there is keeps no other from
// the server, and another's request under way is left alone.
func TestSlowRequestsOfOneMachine(t *testing.T) {
	const most = 8
	arrived := make(chan struct{}, most)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /halt", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /slow", func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		_, _ = io.Copy(io.Discard, r.Body) // ends with the connection
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := Server(mux, slog.New(slog.DiscardHandler))
	ended := make(chan error)
	bounded := Bound(server, ln, most)
	go func() { ended <- server.Serve(bounded) }()
	defer func() {
		server.Close()
		<-ended
	}()
	ask := func(from, path string) net.Conn {
		t.Helper()
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		conn, err := dialer.DialContext(context.Background(), "tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.WriteString(conn, "POST "+path+" HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{") // the answer tells
		return conn
	}
	answered := func(conn net.Conn) bool {
		_, _ = io.WriteString(conn, "}")
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		return err == nil && resp.StatusCode < 300
	}
	other := ask("127.0.0.3", "/slow")
	<-arrived
	for range most - 1 {
		ask("127.0.0.2", "/slow")
		<-arrived
	}
	if !answered(ask("127.0.0.1", "/halt")) {
		t.Error("a halt does not get through")
	}
	if !answered(other) {
		t.Error("another's request under way made room")
	}
}
