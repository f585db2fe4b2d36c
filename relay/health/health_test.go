package health

import (
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// whole are facts with nothing amiss.
func whole() Facts {
	return Facts{
		Answering: true, Now: noon,
		State: state.State{
			Router:  state.Router{URL: "ws://192.168.1.20:8080/ws", Realm: "ot_realm", State: state.RouterJoined, Since: noon.Add(-time.Minute)},
			Robot:   state.Robot{Name: "driver", State: state.RobotPresent, Since: noon.Add(-time.Minute)},
			Clients: []state.Client{{Remote: "192.168.1.31:5000", Handshake: state.HandshakeSuccess, Since: noon.Add(-time.Second)}},
		},
	}
}

func away(f *Facts, reason string) {
	f.State.Router = state.Router{URL: "ws://192.168.1.20:8080/ws", Realm: "ot_realm", State: state.RouterDown, Since: noon, Error: reason}
	f.State.Robot.State = state.RobotUnknown
	f.State.Clients[0].Handshake = state.HandshakePending
}

// What each kind of fault is called, by a program and by a person, and what it
// is told to do about it. That the right one is found is
// monitor.TestAllFourAgree's.
func TestWords(t *testing.T) {
	otone := func(f *Facts) { f.State.Robot.Name = "robot" }
	for _, c := range []struct {
		name          string
		change        func(*Facts)
		kind          Kind
		line, why, do string // parts
	}{
		{"relay away", func(f *Facts) { *f = Facts{AnswerError: "it is not running"} }, RelayAway, "", "does not answer", "it is not running. Start it again"},
		{"relay away, for no known reason", func(f *Facts) { *f = Facts{} }, RelayAway, "", "does not answer", "passes the messages. Start it again"},
		{"router not dialled yet", func(f *Facts) { away(f, "") }, RouterAway, "looking for ws://192.168.1.20:8080/ws", "looking for", "Wait"},
		{"router refuses", func(f *Facts) { away(f, "dial tcp: connect: connection refused") }, RouterAway, "refused", "There is a machine at 192.168.1.20:8080", "restart it"},
		{"router off", func(f *Facts) { away(f, "no route to host") }, RouterAway, "no route", "cannot be reached", "Is the robot on?"},
		{"router silent", func(f *Facts) { away(f, "no answer within 10s; is it a WAMP router, and does it run?") }, RouterAway, "no answer", "cannot be reached", "same network"},
		{"router's name", func(f *Facts) { away(f, "dial tcp: lookup robot on 10.0.0.1:53: i/o timeout") }, RouterAway, "lookup robot", "cannot be found", "-router"},
		{"router otherwise", func(f *Facts) { away(f, "the session was closed.") }, RouterAway, "closed", "does not answer: the session was closed.", "-router"},
		{"no session", func(f *Facts) { away(f, "no such realm."); f.State.Router.Reached = true }, NoSession, "none with ws://192.168.1.20:8080/ws: no such realm", "no WAMP session with it: no such realm.", "realm"},
		{"no session yet", func(f *Facts) { away(f, ""); f.State.Router.Reached = true }, NoSession, "being set up", "being set up", "realm"},
		{"driver absent", func(f *Facts) {
			f.State.Robot.State, f.State.Robot.Error = state.RobotAbsent, "nobody subscribed"
		}, RobotAbsent, "absent: nobody subscribed", "the robot's driver is absent: nobody subscribed.", "its driver is not running"},
		{"otone absent", func(f *Facts) { otone(f); f.State.Robot.State = state.RobotAbsent }, RobotAbsent, "absent", "the robot's software is absent.", "its software is not running"},
		{"another robot", func(f *Facts) {
			f.State.Robot.State, f.State.Robot.Speaks, f.State.Robot.Error = state.RobotAbsent, "otone", "this robot speaks otone: set it"
		}, RobotAbsent, "absent: this robot speaks otone", "this robot speaks otone, which the relay is not set to", "Set the robot's software to otone: start the relay with -backend otone."},
		{"board not connected", func(f *Facts) { otone(f); f.State.Robot.Board = state.BoardAway }, RobotNotConnected, "motor board not connected", "The robot's software is there, but its motor board is not connected", "connectPort"},
		{"the driver's board gone", func(f *Facts) { f.State.Robot.Board = state.BoardAway }, RobotNotConnected, "motor board not connected", "The robot's driver is there, but its motor board is not connected", "restart the robot"},
		{"driver halted", func(f *Facts) {
			f.State.Halted = state.Halted{State: state.HaltedYes, By: "c1", Since: noon}
		}, RobotHalted, "halted by client c1", "Client c1 halted the robot", "send it the command reset_from_halt, and home it"},
		{"otone halted", func(f *Facts) {
			otone(f)
			f.State.Halted = state.Halted{State: state.HaltedYes, By: state.ByAnother, Since: noon}
		}, RobotHalted, "halted by another program", "Another program halted the robot", `"M999"`},
		{"driver unheard", func(f *Facts) { f.State.Robot.State = state.RobotUnknown }, RobotUnheard, "not heard of yet", "the robot's driver has not been heard of", "Wait"},
		{"no client", func(f *Facts) { f.State.Clients = nil }, NoClient, "none connected", "No client", "TCP port 7887 of this machine"},
		{"client waits", func(f *Facts) { f.State.Clients[0].Handshake = state.HandshakePending }, ClientWaiting, "192.168.1.31:5000", "192.168.1.31:5000 is connected and waits", "close the client"},
		{"client refused", func(f *Facts) { f.State.Clients[0].Handshake = state.HandshakeFailed }, ClientRefused, "refused by the driver: 192.168.1.31:5000", "The robot's driver refused the client at 192.168.1.31:5000.", "takes 5 ids"},
		{"client refused by otone", func(f *Facts) { otone(f); f.State.Clients[0].Handshake = state.HandshakeFailed }, ClientRefused, "refused by the robot", "The robot's software refused", "Restart the robot."},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := whole()
			c.change(&f)
			b := Judge(f).Broken()
			if b == nil || b.Kind != c.kind || b.Short == "" || !strings.Contains(b.Line, c.line) || !strings.Contains(b.Why, c.why) || !strings.Contains(b.Do, c.do) {
				t.Errorf("%+v", b)
			}
			if b != nil && f.State.Robot.Name == "robot" && strings.Contains(b.Why+b.Do+b.Line+b.Title, "river") {
				t.Errorf("otone has no driver: %+v", b)
			}
		})
	}
	if b := Judge(whole()).Broken(); b != nil {
		t.Errorf("nothing is amiss, and it says %+v", b)
	}
}

// What was heard over a broken link is not said any more; what is known
// without it is.
func TestBehindABrokenLink(t *testing.T) {
	for client, want := range map[state.Handshake]Kind{
		state.HandshakeSuccess: Behind, state.HandshakeFailed: Behind, state.HandshakePending: ClientWaiting, "": NoClient,
	} {
		f := whole()
		f.State.Robot.State = state.RobotAbsent
		f.State.Clients[0].Handshake = client
		if client == "" {
			f.State.Clients = nil
		}
		r := Judge(f)
		if l := r.link(Client); l.OK || l.Kind != want || r.Clients() != want {
			t.Errorf("a client whose handshake is %q is %+v, not %s", client, l, want)
		}
		if len(r.Beside) > 0 {
			t.Errorf("a client whose handshake is %q: %+v", client, r.Beside)
		}
	}
}

// A halted robot cuts nobody off: a stop and the reset pass.
func TestHaltedRobotCutsNobodyOff(t *testing.T) {
	for client, want := range map[state.Handshake]Kind{
		state.HandshakeSuccess: Fine, state.HandshakeFailed: ClientRefused, state.HandshakePending: ClientWaiting,
	} {
		f := whole()
		f.State.Halted = state.Halted{State: state.HaltedYes, Since: noon}
		f.State.Clients[0].Handshake = client
		if r := Judge(f); r.ToRobot() != RobotHalted || r.Clients() != want {
			t.Errorf("a client whose handshake is %q is %s behind %s", client, r.Clients(), r.ToRobot())
		}
	}
	f := whole()
	f.State.Halted = state.Halted{State: state.HaltedYes, Since: noon}
	f.State.Clients = append(f.State.Clients, state.Client{Handshake: state.HandshakeFailed})
	if r := Judge(f); !r.Has(ClientRefused) {
		t.Errorf("a client that is refused beside another: %+v", r)
	}
}

func TestTurnedAway(t *testing.T) {
	for _, c := range []struct {
		name   string
		reason string
		ago    time.Duration
		told   bool
	}{
		{"now", "too_many", 0, true},
		{"most of a minute ago", "too_many", Lately - 1, true},
		{"a minute ago", "too_many", Lately, false},
		{"in the future", "too_many", -1, false},
		{"a stranger", "not_allowed", 0, false},
	} {
		f := whole()
		f.State.TurnedAway = state.TurnedAway{Count: 3, Last: noon.Add(-c.ago), Remote: "10.0.0.5:49152", Reason: c.reason, Text: "all 4 ids are in use."}
		r := Judge(f)
		if r.Broken() != nil || r.Has(ClientTurnedAway) != c.told {
			t.Errorf("%s: %+v", c.name, r)
		}
		if c.told && r.Beside[0].Why != "A further program was turned away at 10.0.0.5: all 4 ids are in use." {
			t.Errorf("%s: it says %q", c.name, r.Beside[0].Why)
		}
	}
}

// Whoever waits is told a code, whatever the reason.
func TestWhoWaitsGetsACode(t *testing.T) {
	for kind, want := range map[Kind]string{
		RouterAway: "router_down", NoSession: "router_down", RobotUnheard: "driver_absent", RobotAbsent: "driver_absent",
		RobotNotConnected: "robot_not_connected", ClientRefused: "driver_full", ClientWaiting: "busy",
	} {
		if got := string(codes[kind]); got != want {
			t.Errorf("%s: %q, not %q", kind, got, want)
		}
	}
	f := whole()
	if l, _, waits := Waits(place.PC, f.State.Router, f.State.Robot, f.State.Clients[0]); waits {
		t.Errorf("where nothing is amiss: %+v", l)
	}
	f.State.Robot.State = state.RobotAbsent
	l, code, waits := Waits(place.PC, f.State.Router, f.State.Robot, f.State.Clients[0])
	if !waits || code != "driver_absent" || l.Why != Judge(f).Broken().Why {
		t.Errorf("without a driver: %s, %+v", code, l)
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
