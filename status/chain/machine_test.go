package chain

import (
	"slices"
	"strings"
	"testing"
	"time"

	clock "rawtcpcom/gokrazy/clock/report"
	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/health"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
)

func names(r Report) (list []string) {
	for _, l := range r.Links {
		list = append(list, l.Name)
	}
	return list
}

func TestLinksOfAMachine(t *testing.T) {
	f := healthy()
	if got := names(NewJudge().Evaluate(f))[:5]; !slices.Equal(got, []string{"Power", "Temperature", "Clock", "Cable", "Network address"}) {
		t.Errorf("a box has %q", got)
	}
	f.Board, f.LAN = Board{}, nil
	if got := names(NewJudge().Evaluate(f))[:3]; !slices.Equal(got, []string{"Power", "Clock", "Network address"}) {
		t.Errorf("a box that knows little has %q", got)
	}
	f.Place, f.Clock = place.PC, clock.Report{Set: true}
	if got := names(NewJudge().Evaluate(f))[:3]; !slices.Equal(got, []string{"Power", "Network address", "Router"}) {
		t.Errorf("a PC has %q", got)
	}
}

// What breaks the chain is red; what is only told leaves every link good.
func TestTroubleOfTheMachine(t *testing.T) {
	hotter := 81.2
	linkLocal := func(f *Facts) {
		f.Addresses, f.LAN.How, f.LAN.Address = nil, lan.LinkLocal, "169.254.3.4/16"
	}
	for _, c := range []struct {
		name   string
		change func(*Facts)
		broken health.Kind // Fine: none
		told   health.Kind // Fine: nothing
		detail string      // a part of that link's
		text   string
		do     string
	}{
		{"all is well", func(*Facts) {}, health.Fine, health.Fine, "192.168.1.7 (by DHCP)", "", ""},
		{"no cable", func(f *Facts) {
			f.LAN.Cable, f.LAN.How, f.LAN.Address, f.Addresses = false, lan.None, "", nil
		}, health.NoCable, health.Fine, "none", "No network cable leads to another machine", "try another cable"},
		{"the cable was just pulled", func(f *Facts) { f.LAN.Cable = false }, health.NoCable, health.Fine, "none", "No network cable", "both ends"},
		{"no socket", func(f *Facts) { f.LAN = &lan.Report{How: lan.None}; f.Addresses = nil }, health.NoCable, health.Fine, "no socket", "no network socket", "USB network adapter"},
		{"no cable is needed", func(f *Facts) { f.LAN.Cable = false; f.State.Router.URL = "ws://localhost:8080/ws" }, health.Fine, health.Fine, "", "", ""},
		{"no address", func(f *Facts) { f.LAN.How, f.LAN.Address, f.Addresses = lan.None, "", nil }, health.NoAddress, health.Fine, "none", "no network address.", "takes an address by itself"},
		{"no address, as another has it", func(f *Facts) {
			f.LAN.How, f.LAN.Address, f.Addresses, f.LAN.Duplicate, f.LAN.DuplicateOf = lan.None, "", nil, "02:00:00:00:00:01", "192.168.1.7"
		}, health.NoAddress, health.Fine, "none", "The machine with the MAC 02:00:00:00:00:01 has the address 192.168.1.7", ""},
		{"duplicate", func(f *Facts) {
			linkLocal(f)
			f.LAN.Duplicate, f.LAN.DuplicateOf = "02:00:00:00:00:01", "192.168.1.7"
		}, health.Fine, health.AddressTaken, "169.254.3.4 (link-local)", "02:00:00:00:00:01 has the address 192.168.1.7 already", "another address"},
		{"on trial", func(f *Facts) { f.LAN.How = lan.Static; f.LAN.Trial = &lan.Trial{Address: "192.168.1.7", Until: 90} }, health.Fine, health.AddressOnTrial, "192.168.1.7 (static)", "on trial", "http://192.168.1.7/"},
		{"undone", func(f *Facts) { f.LAN.Undone = "the new settings were undone: nobody confirmed them" }, health.Fine, health.AddressNotAsSet, "192.168.1.7", "The new settings were undone: nobody confirmed them.", "network settings"},
		{"link-local, and all works", linkLocal, health.Fine, health.Fine, "169.254.3.4 (link-local)", "", ""},
		{"link-local, and no robot", func(f *Facts) { linkLocal(f); down(f, "i/o timeout") }, health.RouterAway, health.AddressLinkLocal, "169.254.3.4 (link-local)", "No DHCP server", "in the box's settings"},
		{"link-local, as the robot", func(f *Facts) {
			linkLocal(f)
			down(f, "i/o timeout")
			f.State.Router.URL = "ws://169.254.7.7:8080/ws"
		}, health.RouterAway, health.Fine, "169.254.3.4 (link-local)", "", ""},
		{"clock", func(f *Facts) { f.Clock = clock.Report{Error: "192.168.1.1 (DHCP): no answer"} }, health.Fine, health.ClockNotSet, "not set: times are since power-on", "192.168.1.1 (DHCP): no answer.", "option 42"},
		{"clock, just on", func(f *Facts) { f.Clock = clock.Report{}; f.Uptime = 50 * time.Second }, health.Fine, health.Fine, "", "", ""},
		{"under-voltage", func(f *Facts) { f.Board.UnderVoltage, f.Board.Low = 3, true }, health.Fine, health.UnderVoltage, "under-voltage", "is too low", "power supply"},
		{"under-voltage before", func(f *Facts) { f.Board.UnderVoltage = 3 }, health.Fine, health.UnderVoltage, "under-voltage seen", "was too low, 3 times", "power supply"},
		{"hot", func(f *Facts) { f.Board.Celsius = &hotter }, health.Fine, health.Hot, "81 °C", "80 °C", "air"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := healthy()
			c.change(&f)
			r := NewJudge().Evaluate(f)
			check(t, r, c.broken, c.told)
			says := []Trouble{}
			if r.Broken != nil {
				says = append(says, *r.Broken)
			}
			says = append(says, r.Beside...)
			if c.text != "" && !slices.ContainsFunc(says, func(s Trouble) bool { return strings.Contains(s.Text, c.text) && strings.Contains(s.Do, c.do) }) {
				t.Errorf("nothing says %q and %q: %+v", c.text, c.do, says)
			}
			if !slices.ContainsFunc(r.Links, func(l Link) bool { return strings.Contains(l.Detail, c.detail) }) {
				t.Errorf("no link says %q: %+v", c.detail, r.Links)
			}
		})
	}
}

// check holds a report to the one kind that is broken and the one that is told.
func check(t *testing.T, r Report, broken, told health.Kind) {
	t.Helper()
	is := health.Fine
	if r.Broken != nil {
		is = r.Broken.Kind
	}
	if is != broken {
		t.Errorf("broken is %s, not %s", is, broken)
	}
	var beside []health.Kind
	for _, b := range r.Beside {
		beside = append(beside, b.Kind)
		if !b.Passes || b.Text == "" || b.Do == "" {
			t.Errorf("it is told as %+v", b)
		}
	}
	if told == health.Fine && beside != nil || told != health.Fine && !slices.Equal(beside, []health.Kind{told}) {
		t.Errorf("told is %q, not %s", beside, told)
	}
	for _, l := range r.Links {
		if l.Told != (l.Kind == told && told != health.Fine) || l.Told && !l.OK {
			t.Errorf("a link is %+v", l)
		}
	}
}

// A board that is about to go slower is told of until it has cooled down a little.
func TestHotUntilCooled(t *testing.T) {
	j, f := NewJudge(), healthy()
	for i, step := range []struct {
		celsius float64
		told    health.Kind
	}{{79.9, health.Fine}, {80, health.Hot}, {78, health.Hot}, {76.9, health.Fine}, {79, health.Fine}} {
		f.Board.Celsius = &step.celsius
		f.Now = f.Now.Add(10 * time.Second)
		r := j.Evaluate(f)
		check(t, r, health.Fine, step.told)
		if i == 2 && age(t, r, "Temperature") != 10*time.Second {
			t.Errorf("it is hot for %v", age(t, r, "Temperature"))
		}
	}
}

// The age of each link of the machine, by the uptime where that is told.
func TestSinceOfTheMachine(t *testing.T) {
	j, f := NewJudge(), healthy()
	is := func(when string, want map[string]time.Duration) {
		t.Helper()
		r := j.Evaluate(f)
		for name, long := range want {
			if got := age(t, r, name); got != long {
				t.Errorf("%s, %s is so for %v, not %v", when, name, got, long)
			}
		}
	}
	is("at first", map[string]time.Duration{"Power": time.Hour, "Network address": time.Hour - 12*time.Second, "Clock": time.Hour - 20*time.Second, "Cable": 0})
	later := func(d time.Duration) { f.Now, f.Uptime = f.Now.Add(d), f.Uptime+d }
	later(time.Minute)
	f.Board.UnderVoltage = 1
	is("at under-voltage", map[string]time.Duration{"Power": 0, "Cable": time.Minute})
	later(time.Minute)
	f.LAN.Cable = false
	is("at the cable's end", map[string]time.Duration{"Power": time.Minute, "Cable": 0})
	f.Clock = clock.Report{}
	is("without a clock", map[string]time.Duration{"Clock": f.Uptime})
}

// What cuts the robot off is said before what is told, and the client's lamp shows
// nothing of the machine.
func TestToldComesLast(t *testing.T) {
	f := healthy()
	f.Clock = clock.Report{}
	f.State.Clients = append(f.State.Clients, state.Client{Remote: "192.168.1.32:5000", Handshake: state.HandshakeFailed})
	r := NewJudge().Evaluate(f)
	if len(r.Beside) != 2 || r.Beside[0].Kind != health.ClientRefused || r.Beside[0].Passes || r.Beside[1].Kind != health.ClockNotSet {
		t.Errorf("beside it says %+v", r.Beside)
	}
	f.State.Clients = f.State.Clients[:1]
	if r := NewJudge().Evaluate(f); r.Health.Clients() != health.Fine || r.Health.ToRobot() != health.Fine {
		t.Errorf("the lamps are told %s and %s", r.Health.ToRobot(), r.Health.Clients())
	}
}
