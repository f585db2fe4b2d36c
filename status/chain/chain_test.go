package chain

import (
	"strings"
	"testing"
	"time"

	clock "rawtcpcom/gokrazy/clock/report"
	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// healthy are facts with all links of a box there.
func healthy() Facts {
	celsius := 48.3
	return Facts{
		Machine: Machine{
			Addresses: []string{"192.168.1.7"},
			Board:     Board{Celsius: &celsius},
			LAN:       &lan.Report{Interface: "eth0", MAC: "b8:27:eb:12:34:56", Cable: true, How: lan.DHCP, Address: "192.168.1.7/24", Uptime: 12},
			Clock:     clock.Report{Set: true, From: "192.168.1.1 (DHCP)", Uptime: 20},
		},
		Now: noon, Uptime: time.Hour, Answering: true, ClientPort: "7887", Place: place.Box,
		State: state.State{
			Router:  state.Router{URL: "ws://192.168.1.20:8080/ws", Realm: "ot_realm", State: state.RouterJoined, Since: noon.Add(-time.Minute)},
			Robot:   state.Robot{State: state.RobotPresent, Since: noon.Add(-time.Minute)},
			Clients: []state.Client{{Remote: "192.168.1.31:5000", Handshake: state.HandshakeSuccess, Since: noon.Add(-time.Second)}},
		},
	}
}

func down(f *Facts, reason string) {
	f.State.Router.State = state.RouterDown
	f.State.Router.Error = reason
	f.State.Robot.State = state.RobotUnknown
	f.State.Clients[0].Handshake = state.HandshakePending
}

func TestFirstBrokenLink(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(*Facts)
		good    int    // links before the first broken one
		link    string // that is named; empty: none
		text    string // a part of the sentence
		do      string // a part of what to do
		waiting bool
	}{
		{"all there", func(*Facts) {}, 9, "", "", "", false},
		{"no address", func(f *Facts) { f.Addresses, f.LAN.Address = nil, "" }, 4, "Network address", "no network address", "Wait half a minute", false},
		{"no address and a router on this machine", func(f *Facts) { f.Addresses, f.LAN.Address = nil, ""; f.State.Router.URL = "ws://127.0.0.1:8080/ws" }, 9, "", "", "", false},
		{"relay away", func(f *Facts) { f.Answering = false; f.AnswerError = "it is not running" }, 5, "Relay", "does not answer", "it is not running. It is restarted by itself", false},
		{"router away", func(f *Facts) { down(f, "connection refused") }, 5, "Router", "There is a machine at 192.168.1.20:8080", "restart it", false},
		{"no session", func(f *Facts) { down(f, "no such realm"); f.State.Router.Reached = true }, 6, "WAMP session", "no such realm", "realm", false},
		{"driver absent", func(f *Facts) { f.State.Robot.State = state.RobotAbsent }, 7, "Driver", "absent", "restart the robot", false},
		{"otone absent", func(f *Facts) { f.State.Robot = state.Robot{Name: "robot", State: state.RobotAbsent} }, 7, "Robot", "absent", "restart the robot", false},
		{"no client", func(f *Facts) { f.State.Clients = nil }, 8, "Client", "No client", "port 7887 of 192.168.1.7", true},
		{"client refused", func(f *Facts) { f.State.Clients[0].Handshake = state.HandshakeFailed }, 8, "Client", "refused", "takes 5 ids", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := healthy()
			c.change(&f)
			r := NewJudge().Evaluate(f)
			if len(r.Links) != 9 {
				t.Fatalf("%d links", len(r.Links))
			}
			for i, l := range r.Links {
				if l.OK != (i < c.good) {
					t.Errorf("link %s: ok is %v, want the first %d to be", l.Name, l.OK, c.good)
				}
				if l.Detail == "" {
					t.Errorf("link %s says nothing", l.Name)
				}
			}
			if c.link == "" {
				if r.Broken != nil {
					t.Errorf("broken: %+v", r.Broken)
				}
				return
			}
			if r.Broken == nil || r.Broken.Link != c.link || r.Broken.Waiting != c.waiting {
				t.Fatalf("broken: %+v, want %s", r.Broken, c.link)
			}
			if !strings.Contains(r.Broken.Text, c.text) || !strings.Contains(r.Broken.Do, c.do) {
				t.Errorf("broken: %+v, want %q and %q in it", r.Broken, c.text, c.do)
			}
		})
	}
}

func age(t *testing.T, r Report, name string) time.Duration {
	t.Helper()
	for _, l := range r.Links {
		if l.Name == name {
			return time.Duration(l.For * float64(time.Second)).Round(time.Millisecond)
		}
	}
	t.Fatalf("no link %s", name)
	return 0
}

func TestSinceWhen(t *testing.T) {
	j := NewJudge()
	f := healthy()
	if got := age(t, j.Evaluate(f), "WAMP session"); got != time.Minute {
		t.Errorf("a session that was there before is %v old, want a minute", got)
	}
	f.Now = f.Now.Add(10 * time.Second)
	r := j.Evaluate(f)
	if got := age(t, r, "WAMP session"); got != 70*time.Second {
		t.Errorf("ten seconds later it is %v old", got)
	}
	if got := age(t, r, "Power"); got != time.Hour {
		t.Errorf("the power is on for %v", got)
	}
	down(&f, "connection refused")
	f.State.Router.Since = f.Now
	j.Evaluate(f)
	for range 5 { // each attempt of the relay tells a new instant
		f.Now = f.Now.Add(2 * time.Second)
		f.State.Router.Since = f.Now
		r = j.Evaluate(f)
	}
	if got := age(t, r, "Router"); got != 10*time.Second {
		t.Errorf("the router is away for %v, want 10 s", got)
	}
	if got := age(t, r, "WAMP session"); got != 10*time.Second {
		t.Errorf("the session is away for %v, want 10 s", got)
	}
}

// A box without a battery starts in 1970 and is set later.
func TestAgesWithoutAClock(t *testing.T) {
	j := NewJudge()
	f := healthy()
	f.Uptime = 5 * time.Second
	f.Now = noon
	f.State.Router.Since = time.Unix(3, 0) // told before the clock was set
	f.State.Robot.State = state.RobotAbsent
	f.State.Robot.Since = noon.Add(time.Hour) // told before it was set back
	r := j.Evaluate(f)
	if got := age(t, r, "WAMP session"); got != 5*time.Second {
		t.Errorf("the session is %v old, older than the machine is on", got)
	}
	if got := age(t, r, "Driver"); got != 0 {
		t.Errorf("the driver is away for %v", got)
	}
}

func TestForget(t *testing.T) {
	a := NewAges()
	a.Of("old", "", noon, noon, time.Hour)
	a.Of("kept", "", noon, noon.Add(time.Second), time.Hour)
	a.Forget(noon.Add(time.Second))
	if len(a.marks) != 1 {
		t.Errorf("%d marks are left, want 1", len(a.marks))
	}
}

// A client that was turned away is told of for a minute, by a clock that does
// not jump, and a later one is told of anew.
func TestTurnedAwayForAMinute(t *testing.T) {
	for name, last := range map[string]time.Time{
		"the clocks agree": noon.Add(-time.Second), "told before the clock was set": time.Unix(3, 0), "told before it was set back": noon.Add(time.Hour),
	} {
		t.Run(name, func(t *testing.T) {
			j, f := NewJudge(), healthy()
			f.Uptime = time.Second
			f.State.TurnedAway = state.TurnedAway{Count: 1, Last: last, Remote: "10.0.0.5:1234", Reason: "too_many", Text: "all 4 ids are in use"}
			told := func() bool {
				t.Helper()
				r := j.Evaluate(f)
				if r.Broken != nil {
					t.Errorf("it breaks the chain: %+v", r.Broken)
				}
				return len(r.Beside) == 1 && strings.Contains(r.Beside[0].Text, "10.0.0.5: all 4 ids are in use")
			}
			if !told() {
				t.Error("it is not told of")
			}
			f.Now = f.Now.Add(50 * time.Second)
			if !told() {
				t.Error("it is not told of any more after 50 s")
			}
			f.Now = f.Now.Add(time.Minute)
			if told() {
				t.Error("it is told of after two minutes")
			}
			f.State.TurnedAway.Count, f.State.TurnedAway.Last = 2, f.Now
			if !told() {
				t.Error("the next one is not told of")
			}
		})
	}
}
