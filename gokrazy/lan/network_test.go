package main_test

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/testlog"
)

// race has the program built as the test is.
var race []string

// program is the command, built once for all tests.
var program string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "lan")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "lan")
	if out, err := exec.Command("go", append(append([]string{"build"}, race...), "-o", program, ".")...).CombinedOutput(); err != nil {
		fmt.Printf("%v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// lab is a network with a switch, in which the box has a cable. Each machine is a
// network namespace with an eth0 of its own.
type lab struct {
	t    testing.TB
	name string
	box  *machine
}

type machine struct {
	lab       *lab
	namespace string
	port      string // of the switch
	hardware  net.HardwareAddr
}

var labs atomic.Int64

// newLab makes the network. It needs root, iproute2 and dnsmasq; CI has all.
func newLab(t *testing.T) *lab {
	t.Helper()
	t.Parallel()
	_, noIP := exec.LookPath("ip")
	_, noServer := exec.LookPath("dnsmasq")
	if noIP != nil || noServer != nil || os.Getuid() != 0 {
		const remedy = "a network of namespaces needs root, ip and dnsmasq: apt-get install iproute2 dnsmasq-base, and run as root"
		if os.Getenv("CI") != "" {
			t.Fatal(remedy)
		}
		t.Skip(remedy)
	}
	l := &lab{t: t, name: fmt.Sprintf("lan-%d-%d", os.Getpid(), labs.Add(1))}
	l.namespace(l.name)
	l.ip("-n", l.name, "link", "add", "bridge", "type", "bridge")
	l.ip("-n", l.name, "link", "set", "bridge", "up")
	l.box = l.machine("box")
	return l
}

func (l *lab) namespace(name string) {
	l.t.Helper()
	l.ip("netns", "add", name)
	l.t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", name).Run() }) // takes the cables with it
	l.ip("-n", name, "link", "set", "lo", "up")
}

func (l *lab) ip(args ...string) string {
	l.t.Helper()
	out, err := exec.Command("ip", args...).CombinedOutput()
	if err != nil {
		l.t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// machine adds a machine with these addresses.
func (l *lab) machine(name string, addresses ...string) *machine {
	l.t.Helper()
	m := &machine{lab: l, namespace: l.name + "-" + name, port: name}
	l.namespace(m.namespace)
	m.plugIn()
	for _, a := range addresses {
		m.ip("addr", "add", a, "dev", "eth0")
	}
	return m
}

// plugIn gives the machine its eth0.
func (m *machine) plugIn() {
	l := m.lab
	l.t.Helper()
	l.ip("-n", l.name, "link", "add", m.port, "type", "veth", "peer", "name", "eth0", "netns", m.namespace)
	l.ip("-n", l.name, "link", "set", m.port, "master", "bridge", "up")
	if m.port != "box" {
		m.ip("link", "set", "eth0", "up")
	}
	m.in(func() {
		i, err := net.InterfaceByName("eth0")
		if err != nil {
			l.t.Error(err)
			return
		}
		m.hardware = i.HardwareAddr
	})
}

func (m *machine) ip(args ...string) string {
	m.lab.t.Helper()
	return m.lab.ip(append([]string{"-n", m.namespace}, args...)...)
}

// cable pulls the cable out or plugs it in.
func (m *machine) cable(in bool) {
	m.lab.t.Helper()
	m.lab.ip("-n", m.lab.name, "link", "set", m.port, map[bool]string{true: "up", false: "down"}[in])
}

// in does something on the machine.
func (m *machine) in(do func()) {
	m.lab.t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		fd, err := unix.Open("/run/netns/"+m.namespace, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			err = unix.Setns(fd, unix.CLONE_NEWNET)
			unix.Close(fd)
		}
		if err == nil {
			do()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		m.lab.t.Fatal(err)
	}
}

// start runs a program on the machine until the test ends or it is killed.
func (m *machine) start(log *testlog.Log, name string, args ...string) (kill func()) {
	t := m.lab.t
	t.Helper()
	cmd := exec.Command("ip", append([]string{"netns", "exec", m.namespace, name}, args...)...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	kill = func() {
		if !ended {
			ended = true
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}
	t.Cleanup(kill)
	return kill
}

// serve starts a DHCP server that gives addresses from first to last.
func (m *machine) serve(first, last string, options ...string) (log *testlog.Log, kill func()) {
	m.lab.t.Helper()
	log = new(testlog.Log)
	args := []string{"--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=eth0", "--bind-interfaces", "--dhcp-authoritative",
		"--no-ping", "--user=root", "--pid-file=", "--log-dhcp", "--log-facility=-", "--dhcp-leasefile=" + filepath.Join(m.lab.t.TempDir(), "leases"),
		"--dhcp-range=" + first + "," + last + ",255.255.255.0,2m"}
	for _, o := range options {
		args = append(args, "--dhcp-option="+o)
	}
	return log, m.start(log, "dnsmasq", args...)
}

// box is the program lan, and what the rest of the box has of it.
type box struct {
	*machine
	dir  string
	args []string
	log  *testlog.Log
	kill func()
}

// boot starts the program with these settings.
func (l *lab) boot(settings string, args ...string) *box {
	l.t.Helper()
	b := &box{machine: l.box, dir: l.t.TempDir(), log: new(testlog.Log)}
	b.args = append([]string{"-settings", b.file("settings.toml"), "-report", b.file("address.json"), "-confirmed", b.file("confirmed"),
		"-resolv", b.file("resolv.conf")}, args...)
	b.set(settings)
	b.again()
	l.t.Cleanup(func() {
		if l.t.Failed() {
			l.t.Logf("the log of lan:\n%s", b.log)
		}
	})
	return b
}

func (b *box) again() { b.kill = b.start(b.log, program, b.args...) }

func (b *box) file(name string) string { return filepath.Join(b.dir, name) }

// write replaces a file in one step.
func (b *box) write(name, text string) {
	b.lab.t.Helper()
	fresh := b.file(name + ".test")
	if err := os.WriteFile(fresh, []byte(text), 0o644); err != nil {
		b.lab.t.Fatal(err)
	}
	if err := os.Rename(fresh, b.file(name)); err != nil {
		b.lab.t.Fatal(err)
	}
}

func (b *box) set(settings string) { b.lab.t.Helper(); b.write("settings.toml", settings) }

func (b *box) read(name string) string {
	b.lab.t.Helper()
	text, err := os.ReadFile(b.file(name))
	if err != nil {
		b.lab.t.Fatal(err)
	}
	return string(text)
}

// await waits until the report is as it should be.
func (b *box) await(what string, within time.Duration, good func(report.Report) bool) report.Report {
	t := b.lab.t
	t.Helper()
	began := time.Now()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		r, err := report.Read(b.file("address.json"))
		if err == nil && good(r) {
			t.Logf("%s after %.1f s: %s %s", what, time.Since(began).Seconds(), r.How, r.Address)
			return r
		}
		if time.Since(began) > within {
			t.Fatalf("not within %v: %s; the report says %+v, %v", within, what, r, err)
		}
		<-ticker.C
	}
}

func how(h report.How) func(report.Report) bool {
	return func(r report.Report) bool { return r.How == h }
}

func has(address string) func(report.Report) bool {
	return func(r report.Report) bool { return r.Address == address }
}

// addresses are those that the kernel has, without those of IPv6.
func (b *box) addresses() (found []string) {
	b.lab.t.Helper()
	for line := range strings.Lines(b.ip("-4", "-o", "addr", "show", "dev", "eth0")) {
		fields := strings.Fields(line)
		found = append(found, fields[3])
	}
	return found
}

func (b *box) expectAddress(want string) {
	b.lab.t.Helper()
	if got := b.addresses(); !slices.Equal(got, []string{want}) {
		b.lab.t.Errorf("the interface has %q, want %s alone", got, want)
	}
}

// watchAddresses records what the kernel does to the addresses from now on.
func (b *box) watchAddresses() *testlog.Log {
	b.lab.t.Helper()
	log := new(testlog.Log)
	b.start(log, "ip", "-4", "-o", "monitor", "address")
	return log
}

// speak has the machine look for another one that is not there, which says to
// all, three times within three seconds, that it has the address.
func (m *machine) speak(from, to string) {
	t := m.lab.t
	t.Helper()
	m.in(func() {
		c, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.ParseIP(from)}, &net.UDPAddr{IP: net.ParseIP(to), Port: 9})
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		if _, err := c.Write(bytes.Repeat([]byte{0}, 8)); err != nil {
			t.Error(err)
		}
	})
}

func addr(prefix string) netip.Addr { return netip.MustParsePrefix(prefix).Addr() }

// wait waits for something that the report does not tell.
func wait(t testing.TB, what string, within time.Duration, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(within)
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", within, what)
		}
		<-ticker.C
	}
}

func uptime(t testing.TB) float64 {
	t.Helper()
	text, err := os.ReadFile("/proc/uptime")
	if err != nil {
		t.Fatal(err)
	}
	var seconds float64
	if _, err := fmt.Sscan(string(text), &seconds); err != nil {
		t.Fatal(err)
	}
	return seconds
}
