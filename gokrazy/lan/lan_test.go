package main_test

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/lan/linklocal"
	"rawtcpcom/gokrazy/lan/report"
)

// What comes by DHCP reaches the kernel, the file of DNS servers and the report;
// what gokrazy's client told the server is still told; and the lease is renewed.
func TestLease(t *testing.T) {
	l := newLab(t)
	machine := l.machine("server", "10.31.0.1/24")
	server, _ := machine.serve("10.31.0.50", "10.31.0.60", "option:router,10.31.0.1", "option:dns-server,10.31.0.2,10.31.0.3",
		"option:ntp-server,10.31.0.4", "option:domain-name,fritz.box", "option:domain-search,lab.example,fritz.box", "58,3")
	b := l.boot("")
	r := b.await("a lease", 5*time.Second, how(report.DHCP))
	if !strings.HasPrefix(r.Address, "10.31.0.") || !strings.HasSuffix(r.Address, "/24") || r.Gateway != "10.31.0.1" || !slices.Equal(r.DNS, []string{"10.31.0.2", "10.31.0.3"}) ||
		!slices.Equal(r.NTP, []string{"10.31.0.4"}) || !slices.Equal(r.Search, []string{"lab.example", "fritz.box"}) || !r.Cable || r.MAC != b.hardware.String() || r.Uptime == 0 {
		t.Errorf("the report says %+v", r)
	}
	b.expectAddress(r.Address)
	if routes := b.ip("route"); !strings.Contains(routes, "default via 10.31.0.1 dev eth0") || strings.Contains(routes, "metric") {
		t.Errorf("the routes are %s", routes)
	}
	if text := b.read("resolv.conf"); !strings.HasSuffix(text, "\nsearch lab.example fritz.box\nnameserver 10.31.0.2\nnameserver 10.31.0.3\n") {
		t.Errorf("the DNS servers are named as %q", text)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	leases, err := os.ReadFile(machine.leases)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf(" %s 01:%s\n", host, b.hardware); !strings.HasSuffix(string(leases), want) {
		t.Errorf("the server knows of %q, want name and client id %q", leases, want)
	}
	wait(t, "the lease is renewed", 10*time.Second, func() bool { return strings.Count(server.String(), "DHCPACK") > 1 })
	if said := server.String(); strings.Count(said, "DHCPDISCOVER") != 1 {
		t.Errorf("the lease was not renewed, but asked for again:\n%s", said)
	}
}

// Without a DHCP server there is an address within 15 s. One that appears later
// wins, and nothing of the other address is left.
func TestNoServerAndOneThatComesLater(t *testing.T) {
	l := newLab(t)
	server := l.machine("server", "10.31.0.1/24")
	b := l.boot("")
	first := b.await("a link-local address", 15*time.Second, how(report.LinkLocal)).Address
	if want := firstCandidate(b.hardware); first != want {
		t.Errorf("the address is %s, and not the first that follows from the hardware address, %s", first, want)
	}
	b.expectAddress(first)
	server.serve("10.31.0.50", "10.31.0.60")
	r := b.await("a lease", 15*time.Second, how(report.DHCP))
	b.expectAddress(r.Address)
	if routes := b.ip("route"); strings.Contains(routes, "169.254") {
		t.Errorf("the link-local route is still there: %s", routes)
	}
}

func firstCandidate(hardware net.HardwareAddr) string {
	for c := range linklocal.Candidates(hardware) {
		return c.String()
	}
	return ""
}

// A lease that comes while a link-local address is looked for stays.
func TestServerThatIsLate(t *testing.T) {
	l := newLab(t)
	server := l.machine("server", "10.31.0.1/24")
	b := l.boot("")
	began := b.await("the cable", 5*time.Second, func(r report.Report) bool { return r.Cable }).Uptime
	// The box asks after 0, 1, 3 and 7 s, and looks for an address from 5 s on.
	wait(t, "nobody has answered for a while", 8*time.Second, func() bool { return uptime(t) > began+4 })
	server.serve("10.31.0.50", "10.31.0.60")
	address := b.await("a lease", 8*time.Second, how(report.DHCP)).Address
	kernel := b.watchAddresses()
	wait(t, "a link-local address would have been found", 10*time.Second, func() bool { return uptime(t) > began+13 })
	b.expectAddress(address)
	if text := kernel.String(); text != "" {
		t.Errorf("the address was touched:\n%s", text)
	}
}

// A candidate that somebody has is passed over; the address in use is given up
// when another machine insists on it.
func TestLinkLocalConflicts(t *testing.T) {
	l := newLab(t)
	taken := firstCandidate(l.box.hardware)
	other := l.machine("other", taken)
	b := l.boot("")
	second := b.await("another address", 15*time.Second, how(report.LinkLocal)).Address
	if second == taken {
		t.Fatalf("the box took %s, which another machine has", taken)
	}
	other.ip("addr", "add", second, "dev", "eth0")
	other.speak(addr(second).String(), "169.254.255.1")
	third := b.await("a third", 15*time.Second, func(r report.Report) bool { return r.How == report.LinkLocal && r.Address != second }).Address
	if third == taken {
		t.Errorf("it went back to %s, which is taken", taken)
	}
	b.expectAddress(third)
}

// A static address that another machine has is not taken, and the box can be
// reached all the same. It is taken once it is free.
func TestStaticOfAnotherMachine(t *testing.T) {
	l := newLab(t)
	other := l.machine("other", "10.31.0.7/24")
	b := l.boot("[network]\nmode = \"static\"\naddress = \"10.31.0.7/24\"\ngateway = \"10.31.0.1\"\ndns = [\"10.31.0.2\"]\n")
	r := b.await("the other machine is named", 5*time.Second, func(r report.Report) bool { return r.Duplicate != "" })
	if r.Duplicate != other.hardware.String() || r.DuplicateOf != "10.31.0.7" || !strings.Contains(r.Problem, "10.31.0.7") {
		t.Errorf("the report says %+v; the other is %s", r, other.hardware)
	}
	b.await("a link-local address", 15*time.Second, how(report.LinkLocal))
	other.ip("addr", "flush", "dev", "eth0")
	r = b.await("the static address", 15*time.Second, how(report.Static))
	if r.Address != "10.31.0.7/24" || r.Gateway != "10.31.0.1" || r.Duplicate != "" || r.Problem != "" || !slices.Equal(r.DNS, []string{"10.31.0.2"}) {
		t.Errorf("the report says %+v", r)
	}
	b.expectAddress("10.31.0.7/24")

	// It is kept when the other machine takes it again, and that is said.
	other.ip("addr", "add", "10.31.0.7/24", "dev", "eth0")
	other.speak("10.31.0.7", "10.31.0.99")
	r = b.await("the duplicate is said", 5*time.Second, func(r report.Report) bool { return r.Duplicate == other.hardware.String() })
	if r.How != report.Static {
		t.Errorf("the report says %+v", r)
	}
	b.expectAddress("10.31.0.7/24")
	other.ip("addr", "flush", "dev", "eth0")
	b.await("there is none any more", 25*time.Second, func(r report.Report) bool { return r.Duplicate == "" })
}

// Nor is it kept where another machine took it while the cable was out.
func TestStaticTakenWhileTheCableWasOut(t *testing.T) {
	l := newLab(t)
	b := l.boot(static)
	b.await("the static address", 5*time.Second, how(report.Static))
	b.cable(false)
	b.await("the cable is out", 5*time.Second, func(r report.Report) bool { return !r.Cable })
	other := l.machine("other", "10.31.0.7/24")
	b.cable(true)
	b.await("it is given up", 5*time.Second, func(r report.Report) bool {
		return r.How == report.None && r.Address == "" && r.Duplicate == other.hardware.String()
	})
	if left := b.addresses(); len(left) > 0 {
		t.Errorf("the interface still has %q", left)
	}
	b.await("a link-local address", 15*time.Second, how(report.LinkLocal))
}

// An address that the DHCP server gives although another machine has it is
// declined, and the next one taken.
func TestLeaseOfAnotherMachine(t *testing.T) {
	l := newLab(t)
	server := l.machine("server", "10.31.0.1/24")
	other := l.machine("other", "10.31.0.50/24")
	said, _ := server.serve("10.31.0.50", "10.31.0.51")
	other.ip("addr", "add", "10.31.0.51/24", "dev", "eth0")
	b := l.boot("")
	r := b.await("the other machine is named", 5*time.Second, func(r report.Report) bool { return r.Duplicate != "" })
	if r.Duplicate != other.hardware.String() || !strings.Contains(r.Problem, "DHCP") {
		t.Errorf("the report says %+v", r)
	}
	free := map[string]string{"10.31.0.50": "10.31.0.51/24", "10.31.0.51": "10.31.0.50/24"}[r.DuplicateOf]
	other.ip("addr", "del", free, "dev", "eth0")
	r = b.await("a free one", 25*time.Second, how(report.DHCP))
	if r.Address != free || r.Duplicate != "" || r.Problem != "" {
		t.Errorf("the report says %+v, want the address %s", r, free)
	}
	if !strings.Contains(said.String(), "DHCPDECLINE") {
		t.Errorf("the server was not told:\n%s", said)
	}
}

// A cable that was out for a while costs nobody a connection.
func TestCable(t *testing.T) {
	l := newLab(t)
	server := l.machine("server", "10.31.0.1/24")
	said, stop := server.serve("10.31.0.50", "10.31.0.60", "option:router,10.31.0.1")
	l.box.cable(false)
	b := l.boot("")
	b.await("no cable", 5*time.Second, func(r report.Report) bool { return !r.Cable && r.How == report.None && r.MAC != "" })
	b.cable(true)
	address := b.await("a lease", 8*time.Second, how(report.DHCP)).Address
	kernel := b.watchAddresses()
	b.cable(false)
	b.await("the cable is out", 5*time.Second, func(r report.Report) bool { return !r.Cable && r.Address == address })
	b.cable(true)
	b.await("it is in", 5*time.Second, func(r report.Report) bool { return r.Cable && r.Address == address })
	wait(t, "it was asked for again", 5*time.Second, func() bool { return strings.Count(said.String(), "DHCPACK") > 1 })

	// Only the server is away, the network is the same: the lease is kept.
	wait(t, "the gateway is known", 5*time.Second, func() bool { return strings.Contains(b.log.String(), "the gateway answers") })
	stop()
	b.cable(false)
	b.await("the cable is out", 5*time.Second, func(r report.Report) bool { return !r.Cable })
	b.cable(true)
	b.await("it is in", 5*time.Second, func(r report.Report) bool { return r.Cable })
	wait(t, "the gateway is recognised", 10*time.Second, func() bool { return strings.Count(b.log.String(), "the lease is kept") > 0 })
	b.expectAddress(address)
	if text := kernel.String(); text != "" {
		t.Errorf("the address was touched:\n%s", text)
	}

	// Another network, as that of a laptop at the end of the cable.
	b.cable(false)
	b.await("the cable is out", 5*time.Second, func(r report.Report) bool { return !r.Cable })
	server.cable(false)
	b.cable(true)
	b.await("a link-local address", 15*time.Second, how(report.LinkLocal))
}

// The program may die: what it began goes on where it was.
func TestKilled(t *testing.T) {
	l := newLab(t)
	server, _ := l.machine("server", "10.31.0.1/24").serve("10.31.0.50", "10.31.0.60", "option:router,10.31.0.1")
	b := l.boot("")
	before := b.await("a lease", 5*time.Second, how(report.DHCP))
	kernel := b.watchAddresses()
	without := strings.Count(b.log.String(), "how=none")
	b.kill()
	b.again()
	wait(t, "the program has the lease again", 8*time.Second, func() bool { return strings.Count(server.String(), "DHCPACK") > 1 })
	if after := b.await("the address", time.Second, has(before.Address)); after.Gateway != before.Gateway || after.How != report.DHCP {
		t.Errorf("the report says %+v, and before %+v", after, before)
	}
	if strings.Count(b.log.String(), "how=none") != without {
		t.Error("the other programs were told that there is no address")
	}
	if text := kernel.String(); text != "" {
		t.Errorf("the address was touched:\n%s", text)
	}
}

// A USB adapter is found late, and may be pulled out.
func TestInterfaceThatComesLate(t *testing.T) {
	l := newLab(t)
	l.machine("server", "10.31.0.1/24").serve("10.31.0.50", "10.31.0.60")
	// The switch has no port for the box yet.
	l.ip("-n", l.name, "link", "del", "box")
	b := l.boot("")
	b.await("no interface", 5*time.Second, func(r report.Report) bool { return r.MAC == "" && !r.Cable })
	b.plugIn()
	b.await("a lease", 8*time.Second, how(report.DHCP))
	l.ip("-n", l.name, "link", "del", "box")
	b.await("no interface", 8*time.Second, func(r report.Report) bool { return r.MAC == "" && r.How == report.None && r.Address == "" })
	b.plugIn()
	b.await("a lease", 8*time.Second, how(report.DHCP))
}
