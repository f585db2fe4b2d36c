package program

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/simulator"
)

// toyTime is how long the test waits for anything; a loaded machine is slow.
const toyTime = 30 * time.Second

// A further dialect is one package, here toy_test.go, and one row of backends.
func TestAFurtherDialect(t *testing.T) {
	r := runToy(t)
	first, second := r.connect(), r.connect()
	first.waitFor("success")
	second.waitFor("success")

	first.send(`{"go":"up"}`)
	second.send(`{"go":"down"}`)
	first.waitFor(`"did":"up"`)
	second.waitFor(`"did":"down"`)
	first.send(`{"stay":"here"}`)
	first.waitFor(`a message is {\"go\": ...}`)

	r.robot.leave()
	first.waitForAnswer(`{"go":"up"}`, "the toy is absent: nobody plays")
	r.join()
	first.waitForAnswer(`{"go":"up"}`, `"did":"up"`)

	// Who has commanded it and leaves has it stopped (-on-disconnect).
	_ = first.conn.Close()
	second.waitFor("commanded the robot and has left")
	r.robot.waitFor(toyMessage{ID: first.id, Go: "stop"})
}

// toyRig is the relay with a toy.
type toyRig struct {
	t     *testing.T
	url   string
	port  string
	robot *toyRobot
}

// runToy runs all of the relay but for the command line's -backend, and the
// simulator's router in it.
func runToy(t *testing.T) *toyRig {
	r := &toyRig{t: t}
	o, err := parseOptions([]string{"-simulate", "-listen", "127.0.0.1:0", "-http", "", "-data", t.TempDir(), "-on-disconnect", "clear"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	o.backend = backend{toyDialect, newToy, start(func(_ context.Context, cfg simulator.RobotConfig) (*toyRobot, error) {
		r.url = cfg.URL
		r.join()
		return r.robot, nil
	}), `    {"go":"up"}`}
	ctx, cancel := context.WithCancel(t.Context())
	welcomed := make(chan string, 1)
	var running sync.WaitGroup
	running.Go(func() {
		defer close(welcomed)
		if err := serve(ctx, o, said(welcomed), slog.New(slog.DiscardHandler)); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(running.Wait)
	t.Cleanup(cancel)
	port := regexp.MustCompile(`nc 127\.0\.0\.1 (\d+)`).FindStringSubmatch(<-welcomed)
	if port == nil {
		t.Fatal("the relay did not say where it listens")
	}
	r.port = port[1]
	return r
}

// said passes on what is written.
type said chan<- string

func (s said) Write(p []byte) (int, error) {
	s <- string(p)
	return len(p), nil
}

// toyRobot is on the router.
type toyRobot struct {
	t       *testing.T
	wamp    *client.Client
	heard   chan toyMessage
	answers chan string   // to be published
	done    chan struct{} // closed when all are
	left    sync.Once
}

// join has a robot on the router.
func (r *toyRig) join() {
	c, err := client.ConnectNet(r.t.Context(), r.url, client.Config{
		Realm: "ot_realm", Serialization: client.JSON, ResponseTimeout: toyTime, Logger: log.New(io.Discard, "", 0),
	})
	if err != nil {
		r.t.Error(err)
		return
	}
	r.robot = &toyRobot{t: r.t, wamp: c, heard: make(chan toyMessage, 1000), answers: make(chan string, 1000), done: make(chan struct{})}
	go r.robot.answer()
	if err := c.Subscribe(toyIn, r.robot.take, nil); err != nil {
		r.t.Error(err)
	}
	r.t.Cleanup(r.robot.leave)
}

func (b *toyRobot) take(e *wamp.Event) {
	var m toyMessage
	text, _ := wamp.AsString(e.Arguments[0])
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		b.t.Errorf("the robot got %v: %v", e.Arguments, err)
	}
	b.heard <- m
	b.answers <- fmt.Sprintf(`{"id":%q,"did":%q}`, m.ID, m.Go)
}

// answer publishes what take has to say: nexus's client cannot be closed while a
// handler of its own publishes.
func (b *toyRobot) answer() {
	defer close(b.done)
	for answer := range b.answers {
		if err := b.wamp.Publish(toyOut, nil, wamp.List{answer}, nil); err != nil {
			b.t.Error(err)
		}
	}
}

func (b *toyRobot) waitFor(want toyMessage) {
	b.t.Helper()
	timeout := time.After(toyTime)
	for {
		select {
		case m := <-b.heard:
			if m == want {
				return
			}
		case <-timeout:
			b.t.Fatalf("the robot did not get %+v", want)
		}
	}
}

func (b *toyRobot) leave() {
	b.left.Do(func() {
		if err := b.wamp.Unsubscribe(toyIn); err != nil {
			b.t.Error(err)
		}
		close(b.answers) // none is added any more
		<-b.done
		_ = b.wamp.Close()
	})
}

// Close is for the simulation, which ends with the relay.
func (b *toyRobot) Close() {}

// toyUser is a client.
type toyUser struct {
	t     *testing.T
	conn  net.Conn
	lines *bufio.Scanner
	id    string
}

func (r *toyRig) connect() *toyUser {
	r.t.Helper()
	conn, err := net.Dial("tcp", "127.0.0.1:"+r.port)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(toyTime))
	u := &toyUser{t: r.t, conn: conn, lines: bufio.NewScanner(conn)}
	var notice struct{ To string }
	if err := json.Unmarshal([]byte(u.waitFor("initalized")), &notice); err != nil {
		r.t.Fatal(err)
	}
	u.id = notice.To
	return u
}

func (u *toyUser) send(line string) {
	u.t.Helper()
	if _, err := fmt.Fprintf(u.conn, "%s\n", line); err != nil {
		u.t.Fatal(err)
	}
}

// waitFor returns the next line that holds a text.
func (u *toyUser) waitFor(text string) string {
	u.t.Helper()
	for u.lines.Scan() {
		if strings.Contains(u.lines.Text(), text) {
			return u.lines.Text()
		}
	}
	u.t.Fatalf("no line with %q: %v", text, u.lines.Err())
	return ""
}

// waitForAnswer sends a line until it is answered with a text, since the robot may
// not have been missed or found again yet.
func (u *toyUser) waitForAnswer(line, text string) {
	u.t.Helper()
	for {
		u.send(line)
		if !u.lines.Scan() {
			u.t.Fatalf("%s is not answered with %q: %v", line, text, u.lines.Err())
		}
		if strings.Contains(u.lines.Text(), text) {
			return
		}
	}
}
