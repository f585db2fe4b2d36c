package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"rawtcpcom/gokrazy/names/report"
	"rawtcpcom/relay/relaytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// terminal is a pseudo terminal, for a console: its path, and the other end.
func terminal(t *testing.T) (string, *os.File) {
	t.Helper()
	far, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	raw, err := far.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var number int
	err = raw.Control(func(fd uintptr) {
		if err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); err == nil {
			number, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprint("/dev/pts/", number)
	near, err := os.OpenFile(path, os.O_RDWR|unix.O_NOCTTY, 0) // held open, or the first writer's end is that of all
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close() })
	return path, far
}

// fakePage answers as the page does, with one broken link or none.
type fakePage struct {
	mu     sync.Mutex
	broken *trouble
}

func (p *fakePage) set(broken *trouble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = broken
}

func (p *fakePage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.URL.Path != "/api/status" {
		http.NotFound(w, r)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"chain": map[string]any{"broken": p.broken}})
}

// What changes is on the screen, also when another console is not there.
func TestScreen(t *testing.T) {
	page := &fakePage{broken: &trouble{Link: "Router", Text: "The robot’s router does not answer.", Do: "Is the robot on?"}}
	server := httptest.NewServer(page)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	t.Cleanup(server.Close)
	names := filepath.Join(t.TempDir(), "names.json")
	tell := func(n report.Names) {
		t.Helper()
		if err := n.Write(names); err != nil {
			t.Fatal(err)
		}
	}
	tell(report.Names{Plain: "rawtcpcom.local", Own: "rawtcpcom-345678.local"})
	console, far := terminal(t)
	shown := relaytest.NewLog()
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(shown, far) })
	defer reading.Wait()
	defer far.Close()

	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	s := newScreen(server.URL, names, []string{filepath.Join(t.TempDir(), "missing", "tty"), console}, slog.New(slog.DiscardHandler))
	running.Go(func() { s.run(ctx) })
	defer running.Wait()
	defer stop()
	shown.WaitFor(t, "Name     rawtcpcom.local, rawtcpcom-345678.local")
	shown.WaitFor(t, "Page     http://rawtcpcom.local/")
	shown.WaitFor(t, "Red      Router: The robot's router does not answer.")
	shown.WaitFor(t, "         Is the robot on?")
	page.set(nil)
	shown.WaitFor(t, "State    all is connected")
	tell(report.Names{Own: "rawtcpcom-345678.local", Wanted: "rawtcpcom.local", TakenBy: "192.0.2.7"})
	shown.WaitFor(t, "Name     rawtcpcom-345678.local")
	if n := strings.Count(shown.String(), "---- rawtcpcom"); n != 3 {
		t.Errorf("it was written %d times:\n%s", n, shown)
	}
}

// A console that stands still, as after Ctrl-S, holds up nothing.
func TestAConsoleThatStandsStill(t *testing.T) {
	path, _ := terminal(t)
	var err error
	for range 100 { // nobody reads, and the terminal holds some 64 KiB
		if err = writeTo(path, strings.Repeat("x", 4096)); err != nil {
			break
		}
	}
	if err == nil {
		t.Fatal("a terminal that nobody reads takes everything")
	}
	t.Log(err)
}

// What changes all the time is not written all the time, and the newest is written
// in the end.
func TestNoFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, written, last := time.Now(), 0, ""
		s := screen{
			look: func(context.Context) (sight, bool) {
				return sight{addresses: []string{"192.0.2.7"}, trouble: trouble{Link: "Router", Text: time.Since(began).String()}}, true
			},
			write: func(text string) { written++; last = text },
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		s.run(ctx)
		if written < 5 || written > 40 {
			t.Errorf("in an hour of changes it was written %d times", written)
		}
		if !strings.Contains(last, "59m") && !strings.Contains(last, "58m") {
			t.Errorf("in the end it was\n%s", last)
		}
	})
}

// While the page is silent for a moment nothing is known; then it says so.
func TestSilentPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		w := &watcher{page: "http://127.0.0.1:1", names: "missing", addresses: func() []string { return nil }, trusted: began}
		ask := func() (sight, bool) {
			ctx, stop := context.WithCancel(t.Context())
			stop() // no network in a bubble
			return w.look(ctx)
		}
		if s, known := ask(); known {
			t.Errorf("at once: %+v", s)
		}
		time.Sleep(patience)
		if s, known := ask(); !known || s.trouble.Link != "Page" {
			t.Errorf("after %v: %+v, %v", patience, s, known)
		}
	})
}

func TestText(t *testing.T) {
	long := strings.Repeat("a long tale ", 50)
	for name, c := range map[string]struct {
		s    sight
		want []string
	}{
		"nothing yet": {sight{}, []string{"Name     none yet", "Address  none yet; is the network cable in?", "Page     none without an address", "State    all is connected"}},
		"no names":    {sight{addresses: []string{"192.0.2.7"}}, []string{"Page     http://192.0.2.7/"}},
		"all": {sight{names: []string{"rawtcpcom.local", "rawtcpcom-345678.local"}, addresses: []string{"192.0.2.7", "2001:db8::7"}},
			[]string{"Address  192.0.2.7, 2001:db8::7", "Page     http://rawtcpcom.local/ or http://192.0.2.7/"}},
		"v6":      {sight{addresses: []string{"2001:db8::7"}}, []string{"http://[2001:db8::7]/"}},
		"waiting": {sight{trouble: trouble{Link: "Client", Text: "No client.", Do: "Connect one.", Waiting: true}}, []string{"State    No client."}},
		"long":    {sight{trouble: trouble{Link: "Router", Text: long, Do: "Look. " + long}}, []string{" Look. ", "..."}},
		"signs":   {sight{trouble: trouble{Link: "Router", Text: "“ws://\x1b[2J”…\r\nü"}}, []string{`Red      Router: "ws://?[2J"... ?`}},
		"wide":    {sight{addresses: strings.Fields(strings.Repeat("2001:db8::7 ", 50))}, []string{", 2..."}},
	} {
		t.Run(name, func(t *testing.T) {
			text := c.s.text()
			for _, w := range c.want {
				if !strings.Contains(text, w) {
					t.Errorf("it lacks %q:\n%s", w, text)
				}
			}
			lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
			if len(lines) > maxLines {
				t.Errorf("it has %d lines:\n%s", len(lines), text)
			}
			for _, line := range lines {
				if len(line) > width || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) {
					t.Errorf("no console takes the line %q", line)
				}
			}
		})
	}
}
