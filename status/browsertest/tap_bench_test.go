package browsertest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// BenchmarkWatched measures what it costs the relay that status watches it
// and a page is open: two relays on one router, one of them watched, take
// turns in passing commands as fast as they can. Where all share two cores
// the throughput also pays for what status and the page do themselves; the
// relay's own share is in its processor time.
//
//	go test ./status/browsertest -run '^$' -bench Watched -benchtime 20x
//
// The run where nobody watches either of them shows how far such figures are
// to be trusted on the machine.
func BenchmarkWatched(b *testing.B) {
	b.Run("by nobody", func(b *testing.B) { compare(b, false) })
	b.Run("by status and a page", func(b *testing.B) { compare(b, true) })
}

func compare(b *testing.B, watch bool) {
	if programs.chrome == "" || programs.err != nil {
		b.Fatal("the programs were not built:", programs.err)
	}
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	defer router.Close()
	robot, err := simulator.StartDriver(b.Context(), simulator.RobotConfig{URL: router.URL(), RecordLimit: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer robot.Close()
	alone, watched := newLoad(b, router.URL()), newLoad(b, router.URL())
	if watch {
		watched.status = start(b, "status", "-http", watched.page, "-relay", "http://"+watched.api)
		closePage := watched.openStream(b)
		defer closePage()
	}

	const messages = 10_000
	alone.run(b, messages)
	watched.run(b, messages)
	var slower, dearer []float64
	var rate []float64
	for turn := 0; b.Loop(); turn++ {
		var ta, ca, tw, cw time.Duration
		if turn%2 == 0 {
			ta, ca = alone.run(b, messages)
		}
		tw, cw = watched.run(b, messages)
		if turn%2 == 1 {
			ta, ca = alone.run(b, messages)
		}
		slower = append(slower, tw.Seconds()/ta.Seconds())
		dearer = append(dearer, cw.Seconds()/ca.Seconds())
		rate = append(rate, messages/ta.Seconds())
	}
	b.ReportMetric(100*(median(slower)-1), "%-slower")
	b.ReportMetric(100*(median(dearer)-1), "%-relay-cpu")
	b.ReportMetric(median(rate), "commands/s-alone")
}

func median(list []float64) float64 { return slices.Sorted(slices.Values(list))[len(list)/2] }

// load is a relay with a client that keeps it busy.
type load struct {
	box
	client *relaytest.Client
}

func newLoad(b *testing.B, router string) *load {
	b.Helper()
	l := &load{box: box{tcp: freeAddr(b), api: freeAddr(b), page: freeAddr(b)}}
	l.relay = start(b, "relay", "-listen", l.tcp, "-http", l.api, "-data", b.TempDir(), "-router", router)
	listens(b, l.api)
	l.client = l.connect(b)
	l.client.Until(`"type": "handshake"`)
	return l
}

// listens waits until somebody listens there.
func listens(b *testing.B, addr string) {
	b.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(end) {
			b.Fatal(err)
		}
	}
}

// openStream follows the page's events, as a browser does.
func (l *load) openStream(b *testing.B) (stop func()) {
	b.Helper()
	listens(b, l.page)
	resp, err := http.Get("http://" + l.page + "/api/events")
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, resp.Body)
	}()
	return func() {
		resp.Body.Close()
		<-done
	}
}

// run passes n commands, some at a time, and tells how long that took and how
// much processor time the relay used.
func (l *load) run(b *testing.B, n int) (took, cpu time.Duration) {
	b.Helper()
	const window = 64
	const command = `{"topic":"driver","type":"meta","name":null,"message":"drivers","param":null}`
	before, began := l.cpu(b), time.Now()
	for sent, got := 0, 0; got < n; got++ {
		for sent < n && sent-got < window {
			l.client.Send(command)
			sent++
		}
		for !strings.Contains(l.client.Line(), `"drivers"`) {
		}
	}
	return time.Since(began), l.cpu(b) - before
}

// cpu is the processor time of the relay so far; the kernel counts it in
// hundredths of a second (proc(5), utime and stime).
func (l *load) cpu(b *testing.B) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", l.relay.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}
