package main_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"rawtcpcom/relay/procgroup"
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
	leases    string // the file of its DHCP server
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
	group, err := procgroup.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	ended := false
	kill = func() {
		if !ended {
			ended = true
			group.Kill()
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
	m.leases = filepath.Join(m.lab.t.TempDir(), "leases")
	args := []string{"--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=eth0", "--bind-interfaces", "--dhcp-authoritative",
		"--no-ping", "--user=root", "--pid-file=", "--log-dhcp", "--log-facility=-", "--dhcp-leasefile=" + m.leases,
		"--dhcp-range=" + first + "," + last + ",255.255.255.0,2m"}
	for _, o := range options {
		args = append(args, "--dhcp-option="+o)
	}
	return log, m.start(log, "dnsmasq", args...)
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
