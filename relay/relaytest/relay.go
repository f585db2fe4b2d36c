package relaytest

import (
	"context"
	"fmt"
	"regexp"
	"strings"
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
	r.findAddresses()
	return r
}

// Attach finds a relay that runs in another process by its log.
func Attach(t testing.TB, stderr *Log) *Relay {
	t.Helper()
	r := &Relay{Log: stderr, t: t}
	r.findAddresses()
	return r
}

func (r *Relay) findAddresses() {
	r.t.Helper()
	match := addresses.FindStringSubmatch(r.Log.Wait(r.t, "the relay starts", addresses.MatchString))
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
		ended := fmt.Errorf("the relay ended with code %d", code)
		r.Log.End(ended)
		r.Out.End(ended)
		close(r.done)
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
