package faults_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// linked is a rig whose relay reaches the router by way of a proxy.
func linked(t *testing.T, args ...string) (*Rig, *Proxy, *Relay) {
	t.Helper()
	rig := NewWithRobot(t)
	proxy := rig.Proxy()
	relay := rig.StartRelay(append([]string{"-router", proxy.URL(), "-check", "off"}, args...)...)
	relay.WaitRobot("present")
	return rig, proxy, relay
}

// payloads are what the robot received.
func payloads(robot *simulator.Driver) []string {
	var list []string
	for _, c := range robot.Received() {
		list = append(list, c.Payload)
	}
	return list
}

// down waits until there is no session any more and returns the reason.
func down(relay *Relay) string {
	s := relay.WaitState("no session", func(s state.State) bool {
		return s.Router.State != state.RouterJoined && s.Router.Error != ""
	})
	return s.Router.Error
}

// The router dies with messages in flight: each is answered, in order, and none
// is sent again.
func TestRouterDiesWithMessagesInFlight(t *testing.T) {
	t.Parallel()
	rig, proxy, relay := linked(t)
	l := newLedger(t)
	c := relay.Connect()
	const n = 200
	proxy.Down.Hold() // no acknowledgement comes through
	var messages []string
	for i := range n {
		messages = append(messages, l.message(0, i))
	}
	c.Send(messages...)
	rig.WaitRobot("has what was in flight", func(r *simulator.Driver) bool { return r.Arrived() >= 64 })
	proxy.Cut()
	proxy.Down.Release()
	before := c.Until(`"result": "already_connected"`)
	l.read(before)
	c.Until(`"type": "handshake"`)
	c.Fence()
	_, refused, unknown := l.audit(payloads(rig.Robot))
	if unknown != 64 || refused != n-64 {
		t.Errorf("%d refused and %d of unknown outcome, not %d and 64", refused, unknown, n-64)
	}
	want := append(slices.Repeat([]string{"outcome_unknown"}, 64), slices.Repeat([]string{"router_down"}, n-64)...)
	if got := l.codes(0, n); !slices.Equal(got, want) {
		t.Errorf("the codes are %v", got)
	}
	about := slices.DeleteFunc(before, func(m Message) bool { return m.Error().Received == "" }) // the robot is back after a silence
	if !slices.IsSortedFunc(about, func(a, b Message) int {
		x, _ := parseEntry(a.Error().Received)
		y, _ := parseEntry(b.Error().Received)
		return x.number - y.number
	}) {
		t.Error("the errors do not come in the order of the messages")
	}
}

// The connection is reset, again and again, in the middle of a message of one
// side or the other, while a client goes on sending.
func TestRouterResetsMidMessage(t *testing.T) {
	t.Parallel()
	rig, proxy, relay := linked(t)
	l := newLedger(t)
	c := relay.Connect()
	number := 0
	for round := range 8 {
		if rand.IntN(2) == 0 {
			proxy.Up.CutAfter(1 + rand.IntN(20_000))
		} else {
			proxy.Down.CutAfter(1 + rand.IntN(5_000))
		}
		for cut := false; !cut; {
			for range 20 {
				c.Send(l.message(0, number))
				number++
			}
			s := relay.WaitState("all read", func(s state.State) bool { return s.Clients[0].Received >= uint64(number) })
			cut = s.Router.State != state.RouterJoined || s.Router.Reconnects > round
		}
		relay.WaitState("joined again", func(s state.State) bool {
			return s.Router.Reconnects > round && s.Robot.State == state.RobotPresent
		})
		l.read(c.Until(`"result": "already_connected"`))
	}
	fence(c, l)
	published, refused, unknown := l.audit(payloads(rig.Robot))
	t.Logf("%d published, %d refused, %d of unknown outcome", published, refused, unknown)
	if published == 0 || refused+unknown == 0 {
		t.Error("the resets did not meet any message, or every one")
	}
}

// fence is Client.Fence for a client that may still be told other things.
func fence(c *Client, l *ledger) {
	c.Send(Meta("meta_commands", "null"))
	l.read(c.Until(`"meta_commands": [`))
}

// A router that freezes after the join is noticed within 15 s, at rest and
// under load, and the relay goes on by itself once there is one again.
func TestRouterFreezes(t *testing.T) {
	for name, load := range map[string]int{"at rest": 0, "under load": 2000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rig, proxy, relay := linked(t)
			l := newLedger(t)
			c := relay.Connect()
			began := time.Now()
			proxy.Up.Hold()
			proxy.Down.Hold()
			var messages []string
			for i := range load {
				messages = append(messages, l.message(0, i))
			}
			if load > 0 {
				c.Send(messages...)
			}
			reason := down(relay)
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("noticed after %v", took)
			} else {
				t.Logf("noticed after %v: %s", took.Round(time.Millisecond), reason)
			}
			proxy.Cut()
			proxy.Up.Release()
			proxy.Down.Release()
			l.read(c.Until(`"result": "already_connected"`))
			c.Until(`"type": "handshake"`)
			c.Fence()
			if published, _, unknown := l.audit(payloads(rig.Robot)); published != 0 || unknown > 64 {
				t.Errorf("%d published, %d of unknown outcome", published, unknown)
			}
		})
	}
}

// A relay can be stopped while its router is frozen, in time and in good order.
func TestStopWithFrozenRouter(t *testing.T) {
	t.Parallel()
	_, proxy, relay := linked(t)
	l := newLedger(t)
	c := relay.Connect()
	proxy.Up.Hold()
	proxy.Down.Hold()
	for i := range 3000 {
		c.Write(l.message(0, i) + "\n")
		if i == 1500 {
			// Until here all was read: what is over the limits is not.
			relay.WaitState("messages waiting", func(s state.State) bool { return s.Clients[0].Received > 64 })
		}
	}
	began := time.Now()
	if code := relay.Stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
	log := relay.Log.String()
	if strings.Contains(log, "panic") {
		t.Errorf("a panic:\n%s", log)
	}
	// Each that was read is answered, and the last line says why it ends.
	l.read(c.Until(`"result": "failed", "reason": "the relay is shutting down"`))
	for number, code := range l.codes(0, 64+1024) {
		if code != "outcome_unknown" && code != "router_down" {
			t.Fatalf("message %d was answered with %q", number, code)
		}
	}
}

// A router that is not there refuses connections; one that hangs accepts them
// and never answers. Both are said, and both end by themselves.
func TestRouterThatRefusesOrNeverAnswers(t *testing.T) {
	t.Run("refuses", func(t *testing.T) {
		t.Parallel()
		_, proxy, relay := linked(t)
		c := relay.Connect()
		proxy.Refuse()
		if reason := down(relay); reason == "" {
			t.Error("no reason")
		}
		relay.WaitState("refused", func(s state.State) bool { return strings.Contains(s.Router.Error, "connection refused") })
		c.Send(Command("home", "null"))
		if e := c.ExpectError("router_down"); !strings.Contains(e.Text, "connection refused") {
			t.Errorf("the client is told %q", e.Text)
		}
		began := time.Now()
		proxy.Accept()
		c.Handshake()
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("joined after %v", took)
		}
		c.Home()
	})
	t.Run("never answers", func(t *testing.T) {
		t.Parallel()
		rig := NewWithRobot(t)
		proxy := rig.Proxy()
		proxy.Down.Hold()
		relay := rig.StartRelay("-router", proxy.URL())
		c := relay.Dial()
		c.Start()
		relay.WaitState("no answer", func(s state.State) bool { return strings.Contains(s.Router.Error, "no answer within 10s") })
		c.Send(Command("home", "null"))
		c.ExpectError("router_down")
		proxy.Cut()
		proxy.Down.Release()
		c.Handshake()
		c.Home()
	})
}

// A router that comes and goes: nothing is lost and nothing piles up.
func TestRouterFlaps(t *testing.T) {
	t.Parallel()
	rig, proxy, relay := linked(t)
	l := newLedger(t)
	clients := []*Client{relay.Connect(), relay.Connect()}
	const rounds = 8
	for round := range rounds {
		for k, c := range clients {
			for i := range 10 {
				c.Send(l.message(k, round*10+i))
			}
		}
		proxy.Refuse()
		down(relay)
		proxy.Accept()
		relay.WaitState("joined", func(s state.State) bool {
			return s.Router.State == state.RouterJoined && s.Router.Reconnects == round+1
		})
		for _, c := range clients {
			l.read(c.Until(`"result": "already_connected"`))
		}
	}
	for _, c := range clients {
		fence(c, l)
	}
	published, refused, unknown := l.audit(payloads(rig.Robot))
	t.Logf("%d published, %d refused, %d of unknown outcome", published, refused, unknown)
	if ids := rig.Robot.Ids(); len(ids) != 2 {
		t.Errorf("%d rounds cost the driver %d slots for two clients", rounds, len(ids))
	}
}

// The router itself restarts, and with it everybody's session.
func TestRouterRestartsUnderLoad(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-check", "off")
	relay.WaitRobot("present")
	l := newLedger(t)
	c := relay.Connect()
	arrived := 0
	for round := range 3 {
		for i := range 100 {
			c.Send(l.message(0, round*100+i))
			if i == 50 {
				rig.WaitRobot("gets some of it", func(r *simulator.Driver) bool { return r.Arrived() > arrived })
			}
		}
		arrived = rig.Robot.Arrived()
		rig.StopRouter()
		rig.StartRouter()
		l.read(c.Until(`"result": "already_connected"`))
		c.Until(`"type": "handshake"`)
	}
	c.Home()
	// What a dying router has acknowledged it need not have passed on, so here
	// it is only shown that nothing came twice, late or in another order.
	seen := -1
	for _, payload := range payloads(rig.Robot) {
		e, ok := parseEntry(commandOf(payload))
		if ok && e.number <= seen {
			t.Errorf("%v came after %d", e, seen)
		}
		if ok {
			seen = e.number
			if code := l.codes(0, 300)[e.number]; code != "" && code != "outcome_unknown" {
				t.Errorf("%v was published, and answered with %s", e, code)
			}
		}
	}
	if seen < 0 {
		t.Error("nothing came at all")
	}
}
