package interop

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rawtcpcom/relay/metrics"
	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/testlog"
)

// pace is between the commands of the client under load.
const pace = 2 * time.Millisecond

// Crossbar.io is shut down, and killed, under a client that goes on sending.
// Every message is accounted for: the router took it, or the client is told.
func TestRouterRestartUnderLoad(t *testing.T) {
	onEach(t, func(t *testing.T, router *crossbar) {
		t.Run("shut down", func(t *testing.T) { restartUnderLoad(t, router, func() { router.stop() }) })
		t.Run("killed", func(t *testing.T) { restartUnderLoad(t, router, func() { router.kill() }) })
	})
}

func restartUnderLoad(t *testing.T, router *crossbar, end func()) {
	d := startDriver(t, today, router.Open)
	r := startRelay(t, router.url(router.Open))
	l := startLoad(t, r)
	d.runs("G90 G0 X100")
	end()
	if err := router.start(); err != nil {
		t.Fatal(err)
	}
	l.until(`"already_connected"`) // the driver has kept its slots
	l.stop()
	moves := l.ended()
	l.until(`"flow"`) // everything before it has been answered,
	if err := l.send(relaytest.Meta("flow", "null")); err != nil {
		t.Fatal(err)
	}
	l.until(`"flow"`) // and acknowledged
	l.account(d, moves, count(t, r, metrics.Published))
}

// load is a client that sends numbered moves at a pace, and a question when it
// is stopped. Its goroutines leave what fails to the test's own.
type load struct {
	t     *testing.T
	conn  net.Conn
	lines testlog.Log
	next  int    // index of the first line not waited for
	stop  func() // may be called again
	quit  chan struct{}
	sent  chan sent
}

// sent is what became of the sending.
type sent struct {
	moves int
	err   error
}

func startLoad(t *testing.T, r *relaytest.Relay) *load {
	t.Helper()
	conn, err := net.Dial("tcp", r.Addr)
	if err != nil {
		t.Fatal(err)
	}
	l := &load{t: t, conn: conn, quit: make(chan struct{}), sent: make(chan sent, 1)}
	l.stop = sync.OnceFunc(func() { close(l.quit) })
	var running sync.WaitGroup
	t.Cleanup(func() { l.stop(); conn.Close(); running.Wait() })
	running.Go(func() {
		_, _ = io.Copy(&l.lines, conn) // who waits for a line is told what is missing
		l.lines.End(errors.New("the connection ended without it"))
	})
	l.until(`"result": "success"`)
	running.Go(func() { l.sent <- l.run() })
	return l
}

func (l *load) run() sent {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-tick.C:
			if err := l.send(relaytest.Command("move_to", fmt.Sprintf(`{"X": %d}`, n))); err != nil {
				return sent{n, err}
			}
		case <-l.quit:
			return sent{n, l.send(relaytest.Meta("flow", "null"))}
		}
	}
}

func (l *load) send(message string) error {
	_, err := l.conn.Write([]byte(message + "\n\r"))
	return err
}

// ended is how many moves were sent, when the load has been stopped.
func (l *load) ended() int {
	l.t.Helper()
	s := <-l.sent
	if s.err != nil {
		l.t.Fatalf("the client under load cannot send: %v; it was told:\n%s", s.err, l.lines.Tail())
	}
	return s.moves
}

// until waits for the next line with that text.
func (l *load) until(text string) {
	l.t.Helper()
	var err error
	if _, l.next, err = await(&l.lines, l.next, testlog.Containing(text)); err != nil {
		l.t.Fatalf("the client under load waited for %q: %v", text, err)
	}
}

var numbered = regexp.MustCompile(`"move_to": ?\{"X": (\d+)\}|"param": \{"X": (\d+)\}`)

// numberOf is the number of the move in a text.
func (l *load) numberOf(text string) int {
	l.t.Helper()
	match := numbered.FindStringSubmatch(text)
	if match == nil {
		l.t.Fatalf("about none of the moves: %s", text)
	}
	n, err := strconv.Atoi(match[1] + match[2])
	if err != nil {
		l.t.Fatal(err)
	}
	return n
}

// account holds what was sent against what arrived and what was told.
func (l *load) account(d *driver, sent, published int) {
	l.t.Helper()
	const questions = 2

	told := map[int]string{} // code by move
	taken := 0               // of those, by a router which the relay then saw lose the driver
	codes := map[string]int{}
	for _, line := range l.lines.Lines() {
		m, err := relaytest.ParseMessage(strings.Trim(line, "\r"))
		if err != nil {
			l.t.Fatal(err)
		}
		if m.Type != "error" || m.Error().Received == "" { // or it is about the robot, which is back after a silence
			continue
		}
		n := l.numberOf(m.Error().Received)
		if told[n] != "" {
			l.t.Errorf("two errors about move %d", n)
		}
		told[n] = m.Error().Code
		codes[m.Error().Code]++
		if strings.Contains(m.Error().Text, "the router took") {
			taken++
		}
	}
	arrived := map[int]bool{}
	last := -1
	for _, payload := range d.received("driver") {
		if !strings.Contains(payload, `"move_to"`) {
			continue
		}
		n := l.numberOf(payload)
		if n <= last {
			l.t.Errorf("move %d arrived after move %d", n, last)
		}
		last = n
		arrived[n] = true
		if code := told[n]; code != "" && code != "outcome_unknown" {
			l.t.Errorf("move %d was carried out, and the client was told %s", n, code)
		}
	}
	// Taken by the router, which ended before it handed them on. How many that
	// are is for its and the driver's pace to say; the outage follows, and so
	// do errors, before anything arrives again.
	lost, open := 0, false
	for n := range sent {
		switch {
		case told[n] != "":
			open = false
		case !arrived[n]:
			lost, open = lost+1, true
		case open:
			l.t.Errorf("move %d arrived; some before it did not, with no outage between", n)
			open = false
		}
	}
	report, _ := json.Marshal(codes)
	l.t.Logf("%d moves: %d arrived, %d taken by the router and lost with it; errors %s, %d of them about moves that the router had taken",
		sent, len(arrived), lost, report, taken)
	// The last question may be answered before it is acknowledged.
	if got := published - questions + len(told) - taken; got != sent && got != sent-1 {
		l.t.Errorf("%d moves were sent; the router took %d and the client was told of %d, of which the router had taken %d", sent, published-questions, len(told), taken)
	}
	if len(told) == 0 {
		l.t.Error("the router was away, and the client was told of nothing")
	}
}
