package tcp_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/broadcast"
	"rawtcpcom/relay/metrics"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/relay/testlog"
)

func newDoor() (*tcp.Door, *testlog.Log) {
	log := &testlog.Log{}
	return &tcp.Door{Log: slog.New(slog.NewTextHandler(log, nil)), Metrics: metrics.New(func() state.State { return state.State{} }, func() int { return 0 })}, log
}

func closed(d *tcp.Door, reason tcp.Reason) int { return counted(d, metrics.Closed, string(reason)) }

// counted is a counter with a label, 0 where there is none.
func counted(d *tcp.Door, name, label string) int {
	families, _ := d.Metrics.Registry.Gather()
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && m.GetLabel()[0].GetValue() == label {
				return int(m.GetCounter().GetValue())
			}
		}
	}
	return 0
}

// A browser is answered as browsers are and never becomes a client; what it
// sends is not handed on, in however many packets it comes.
func TestBrowserIsNoClient(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	h := newHandler("")
	door, log := newDoor()
	serve(t, &tcp.Server{Handler: h, FirstBytes: 10 * time.Second, PagePort: 8000, Door: door}, ln)
	const request = "POST / HTTP/1.1\r\nHost: x\r\n\r\n{\"home\": 1}\n"
	for n, pieces := range [][]string{{request}, {"PO", "ST", " / HTTP/1.1\r\n\r\n"}} {
		conn, _ := dial(t, ln)
		for _, piece := range pieces {
			_, _ = io.WriteString(conn, piece) // it may be closed already
		}
		answer, err := io.ReadAll(conn)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"HTTP/1.1 400 ", "text/plain", "Connection: close", "\r\n\r\nthis is no web server", "http://127.0.0.1:8000/\n"} {
			if !strings.Contains(string(answer), want) {
				t.Errorf("not %q in the answer %q", want, answer)
			}
		}
		if got := closed(door, tcp.NotOurProtocol); got != n+1 {
			t.Errorf("%d are counted, not %d", got, n+1)
		}
		if told := door.TurnedAway(); told.Count != uint64(n+1) || told.Reason != "not_our_protocol" || told.Remote != conn.LocalAddr().String() || told.Last.IsZero() {
			t.Errorf("the state has %+v", told)
		}
	}
	if strings.Count(log.String(), "reason=not_our_protocol") != 2 {
		t.Error("not logged")
	}
	if resp, err := http.Get("http://" + ln.Addr().String()); err != nil || resp.StatusCode != http.StatusBadRequest {
		t.Errorf("an HTTP client: %v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
	if len(h.conns) > 0 {
		t.Error("it became a client")
	}
}

// What comes late, after the greeting, is judged in the same way.
func TestLateStrangerIsExpelled(t *testing.T) {
	t.Parallel()
	for first, want := range map[string]string{
		"POST / HTTP/1.1\r\n\r\n":  "this is no web server",
		"\x16\x03\x01\x02\x00\x01": "without TLS",
		"\x00\x03\x00\x00":         "no text in UTF-8",
	} {
		ln := listen(t)
		h := newHandler("")
		door, _ := newDoor()
		serve(t, &tcp.Server{Handler: h, FirstBytes: time.Millisecond, Door: door}, ln)
		conn, lines := dial(t, ln)
		next(t, lines, "hello")
		fmt.Fprint(conn, first, "{\"home\": 1}\n")
		if reason := <-h.left; reason != tcp.NotOurProtocol {
			t.Errorf("%q: closed as %q", first, reason)
		}
		rest, err := io.ReadAll(conn)
		if err != nil || !strings.Contains(string(rest), "closing: ") || !strings.Contains(string(rest), want) || strings.Contains(string(rest), "home") {
			t.Errorf("%q: the answer is %q, %v", first, rest, err)
		}
		if door.TurnedAway().Count != 1 || closed(door, tcp.NotOurProtocol) != 0 {
			t.Error("it is counted by who takes leave of it, and remembered")
		}
	}
}

// Whoever types rubbish is answered and served; whoever has sent messages and
// goes on as HTTP is not.
func TestPersonIsServed(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	h := newHandler("")
	serve(t, &tcp.Server{Handler: h, FirstBytes: time.Millisecond}, ln)
	conn, lines := dial(t, ln)
	next(t, lines, "hello")
	for _, typed := range []string{"help\n", "MOVE X100\r\n", "{\"n\": 1}\n"} {
		fmt.Fprint(conn, typed)
	}
	next(t, lines, `{"n": 1}`)
	fmt.Fprint(conn, "GET / HTTP/1.1\r\n\r\n{\"n\": 2}\n")
	next(t, lines, "HTTP/1.1 400")
	if reason := <-h.left; reason != tcp.NotOurProtocol {
		t.Errorf("closed as %q", reason)
	}
}

// For each reason who is turned away is answered, counted, logged and
// remembered in the same way.
func TestOneDoor(t *testing.T) {
	t.Parallel()
	for reason, admit := range map[tcp.Reason]*tcp.Admission{
		tcp.NotAllowed: {PerAddress: 10, InAll: 10},
		tcp.TooMany:    {Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, PerAddress: 0, InAll: 10},
	} {
		ln := listen(t)
		door, log := newDoor()
		serve(t, &tcp.Server{Handler: newHandler(""), Admit: admit, Door: door}, ln)
		conn, _ := dial(t, ln)
		told, _ := io.ReadAll(conn) // a reset, where nothing is told
		wantTold := reason != tcp.NotAllowed
		if strings.Contains(string(told), `"result": "failed"`) != wantTold || strings.Contains(string(told), `"code": "busy"`) != wantTold {
			t.Errorf("%s: told %q", reason, told)
		}
		if last := door.TurnedAway(); closed(door, reason) != 1 || last.Count != 1 || last.Reason != string(reason) || strings.Count(log.String(), "reason="+string(reason)) != 1 {
			t.Errorf("%s: counted %d, %+v", reason, closed(door, reason), last)
		}
		if busy := counted(door, metrics.Errors, "busy"); (busy == 1) != wantTold {
			t.Errorf("%s: %v busy lines", reason, busy)
		}
	}
}

// A scan of the port does not flood the log, which says how much it left out.
func TestTurnedAwayDoNotFloodTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		door, log := newDoor()
		pipes := pipes{make(chan net.Conn), make(chan struct{})}
		stop := serve(t, &tcp.Server{Handler: newHandler(""), Admit: &tcp.Admission{}, Door: door}, pipes)
		for range 1000 {
			pipes.conns <- deadConn{err: io.EOF}
		}
		synctest.Wait()
		if n := strings.Count(log.String(), "turned away"); n != 5 || door.TurnedAway().Count != 1000 {
			t.Errorf("%d lines for %d", n, door.TurnedAway().Count)
		}
		time.Sleep(time.Minute)
		pipes.conns <- deadConn{err: io.EOF}
		synctest.Wait()
		if strings.Count(log.String(), "not_logged_before=995") != 1 {
			t.Error("what was left out is not told")
		}
		stop()
	})
}

type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l pipes) Accept() (net.Conn, error) { return oneConn(l).Accept() }
func (l pipes) Close() error              { close(l.closed); return nil }
func (l pipes) Addr() net.Addr            { return &net.TCPAddr{} }

// However many are turned away, only some of their connections are kept until
// the answer is read; the others end at once.
func TestTurnedAwayLingerInBounds(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	door, _ := newDoor()
	var changed broadcast.Signal
	door.Changed = changed.Notify
	admit := &tcp.Admission{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, PerAddress: 0, InAll: 10}
	serve(t, &tcp.Server{Handler: newHandler(""), Admit: admit, Door: door}, ln)
	const many = 8 * tcp.Lingering
	conns := make([]net.Conn, 0, many)
	began := time.Now()
	for range many {
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			continue // aborted before it was told that it is there
		}
		defer conn.Close()
		conns = append(conns, conn)
	}
	patience, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	if err := changed.Until(patience, func() bool { return door.TurnedAway().Count == many }); err != nil {
		t.Fatalf("%d of %d are turned away: %v", door.TurnedAway().Count, many, err)
	}
	aborted := 0
	for _, conn := range conns {
		_ = conn.SetDeadline(time.Now().Add(15 * time.Second))
		if told, err := io.ReadAll(conn); err != nil && len(told) == 0 {
			aborted++
		}
	}
	// Each second, as many as may linger are done with it.
	most := tcp.Lingering * (2 + int(time.Since(began)/time.Second))
	if kept := len(conns) - aborted; kept > most {
		t.Errorf("%d of %d were kept, more than %d", kept, many, most)
	}
}
