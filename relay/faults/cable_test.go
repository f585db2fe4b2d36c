package faults_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
)

// wire is a network of its own, with a cable to this machine by way of a
// switch. The cable can be pulled at that end; this machine's stays in.
type wire struct {
	name       string
	near, far  string // addresses of this machine and of that end
	port       string // of the switch, to that end
	t          testing.TB
	descriptor int
}

var wires atomic.Int64

// newWire lays the cable. It needs root and iproute2; CI has both.
func newWire(t testing.TB) *wire {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil || os.Getuid() != 0 {
		const remedy = "a network namespace needs root and the ip command: apt-get install iproute2, and run as root"
		if os.Getenv("CI") != "" {
			t.Fatal(remedy)
		}
		t.Skip(remedy)
	}
	n := (os.Getpid()*16 + int(wires.Add(1))) % 60_000
	w := &wire{name: fmt.Sprint("relay-", n), port: fmt.Sprint("rq", n), t: t, near: fmt.Sprintf("10.213.%d.%d", n/240, n%240+1)}
	w.far = fmt.Sprintf("10.214.%d.%d", n/240, n%240+1)
	middle, here, hereEnd, there := w.middle(), fmt.Sprint("rn", n), fmt.Sprint("rs", n), fmt.Sprint("rf", n)
	for _, name := range []string{w.name, middle} {
		w.ip("netns", "add", name)
		t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", name).Run() }) // takes the cables with it
	}
	w.ip("link", "add", here, "type", "veth", "peer", "name", hereEnd, "netns", middle)
	w.ip("-n", middle, "link", "add", w.port, "type", "veth", "peer", "name", there, "netns", w.name)
	w.ip("-n", middle, "link", "add", "bridge", "type", "bridge")
	for _, end := range []string{hereEnd, w.port} {
		w.ip("-n", middle, "link", "set", end, "master", "bridge", "up")
	}
	w.ip("-n", middle, "link", "set", "bridge", "up")
	w.ip("addr", "add", w.near, "peer", w.far, "dev", here)
	w.ip("link", "set", here, "up")
	w.ip("-n", w.name, "addr", "add", w.far, "peer", w.near, "dev", there)
	w.ip("-n", w.name, "link", "set", there, "up")
	fd, err := unix.Open("/run/netns/"+w.name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	w.descriptor = fd
	return w
}

func (w *wire) middle() string { return w.name + "-switch" }

func (w *wire) ip(args ...string) {
	w.t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		w.t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// dial connects from the other end of the cable.
func (w *wire) dial(addr string) *Client {
	w.t.Helper()
	return NewClient(w.t, there(w, func() (net.Conn, error) { return net.DialTimeout("tcp", addr, Patience) }))
}

// proxy opens a link to the rig's router at the other end of the cable.
func (w *wire) proxy(rig *Rig) *Proxy {
	w.t.Helper()
	return rig.ProxyAt(net.JoinHostPort(w.far, "0"), func(addr string) (net.Listener, error) {
		return there(w, func() (net.Listener, error) { return net.Listen("tcp", addr) }), nil
	})
}

// there makes something at the other end of the cable.
func there[T any](w *wire, open func() (T, error)) T {
	w.t.Helper()
	var made T
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		err := unix.Setns(w.descriptor, unix.CLONE_NEWNET)
		if err == nil {
			made, err = open()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		w.t.Fatal(err)
	}
	return made
}

// pull makes each packet disappear, without a word to either end.
func (w *wire) pull() {
	w.t.Helper()
	w.ip("-n", w.middle(), "link", "set", w.port, "down")
}

// plug ends pull.
func (w *wire) plug() {
	w.t.Helper()
	w.ip("-n", w.middle(), "link", "set", w.port, "up")
}

// A pulled cable is noticed within 60 s, with nothing under way (keepalive) and
// with replies under way (user timeout), and the ids are free again.
func TestPulledCable(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-listen", "0.0.0.0:0")
	relay.WaitRobot("present")
	_, port, err := net.SplitHostPort(relay.Addr)
	if err != nil {
		t.Fatal(err)
	}
	resting, busy := w.dial(net.JoinHostPort(w.near, port)), w.dial(net.JoinHostPort(w.near, port))
	for _, c := range []*Client{resting, busy} {
		c.Start()
		c.Handshake()
	}
	here := DialFrom(t, "", "127.0.0.1:"+port)
	here.Start()
	here.Handshake()
	busy.Fence()
	w.pull()
	began := time.Now()
	if err := rig.Robot.Publish("com.opentrons."+busy.ID, reply(busy.ID, rig.Robot.ID(), `{"stat": 0}`)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	relay.AwaitState(ctx, "both are lost", func(s state.State) bool { return len(s.Clients) == 1 })
	took := time.Since(began)
	t.Logf("noticed after %v", took.Round(time.Millisecond))
	if log := relay.Log.String(); strings.Count(log, "reason=lost") != 2 {
		t.Error("they are not both lost")
	}
	here.Fence()
	relay.WaitRouter(true)
}
