package main_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"rawtcpcom/gokrazy/names/report"
	"rawtcpcom/gokrazy/settings"
)

const (
	firstMAC  = "b8:27:eb:34:56:78"
	first     = "rawtcpcom-345678"
	secondMAC = "b8:27:eb:9a:bc:de"
	second    = "rawtcpcom-9abcde"
	plain     = "rawtcpcom.local"
)

// The program starts before there is a cable, and the address comes later.
func TestLateCable(t *testing.T) {
	l := newLab(t)
	box := l.computer(firstMAC)
	box.pull()
	box.names()
	box.log.WaitFor(t, "msg=names")
	if got := l.resolve(plain); got != "nothing" {
		t.Fatalf("without a cable, %s leads to %s", plain, got)
	}
	box.plug()
	box.address("10.77.0.20/16")
	l.leads(plain, "10.77.0.20")
	l.leads(first+".local", "10.77.0.20")
	box.told("both names", func(n report.Names) bool {
		return n == report.Names{Plain: plain, Own: first + ".local", Wanted: plain}
	})
	l.announced("_http._tcp", first+";"+plain+";10.77.0.20;80;path=/;")
	l.announced("_opentrons-raw._tcp", first+";"+first+".local;10.77.0.20;7887;robot=unknown;serial=*;version=development")
	l.announced("_prometheus-http._tcp", first+";"+first+".local;10.77.0.20;80;path=/metrics;")
}

// The names follow the address: a new lease, another network, link-local. In
// between the cable is pulled.
func TestAddressChanges(t *testing.T) {
	l := newLab(t)
	box := l.computer(firstMAC)
	box.address("10.77.0.20/16")
	box.names()
	l.leads(plain, "10.77.0.20")
	for _, address := range []string{"10.77.0.21", "10.77.9.3", "10.77.0.4"} {
		box.address(address + "/16")
		l.leads(plain, address)
		l.leads(first+".local", address)
		l.announced("_opentrons-raw._tcp", first+";"+first+".local;"+address+";7887;")
	}
	box.pull()
	box.told("no name without a cable", func(n report.Names) bool { return n.Own == "" })
	box.plug()
	box.told("both names", func(n report.Names) bool { return n.Plain == plain })
	l.leads(plain, "10.77.0.4")
}

// Whoever has the plain name keeps it, whatever the addresses are, and the other
// says so; also when the first is gone for a while.
func TestSecondBox(t *testing.T) {
	for name, addresses := range map[string][2]string{
		"first lower":  {"10.77.0.20", "10.77.0.30"},
		"first higher": {"10.77.0.30", "10.77.0.20"},
	} {
		t.Run(name, func(t *testing.T) { testSecondBox(t, addresses[0], addresses[1]) })
	}
}

func testSecondBox(t *testing.T, firstAddress, secondAddress string) {
	l := newLab(t)
	one, two := l.computer(firstMAC), l.computer(secondMAC)
	one.address(firstAddress + "/16")
	two.address(secondAddress + "/16")
	one.names()
	one.told("both names", func(n report.Names) bool { return n.Plain == plain })
	two.names()
	gaveWay := report.Names{Own: second + ".local", Wanted: plain, TakenBy: firstAddress}
	is := func(want report.Names) func(report.Names) bool { return func(n report.Names) bool { return n == want } }
	two.told("that the other has the name", is(gaveWay))
	both := func() {
		t.Helper()
		l.leads(plain, firstAddress)
		l.leads(first+".local", firstAddress)
		l.leads(second+".local", secondAddress)
		l.announced("_http._tcp", first+";"+plain+";"+firstAddress+";80;", second+";"+second+".local;"+secondAddress+";80;")
	}
	both()
	one.told("both names still, and that the other has none", is(report.Names{Plain: plain, Own: first + ".local", Wanted: plain, Nameless: second + ".local"}))
	one.page()
	two.page()
	one.shows([]string{plain, first + ".local"}, "This box is "+plain+". Another box in this network has no such name and is "+second+".local.")
	two.shows([]string{second + ".local"}, "Another box at "+firstAddress+" is "+plain+"; this one is "+second+".local.")

	two.log.WaitFor(t, "left to the other box for good")
	one.kill()
	away := gaveWay
	away.Away = true
	two.told("that the other is away", is(away))
	two.kill()
	two.names()
	two.told("after a restart, that the name is left to the other", is(away))
	one.names()
	two.told("that the other is there again", is(gaveWay))
	one.told("both names again", func(n report.Names) bool { return n.Plain == plain })
	both()
}

// A name that was taken for a moment only, as by an old answer of this box that
// somebody has kept, is not lost.
func TestTakenForAMoment(t *testing.T) {
	l := newLab(t)
	one, two := l.computer(firstMAC), l.computer(secondMAC)
	one.address("10.77.0.20/16")
	two.address("10.77.0.30/16")
	one.names()
	one.told("both names", func(n report.Names) bool { return n.Plain == plain })
	two.names()
	two.told("that the other has the name", func(n report.Names) bool { return n.TakenBy == "10.77.0.20" })
	one.kill()
	two.told("both names", func(n report.Names) bool { return n.Plain == plain })
	l.leads(plain, "10.77.0.30")
}

// Switched on in the same moment, one of them has the plain name in the end, and
// the other says so.
func TestTogether(t *testing.T) {
	l := newLab(t)
	one, two := l.computer(firstMAC), l.computer(secondMAC)
	one.address("10.77.0.20/16")
	two.address("10.77.0.30/16")
	one.names()
	two.names()
	two.told("the plain name", func(n report.Names) bool { return n.Plain == plain })
	one.told("that the other has the name", func(n report.Names) bool { return n.Plain == "" && n.TakenBy == "10.77.0.30" })
	l.leads(plain, "10.77.0.30")
	l.leads(first+".local", "10.77.0.20")
	l.leads(second+".local", "10.77.0.30")
}

// Two networks are joined in which a box has the plain name each. The one with the
// lower address gives way.
func TestJoined(t *testing.T) {
	l := newLab(t)
	one, two := l.computer(firstMAC), l.computer(secondMAC)
	one.apart(true)
	two.apart(true)
	one.address("10.77.0.20/16")
	two.address("10.77.0.30/16")
	for _, c := range []*computer{one, two} {
		c.names()
		c.told("the plain name", func(n report.Names) bool { return n.Plain == plain })
	}
	one.apart(false)
	two.apart(false)
	one.told("that the other has the name", func(n report.Names) bool { return n.Plain == "" && n.TakenBy == "10.77.0.30" })
	l.leads(plain, "10.77.0.30")
	two.told("the plain name", func(n report.Names) bool { return n.Plain == plain })
}

// A PC that already has the name keeps it as well.
func TestAnotherMachineHasTheName(t *testing.T) {
	l := newLab(t)
	box := l.computer(firstMAC)
	box.address("10.77.0.20/16")
	settled(t, box, "pc")
	box.names()
	box.told("that the PC has the name", func(n report.Names) bool { return n.Plain == "" && n.TakenBy == "10.77.0.1" })
	l.leads("pc.local", "10.77.0.1")
	settled(t, box, "lab-3")
	box.told("the new name", func(n report.Names) bool { return n.Plain == "lab-3.local" && n.TakenBy == "" })
	l.leads("lab-3.local", "10.77.0.20")
	l.leads(first+".local", "10.77.0.20")
}

// settled writes a name into the box's settings.
func settled(t *testing.T, c *computer, name string) {
	t.Helper()
	if err := (settings.Store{Dir: filepath.Dir(c.settings())}).Save(settings.Values{"box.name": name}); err != nil {
		t.Fatal(err)
	}
}

// What is announced of the robot is what the relay says of it.
func TestRobot(t *testing.T) {
	l := newLab(t)
	box := l.computer(firstMAC)
	box.address("10.77.0.20/16")
	box.names()
	robot := func(state string) {
		t.Helper()
		l.announced("_opentrons-raw._tcp", first+";*;robot="+state+";")
	}
	robot("unknown")
	relay, group, log := box.start(build(t)+"/relay", "-simulate", "-data="+box.dir)
	robot("present")
	response, err := box.relay().Post("http://127.0.0.1:7888/halt?by=a+test", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the robot was not halted: %s\n%s", response.Status, log)
	}
	robot("halted")
	group.Kill()
	_ = relay.Wait()
	robot("unknown")
}

// A killed program has its names again when it is started again; one that is
// stopped says goodbye.
func TestRestart(t *testing.T) {
	l := newLab(t)
	box := l.computer(firstMAC)
	box.address("10.77.0.20/16")
	box.names()
	both := func(n report.Names) bool { return n.Plain == plain && n.Own == first+".local" }
	box.told("both names", both)
	box.kill()
	if err := os.Remove(box.report()); err != nil {
		t.Fatal(err)
	}
	box.names()
	box.told("both names", both)
	l.leads(plain, "10.77.0.20")
	l.announced("_opentrons-raw._tcp", first+";"+first+".local;10.77.0.20;7887;")
	box.stop()
	l.announced("_opentrons-raw._tcp")
	l.announced("_http._tcp")
	box.told("that there are none", func(n report.Names) bool { return n == report.Names{} })
}
