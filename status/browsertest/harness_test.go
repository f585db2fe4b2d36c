// Package browsertest looks at the page as a person does: with a real browser,
// on the real programs, with a real router and robot behind them.
package browsertest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"rawtcpcom/relay/procgroup"
	"rawtcpcom/relay/relaytest"
)

// patience is how long anything on the page may take, on a busy machine.
const patience = 30 * time.Second

var programs struct {
	dir    string
	chrome string
	err    error
}

func TestMain(m *testing.M) { os.Exit(prepare(m)) }

// prepare builds both programs once for all tests.
func prepare(m *testing.M) int {
	dir, err := os.MkdirTemp("", "browsertest")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	programs.dir = dir
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			programs.chrome = path
			break
		}
	}
	if programs.chrome != "" {
		out, err := exec.Command("go", "build", "-ldflags", "-X rawtcpcom/status/monitor.uptimeFile="+uptimeFile(), "-o", dir+"/", "rawtcpcom/relay", "rawtcpcom/status").CombinedOutput()
		if err != nil {
			programs.err = fmt.Errorf("building the programs: %w\n%s", err, out)
		}
	}
	return m.Run()
}

// uptimeFile is what the page takes for the kernel's. While it is not there, the
// time since power-on is that of the page's program.
func uptimeFile() string { return filepath.Join(programs.dir, "uptime") }

// need skips the test where there is no browser, but never in CI.
func need(t *testing.T) {
	t.Helper()
	if programs.chrome == "" {
		const remedy = "there is no Chromium here; apt-get install chromium brings it in"
		if os.Getenv("CI") == "true" {
			t.Fatal(remedy)
		}
		t.Skip(remedy)
	}
	if programs.err != nil {
		t.Fatal(programs.err)
	}
}

// freeAddr is an address on which nobody listens.
func freeAddr(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// program is one that runs until the test ends.
type program struct {
	cmd   *exec.Cmd
	group *procgroup.Group
	log   *os.File
	done  chan struct{}
}

func start(t testing.TB, name string, args ...string) *program {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	p := &program{cmd: exec.Command(filepath.Join(programs.dir, name), args...), log: log, done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if p.group, err = procgroup.Start(p.cmd); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // how it ended is in ProcessState
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("the log of %s:\n%s", name, text)
		}
		log.Close()
	})
	return p
}

func (p *program) kill() {
	p.group.Kill() // it may have ended already
	<-p.done
}

// stop is SIGTERM; it returns the exit code and how long it took.
func (p *program) stop(t *testing.T) (int, time.Duration) {
	t.Helper()
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.done:
	case <-time.After(patience):
		t.Fatal("SIGTERM does not end it")
	}
	return p.cmd.ProcessState.ExitCode(), time.Since(began)
}

// box is the two programs, and the addresses they serve.
type box struct {
	tcp, api, page string
	relayArgs      []string
	statusArgs     []string
	relay, status  *program
}

// newBox starts both; the relay has the arguments besides its addresses.
func newBox(t *testing.T, relayArgs ...string) *box {
	t.Helper()
	need(t)
	b := &box{tcp: freeAddr(t), api: freeAddr(t), page: freeAddr(t)}
	_, port, err := net.SplitHostPort(b.page)
	if err != nil {
		t.Fatal(err)
	}
	b.relayArgs = append([]string{"-listen", b.tcp, "-http", b.api, "-data", t.TempDir(), "-page-port", port}, relayArgs...)
	b.statusArgs = []string{"-http", b.page, "-relay", "http://" + b.api, "-relay-tcp", b.tcp, "-console", "-admin-port", "8080"}
	b.relay = start(t, "relay", b.relayArgs...)
	b.status = start(t, "status", b.statusArgs...)
	return b
}

// tab is a browser with the page open.
type tab struct {
	ctx context.Context

	mu     sync.Mutex
	faults []string // what the browser complained of
}

func (b *box) open(t *testing.T) *tab {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(programs.chrome), chromedp.NoSandbox, chromedp.WindowSize(1200, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, closeTab := chromedp.NewContext(allocator)
	x := &tab{ctx: ctx}
	if err := chromedp.Do(ctx); err != nil { // starts the browser
		t.Fatal("starting Chromium:", err)
	}
	var watching sync.WaitGroup
	watching.Go(func() {
		for e, err := range chromedp.Events(ctx, runtime.ExceptionThrown) {
			if err == nil {
				x.fault("exception: " + e.ExceptionDetails.Text)
			}
		}
	})
	watching.Go(func() {
		for e, err := range chromedp.Events(ctx, log.EntryAdded) {
			if err == nil && strings.Contains(e.Entry.Text, "Content Security Policy") {
				x.fault(e.Entry.Text)
			}
		}
	})
	t.Cleanup(func() {
		closeTab()
		stop()
		watching.Wait()
		x.mu.Lock()
		defer x.mu.Unlock()
		if len(x.faults) > 0 {
			t.Errorf("the browser complained: %q", x.faults)
		}
	})
	x.reach(t, b)
	return x
}

func (x *tab) fault(text string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.faults = append(x.faults, text)
}

// reach loads the page, as soon as it is served.
func (x *tab) reach(t *testing.T, b *box) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		conn, err := net.Dial("tcp", b.page)
		if err == nil {
			conn.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the page is not served:", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := chromedp.Do(x.ctx, chromedp.Navigate("http://"+b.page+"/")); err != nil {
		t.Fatal("loading the page:", err)
	}
}

// wait waits until the JavaScript expression is true.
func (x *tab) wait(t *testing.T, what, expression string) {
	t.Helper()
	_, err := chromedp.Run(x.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(patience)))
	if err != nil {
		seen, _ := chromedp.Run(x.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		t.Fatalf("waiting until %s: %v; the page shows:\n%s", what, err, seen)
	}
}

// eval returns the value of the JavaScript expression, or of its promise.
func eval[T any](t *testing.T, x *tab, expression string) T {
	t.Helper()
	v, err := chromedp.Run(x.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func (x *tab) click(t *testing.T, selector string) {
	t.Helper()
	if err := chromedp.Do(x.ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		t.Fatalf("clicking %s: %v", selector, err)
	}
}

// connect connects a lab's program.
func (b *box) connect(t testing.TB) *relaytest.Client {
	t.Helper()
	c := relaytest.DialFrom(t, "", b.tcp)
	c.Patience = patience
	return c
}
