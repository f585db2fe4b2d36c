package console

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rawtcpcom/relay/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	hello   = `{"type":"TCP handshake","data":{"message":{"Start-up":"initalized"}}}`
	welcome = `{"type":"TCP handshake","data":{"message":{"result":"success"}}}`
	refused = `{"type":"TCP handshake","data":{"message":{"result":"failed"}}}`
)

// relay accepts the console, one connection at a time, with a greeting, and
// tells the lines that it gets.
type relay struct {
	ln    net.Listener
	greet []string

	lines chan string
	conns chan net.Conn
	done  sync.WaitGroup
}

func newRelay(t *testing.T, greet ...string) *relay {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{ln: ln, greet: greet, lines: make(chan string, 100), conns: make(chan net.Conn, 10)}
	r.done.Go(r.serve)
	t.Cleanup(func() {
		ln.Close()
		r.done.Wait()
	})
	return r
}

func (r *relay) serve() {
	for {
		c, err := r.ln.Accept()
		if err != nil {
			return
		}
		for _, g := range r.greet {
			fmt.Fprintf(c, "%s\n\r", g)
		}
		r.conns <- c
		in := bufio.NewScanner(c)
		for in.Scan() {
			if line := strings.TrimSpace(in.Text()); line != "" {
				r.lines <- line
			}
		}
		r.lines <- "closed"
		c.Close()
	}
}

// start runs a console until the test ends.
func start(t *testing.T, address string, idle time.Duration) *Console {
	t.Helper()
	c := New(address)
	c.idle = idle
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { c.Run(ctx) })
	t.Cleanup(func() {
		stop()
		done.Wait()
	})
	return c
}

func (r *relay) expect(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-r.lines:
		if got != want {
			t.Fatalf("the relay got %q, want %q", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("the relay did not get %q", want)
	}
}

// shows waits for a line of the console.
func shows(t *testing.T, c *Console, kind, part string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		for _, l := range c.After(0) {
			if l.Kind == kind && strings.Contains(l.Text, part) {
				return
			}
		}
		if time.Now().After(end) {
			t.Fatalf("the console does not show a %s line with %q: %+v", kind, part, c.After(0))
		}
	}
}

func TestSend(t *testing.T) {
	r := newRelay(t, hello, welcome)
	c := start(t, r.ln.Addr().String(), time.Minute)
	if err := c.Send(t.Context(), "one", "two"); err != nil {
		t.Fatal(err)
	}
	r.expect(t, "one")
	r.expect(t, "two")
	fmt.Fprint(<-r.conns, "{\"reply\":1}\n\r")
	shows(t, c, "sent", "two")
	shows(t, c, "received", `{"reply":1}`)
	if err := c.Send(t.Context(), "three"); err != nil {
		t.Fatal(err)
	}
	r.expect(t, "three")
	if len(r.conns) != 0 {
		t.Error("the console connected once more")
	}
}

func TestLeavesWhenIdle(t *testing.T) {
	r := newRelay(t, hello, welcome)
	c := start(t, r.ln.Addr().String(), 50*time.Millisecond)
	for range 2 {
		if err := c.Send(t.Context(), "one"); err != nil {
			t.Fatal(err)
		}
		r.expect(t, "one")
		r.expect(t, "closed")
	}
	shows(t, c, "note", "without a message")
}

func TestNothingIsSentToARelayThatRefuses(t *testing.T) {
	r := newRelay(t, hello, refused)
	c := start(t, r.ln.Addr().String(), time.Minute)
	if err := c.Send(t.Context(), "home"); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("sent to a relay that refuses: %v", err)
	}
	r.expect(t, "closed")
}

func TestNothingIsSentAfterThePersonLeft(t *testing.T) {
	r := newRelay(t, hello) // the handshake hangs
	c := start(t, r.ln.Addr().String(), time.Minute)
	ctx, leave := context.WithCancel(t.Context())
	sent := make(chan error, 1)
	go func() { sent <- c.Send(ctx, "home") }()
	conn := <-r.conns
	leave()
	if err := <-sent; err == nil {
		t.Error("no error")
	}
	fmt.Fprintf(conn, "%s\n\r", welcome)
	// The next one goes through the same connection: had "home" been sent, it
	// would come first.
	if err := c.Send(t.Context(), "positions"); err != nil {
		t.Fatal(err)
	}
	r.expect(t, "positions")
}

func TestBusyWhileTheHandshakeHangs(t *testing.T) {
	r := newRelay(t, hello)
	c := start(t, r.ln.Addr().String(), time.Minute)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	first := make(chan error, 1)
	go func() { first <- c.Send(ctx, "one") }()
	conn := <-r.conns
	if err := c.Send(t.Context(), "two"); err == nil || !strings.Contains(err.Error(), "busy") {
		t.Errorf("the second message: %v", err)
	}
	fmt.Fprintf(conn, "%s\n\r", welcome)
	if err := <-first; err != nil {
		t.Error(err)
	}
	r.expect(t, "one")
}

func TestRelayAway(t *testing.T) {
	r := newRelay(t)
	r.ln.Close()
	c := start(t, r.ln.Addr().String(), time.Minute)
	if err := c.Send(t.Context(), "one"); err == nil || !strings.Contains(err.Error(), "is the relay running?") {
		t.Errorf("sent to nobody: %v", err)
	}
}

func TestRelayCloses(t *testing.T) {
	r := newRelay(t, hello, welcome)
	c := start(t, r.ln.Addr().String(), time.Minute)
	if err := c.Send(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	r.expect(t, "one")
	(<-r.conns).Close()
	shows(t, c, "note", "closed the connection")
	r.expect(t, "closed")
	if err := c.Send(t.Context(), "two"); err != nil {
		t.Fatal(err)
	}
	r.expect(t, "two")
}

func TestBadMessages(t *testing.T) {
	c := New("127.0.0.1:1")
	for _, m := range []string{"", "  ", "a\nb", "a\rb", strings.Repeat("x", MaxMessage+1)} {
		if err := c.Send(t.Context(), "good", m); err == nil {
			t.Errorf("a message of %d bytes, %.10q, is taken", len(m), m)
		}
	}
}

func TestLinesStayFew(t *testing.T) {
	c := New("")
	for range 1000 {
		c.add("received", strings.Repeat("ä", shownLine))
	}
	lines := c.After(0)
	if len(lines) != keptLines || len(lines[0].Text) > shownLine+10 || lines[keptLines-1].N != 1000 {
		t.Errorf("%d lines of %d bytes", len(lines), len(lines[0].Text))
	}
	if more := c.After(998); len(more) != 2 {
		t.Errorf("%d lines after 998", len(more))
	}
}

func TestActions(t *testing.T) {
	for software, d := range Dialects {
		for _, a := range d.Actions {
			if got, ok := Find(software, a.Name); !ok || len(got.Messages) == 0 || a.Label == "" {
				t.Errorf("%s: action %+v", software, a)
			}
		}
		if _, ok := Find(software, "jump"); ok {
			t.Errorf("%s: there is an action jump", software)
		}
	}
}

// What a button sends is what the relay takes.
func TestActionsAreMessagesOfTheirDialect(t *testing.T) {
	parse := map[string]func([]byte) (wire.Message, *wire.Error){
		string(wire.Driver): func(frame []byte) (wire.Message, *wire.Error) { return wire.Parse(frame, wire.Rules{}) },
		string(wire.OTone):  wire.ParseOTone,
	}
	for software, d := range Dialects {
		for _, a := range append(d.Actions, Action{Name: "example", Messages: []string{d.Example}}) {
			for _, text := range a.Messages {
				if m, e := parse[software]([]byte(text)); e != nil || m.Urgent() {
					t.Errorf("%s: %s: %v", software, text, e)
				}
			}
		}
	}
}
