package chain

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/state"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// healthy are facts with all links there.
func healthy() Facts {
	return Facts{
		Now: noon, Uptime: time.Hour, Addresses: []string{"192.168.1.7"}, Answering: true, ClientPort: "7887",
		State: state.State{
			Router:  state.Router{URL: "ws://192.168.1.20:8080/ws", Realm: "ot_realm", State: state.RouterJoined, Since: noon.Add(-time.Minute)},
			Driver:  state.Driver{State: state.DriverPresent, Since: noon.Add(-time.Minute)},
			Clients: []state.Client{{Remote: "192.168.1.31:5000", Handshake: state.HandshakeSuccess, Since: noon.Add(-time.Second)}},
		},
	}
}

func down(f *Facts, dial string) {
	f.State.Router.State = state.RouterDown
	f.State.Router.Error = "dial: something"
	f.State.Driver.State = state.DriverUnknown
	f.State.Clients[0].Handshake = state.HandshakePending
	f.Dial = Dial{Address: "192.168.1.20:8080", Done: true, Err: dial}
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
		{"all there", func(*Facts) {}, 6, "", "", "", false},
		{"no address", func(f *Facts) { f.Addresses = nil }, 1, Network, "no network address", "cable", false},
		{"no address and a router on this machine", func(f *Facts) { f.Addresses = nil; f.State.Router.URL = "ws://127.0.0.1:8080/ws" }, 6, "", "", "", false},
		{"relay away", func(f *Facts) { f.Answering = false; f.AnswerError = "it is not running" }, 2, Relay, "does not answer", "it is not running. It is restarted by itself", false},
		{"router not dialled yet", func(f *Facts) { down(f, ""); f.Dial = Dial{} }, 2, Router, "looking for", "Wait", false},
		{"the dial was to another router", func(f *Facts) { down(f, "connection refused"); f.Dial.Address = "10.0.0.1:8080" }, 2, Router, "looking for", "Wait", false},
		{"router refuses", func(f *Facts) { down(f, "connection refused") }, 2, Router, "There is a machine at 192.168.1.20:8080", "restart it", false},
		{"router off", func(f *Facts) { down(f, "no route to host") }, 2, Router, "cannot be reached", "Is the robot on?", false},
		{"router silent", func(f *Facts) { down(f, "timeout") }, 2, Router, "cannot be reached", "same network", false},
		{"router's name", func(f *Facts) { down(f, "no such host") }, 2, Router, "cannot be found", "-router", false},
		{"router otherwise", func(f *Facts) { down(f, "protocol wrong type") }, 2, Router, "protocol wrong type", "-router", false},
		{"no session", func(f *Facts) { down(f, "") }, 3, Session, "no WAMP session with it: dial: something.", "realm", false},
		{"driver absent", func(f *Facts) {
			f.State.Driver = state.Driver{State: state.DriverAbsent, Error: "nobody subscribed"}
			f.State.Clients[0].Handshake = state.HandshakePending
		}, 4, Driver, "absent: nobody subscribed.", "restart the robot", false},
		{"driver unheard", func(f *Facts) { f.State.Driver = state.Driver{State: state.DriverUnknown} }, 4, Driver, "not been heard", "Wait", false},
		{"no client", func(f *Facts) { f.State.Clients = nil }, 5, Client, "No client", "port 7887 of 192.168.1.7", true},
		{"client waits", func(f *Facts) { f.State.Clients[0].Handshake = state.HandshakePending }, 5, Client, "192.168.1.31:5000 is connected and waits", "close the client", false},
		{"client refused", func(f *Facts) { f.State.Clients[0].Handshake = state.HandshakeFailed }, 5, Client, "refused", "five ids", false},
		{"one of two clients waits", func(f *Facts) {
			f.State.Clients = append(f.State.Clients, state.Client{Handshake: state.HandshakePending})
		}, 6, "", "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := healthy()
			c.change(&f)
			r := NewJudge().Evaluate(f)
			if len(r.Links) != 6 {
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
	if got := age(t, j.Evaluate(f), Session); got != time.Minute {
		t.Errorf("a session that was there before is %v old, want a minute", got)
	}
	f.Now = f.Now.Add(10 * time.Second)
	r := j.Evaluate(f)
	if got := age(t, r, Session); got != 70*time.Second {
		t.Errorf("ten seconds later it is %v old", got)
	}
	if got := age(t, r, Power); got != time.Hour {
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
	if got := age(t, r, Router); got != 10*time.Second {
		t.Errorf("the router is away for %v, want 10 s", got)
	}
	if got := age(t, r, Session); got != 10*time.Second {
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
	f.State.Driver.State = state.DriverAbsent
	f.State.Driver.Since = noon.Add(time.Hour) // told before it was set back
	r := j.Evaluate(f)
	if got := age(t, r, Session); got != 5*time.Second {
		t.Errorf("the session is %v old, older than the machine is on", got)
	}
	if got := age(t, r, Driver); got != 0 {
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

func TestHostPort(t *testing.T) {
	for in, want := range map[string]string{
		"ws://robot:8080/ws": "robot:8080", "ws://robot/ws": "robot:80", "wss://[fe80::1]/ws": "[fe80::1]:443", "nonsense": "nonsense",
	} {
		if got := hostPort(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestTryDial(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "ws://" + ln.Addr().String() + "/ws"
	if d := TryDial(t.Context(), url); !d.Done || d.Err != "" || d.Address != ln.Addr().String() {
		t.Errorf("to a listener: %+v", d)
	}
	ln.Close()
	if d := TryDial(t.Context(), url); !strings.Contains(d.Err, "refused") {
		t.Errorf("to nobody: %+v", d)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if d := TryDial(ended, url); d.Err == "" {
		t.Errorf("after the end: %+v", d)
	}
}

func TestMachine(t *testing.T) {
	for _, a := range Addresses() {
		if ip := net.ParseIP(a); ip == nil || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
			t.Errorf("%s is no address that others reach", a)
		}
	}
	if up := Uptime(time.Now()); up < 0 {
		t.Errorf("on for %v", up)
	}
}
