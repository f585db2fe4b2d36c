package relaytest

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"rawtcpcom/relay/program"
)

// Relay is a relay that runs in this process.
type Relay struct {
	Addr string // where TCP clients connect
	API  string // http://host:port of the state API
	Log  *Log   // its stderr
	Out  *Log   // its stdout

	t      testing.TB
	cancel context.CancelFunc
	done   chan struct{}
	code   int
}

// StartRelay runs the relay against the rig's router, with further arguments.
func (r *Rig) StartRelay(args ...string) *Relay {
	r.t.Helper()
	return Start(r.t, append([]string{"-router", r.URL(), "-data", r.Data}, args...)...)
}

var addresses = regexp.MustCompile(`msg="relay starts".* listen=(\S+) http=(\S+) `)

// Start runs the relay with these arguments, and free ports unless they name
// some, until it listens. It stops with the test.
func Start(t testing.TB, args ...string) *Relay {
	t.Helper()
	r := Launch(t, append([]string{"-listen", "127.0.0.1:0", "-http", "127.0.0.1:0"}, args...)...)
	r.Log.Wait(t, "the relay starts", func(log string) bool {
		select {
		case <-r.done:
			t.Fatalf("the relay ended with code %d:\n%s", r.code, log)
		default:
		}
		return addresses.MatchString(log)
	})
	r.findAddresses()
	return r
}

// Attach finds a relay that runs in another process by its log.
func Attach(t testing.TB, stderr *Log) *Relay {
	t.Helper()
	stderr.Wait(t, "the relay starts", addresses.MatchString)
	r := &Relay{Log: stderr, t: t}
	r.findAddresses()
	return r
}

func (r *Relay) findAddresses() {
	match := addresses.FindStringSubmatch(r.Log.String())
	r.Addr, r.API = match[1], "http://"+match[2]
}

// Launch runs the relay with exactly these arguments and does not wait for it.
func Launch(t testing.TB, args ...string) *Relay {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &Relay{Log: NewLog(), Out: NewLog(), t: t, cancel: cancel, done: make(chan struct{})}
	go func() {
		code := program.Run(ctx, args, r.Out, r.Log)
		r.code = code
		close(r.done)
		r.Log.wake()
	}()
	t.Cleanup(func() {
		r.Stop()
		if t.Failed() {
			t.Logf("log of relay %s:\n%s", strings.Join(args, " "), r.Log)
		}
	})
	return r
}

// Stop asks the relay to stop, as SIGTERM does, and returns its exit code.
func (r *Relay) Stop() int {
	r.t.Helper()
	r.cancel()
	return r.Wait()
}

// Wait waits for the relay to end and returns its exit code.
func (r *Relay) Wait() int {
	r.t.Helper()
	select {
	case <-r.done:
	case <-time.After(Patience):
		r.t.Errorf("the relay does not end; its log:\n%s", r.Log)
		<-r.done // goroutines of its own would be blamed on other tests
	}
	return r.code
}

// Log collects what is written and can be waited for.
type Log struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

// NewLog makes an empty log.
func NewLog() *Log { return &Log{changed: make(chan struct{})} }

// Write appends to the log.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	n, err := l.text.Write(b)
	l.mu.Unlock()
	l.wake()
	return n, err
}

func (l *Log) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Wait returns when cond holds for the whole text.
func (l *Log) Wait(t testing.TB, what string, cond func(text string) bool) {
	t.Helper()
	timeout := time.NewTimer(Patience)
	defer timeout.Stop()
	for {
		l.mu.Lock()
		changed := l.changed
		l.mu.Unlock()
		if cond(l.String()) {
			return
		}
		select {
		case <-changed:
		case <-timeout.C:
			t.Fatalf("not in the log: %s", what)
		}
	}
}

// WaitFor returns when the log holds the text.
func (l *Log) WaitFor(t testing.TB, text string) {
	t.Helper()
	l.Wait(t, text, func(log string) bool { return strings.Contains(log, text) })
}
