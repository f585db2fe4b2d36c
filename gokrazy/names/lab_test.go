package main_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rawtcpcom/gokrazy/names/report"
	"rawtcpcom/relay/procgroup"
	"rawtcpcom/relay/relaytest"
)

// lab is a network of machines on one switch, each a network namespace. One of
// them, the PC, runs Debian's avahi, which is the other side of the names.
type lab struct {
	t      *testing.T
	number int
	middle string // the namespace of the switch
	bus    string // of the PC's avahi
	pc     *computer
}

// computer is one machine of a lab, with one network interface, eth0.
type computer struct {
	l         *lab
	namespace string
	port      string // of the switch, to this machine
	dir       string
	runs      *exec.Cmd
	group     *procgroup.Group
	log       *relaytest.Log
}

var (
	labs      atomic.Int64
	computers atomic.Int64
)

// newLab needs root, iproute2 and avahi; CI has them.
func newLab(t *testing.T) *lab {
	t.Helper()
	t.Parallel()
	missing := os.Getuid() != 0
	for _, program := range []string{"ip", "dbus-daemon", "avahi-daemon", "avahi-browse", "avahi-resolve", "dnsmasq"} {
		_, err := exec.LookPath(program)
		missing = missing || err != nil
	}
	if missing {
		const remedy = "names are tested in network namespaces: run as root, and apt-get install --no-install-recommends iproute2 dnsmasq-base dbus avahi-daemon avahi-utils"
		if os.Getenv("CI") != "" {
			t.Fatal(remedy)
		}
		t.Skip(remedy)
	}
	l := &lab{t: t, number: (os.Getpid()*16 + int(labs.Add(1))) % 100_000}
	l.middle = fmt.Sprint("names-", l.number)
	l.namespace(l.middle)
	l.ip("-n", l.middle, "link", "add", "switch", "type", "bridge")
	l.ip("-n", l.middle, "link", "set", "switch", "up")
	l.pc = l.computer("02:00:00:00:00:01")
	l.pc.address("10.77.0.1/16")
	l.avahi()
	return l
}

func (l *lab) namespace(name string) {
	l.t.Helper()
	l.ip("netns", "add", name)
	l.t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", name).Run() }) // takes the cables with it
}

func (l *lab) ip(args ...string) {
	l.t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		l.t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// computer adds a machine, with its cable in the switch and no address.
func (l *lab) computer(mac string) *computer {
	l.t.Helper()
	n := computers.Add(1)
	c := &computer{l: l, namespace: fmt.Sprintf("names-%d-%d", l.number, n), port: fmt.Sprint("port", n), dir: l.t.TempDir()}
	l.namespace(c.namespace)
	l.ip("-n", l.middle, "link", "add", c.port, "type", "veth", "peer", "name", "eth0", "netns", c.namespace)
	l.ip("-n", l.middle, "link", "set", c.port, "master", "switch", "up")
	l.ip("-n", c.namespace, "link", "set", "lo", "up")
	l.ip("-n", c.namespace, "link", "set", "eth0", "address", mac, "up")
	return c
}

// address gives the machine an address in place of any other.
func (c *computer) address(prefix string) {
	c.l.t.Helper()
	c.l.ip("-n", c.namespace, "-4", "addr", "flush", "dev", "eth0")
	c.l.ip("-n", c.namespace, "addr", "add", prefix, "dev", "eth0")
}

func (c *computer) pull() { c.l.ip("-n", c.l.middle, "link", "set", c.port, "down") }
func (c *computer) plug() { c.l.ip("-n", c.l.middle, "link", "set", c.port, "up") }

// apart has the switch part the machine from all others that are apart.
func (c *computer) apart(is bool) {
	c.l.t.Helper()
	c.l.ip("-n", c.l.middle, "link", "set", c.port, "type", "bridge_slave", "isolated", map[bool]string{true: "on", false: "off"}[is])
}

// start starts a program on the machine, which ends with the test.
func (c *computer) start(program string, args ...string) (*exec.Cmd, *procgroup.Group, *relaytest.Log) {
	c.l.t.Helper()
	cmd := exec.Command("ip", append([]string{"netns", "exec", c.namespace, program}, args...)...)
	log := relaytest.NewLog()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+c.l.bus)
	group, err := procgroup.Start(cmd)
	if err != nil {
		c.l.t.Fatal(err)
	}
	var once sync.Once
	c.l.t.Cleanup(func() { once.Do(func() { group.Kill(); _ = cmd.Wait() }) })
	return cmd, group, log
}

// names starts the program, or starts it again.
func (c *computer) names(args ...string) {
	c.l.t.Helper()
	args = append([]string{"-every=500ms", "-data=" + filepath.Join(c.dir, "perm"), "-report=" + c.report(), "-settings=" + c.settings()}, args...)
	c.runs, c.group, c.log = c.start(build(c.l.t)+"/names", args...)
}

func (c *computer) report() string   { return filepath.Join(c.dir, "names.json") }
func (c *computer) settings() string { return filepath.Join(c.dir, "settings", "settings.toml") }

// kill ends the program without a word, as a crash or the power would.
func (c *computer) kill() {
	c.group.Kill()
	_ = c.runs.Wait()
}

// stop ends the program in order. Its process is ip's, which has become it.
func (c *computer) stop() {
	c.l.t.Helper()
	if err := c.runs.Process.Signal(unix.SIGTERM); err != nil {
		c.l.t.Fatal(err)
	}
	if err := c.runs.Wait(); err != nil {
		c.l.t.Errorf("after SIGTERM the program ended with %v", err)
	}
}

// told waits until the program has told the box's other programs such names.
func (c *computer) told(what string, match func(report.Names) bool) {
	c.l.t.Helper()
	defer func() {
		if c.l.t.Failed() {
			c.l.t.Log(c.log.String())
		}
	}()
	eventually(c.l.t, what+" in names.json", func() error {
		n, err := report.Read(c.report())
		if err == nil && !match(n) {
			err = fmt.Errorf("it says %+v", n)
		}
		return err
	})
}

// inside does something in the machine's network.
func inside[T any](c *computer, do func() (T, error)) (made T, err error) {
	f, err := os.Open("/run/netns/" + c.namespace)
	if err != nil {
		return made, err
	}
	defer f.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if err = unix.Setns(int(f.Fd()), unix.CLONE_NEWNET); err == nil {
			made, err = do()
		}
	}()
	<-done
	return made, err
}

// relay is a client of the state API of a relay on the machine.
func (c *computer) relay() *http.Client {
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		return inside(c, func() (net.Conn, error) { return (&net.Dialer{}).DialContext(ctx, network, addr) })
	}}
	c.l.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

var built struct {
	once sync.Once
	dir  string
	err  error
}

// build makes the programs, once.
func build(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "names"); built.err != nil {
			return
		}
		out, err := exec.Command("go", "build", "-o", built.dir+"/", "rawtcpcom/gokrazy/names", "rawtcpcom/gokrazy/lan", "rawtcpcom/relay", "rawtcpcom/status").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.dir
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		if err := os.RemoveAll(built.dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// patience is long: the machine may be busy.
const patience = time.Minute

var errNotYet = errors.New("not yet")

func eventually(t *testing.T, what string, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	last := errNotYet
	for ctx.Err() == nil {
		if last = try(); last == nil {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
	t.Fatalf("%s: not within %v: %v", what, patience, last)
}
