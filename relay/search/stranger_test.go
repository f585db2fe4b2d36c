package search_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// Who passes for a router and sends what takes memory gets none: the box has little,
// and dozens of addresses may be one stranger's.
func TestAStrangerWithLongMessages(t *testing.T) {
	p := port(t)
	upgrade := websocket.Upgrader{Subprotocols: []string{"wamp.2.json"}}
	serve := func(host string, message []byte) {
		t.Helper()
		s := &httptest.Server{Listener: listen(t, at(host, p)), Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, err := upgrade.Upgrade(w, r, nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_, _, _ = conn.ReadMessage()
			_ = conn.WriteMessage(websocket.TextMessage, message) // it may be cut off
			_, _, _ = conn.ReadMessage()
		})}}
		s.Start()
		t.Cleanup(s.Close)
	}
	serve("127.0.0.65", []byte(`[3,{},"`+strings.Repeat("x", 10_000)+`"]`))
	long := append(append([]byte("[2,1,["), bytes.Repeat([]byte("0,"), 3<<20)...), "0]]"...)
	for _, host := range []string{"127.0.0.66", "127.0.0.67"} {
		serve(host, long)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	found := run(t, p)
	runtime.ReadMemStats(&after)
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 20 {
		t.Errorf("it took %d MiB", used)
	}
	if len(found) != 3 {
		t.Errorf("found %d", len(found))
	}
	for _, f := range found {
		if len(f.Text) > 300 {
			t.Errorf("%s says %d bytes", f.URL, len(f.Text))
		}
	}
}
