package faults_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	protocol "rawtcpcom/relay/wire"
)

// The state API stops the robot with all ids lent, and every client is told by
// whom.
func TestHaltNeedsNoID(t *testing.T) {
	t.Parallel()
	rig, _, relay, runs := moving(t, "-max-clients", "2")
	other := relay.Connect()
	by := "Ada at the status page"
	status, body := relay.Do("POST", "/halt?by="+url.QueryEscape(by+"\n\x1b"))
	if status != 200 || !strings.Contains(body, "acknowledged") {
		t.Fatalf("%d %s", status, body)
	}
	rig.Received(3)
	if got := commandsOf(rig.Robot); !slices.Equal(got, []string{"move_to", "clear_queue", "halt"}) {
		t.Errorf("the robot got %v", got)
	}
	for _, got := range rig.Robot.Received()[1:] {
		if got.From != protocol.RelayID {
			t.Errorf("%s is in the name of %s", got.Command, got.From)
		}
	}
	rig.WaitRobot("stands", func(r *simulator.Driver) bool { return !r.Moving() })
	for _, c := range []*Client{runs, other} {
		c.Until(`{"stopped": "halt", "by": "` + by + `", "reason": "the robot was stopped by ` + by + `: `)
	}
	relay.Log.WaitFor(t, `by="`+by+`"`)
}

// What clients have waiting in the relay is refused and never follows the halt.
func TestNothingFollowsAHaltFromOutside(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	proxy := rig.Proxy()
	relay := rig.StartRelay("-router", proxy.URL())
	relay.WaitRobot("present")
	c := relay.Connect()
	proxy.Down.Hold() // without acknowledgements, only so many go out
	for range 200 {
		c.Send(Command("home", `{"X": "true"}`))
	}
	c.Send("rubbish")
	c.ExpectError("bad_json") // all of them are in the relay
	answered := make(chan int)
	go func() {
		status, _ := relay.Do("POST", "/halt")
		answered <- status
	}()
	rig.WaitRobot("is halted", func(r *simulator.Driver) bool { return slices.Contains(commandsOf(r), "halt") })
	proxy.Down.Release()
	if status := <-answered; status != 200 {
		t.Errorf("answered %d", status)
	}
	refused := 0
	for _, m := range c.Until(`"stopped": "halt"`) {
		if m.Error().Code == "refused" {
			refused++
		}
	}
	c.Send(Meta("meta_commands", "null"))
	c.Until(`"meta_commands": [`)
	got := commandsOf(rig.Robot)
	if at := slices.Index(got, "halt"); !slices.Equal(got[at:], []string{"halt", "meta_commands"}) {
		t.Errorf("after the halt the robot got %v", got[at:])
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

// Where the stop does not reach the robot, the answer says so.
func TestHaltThatReachesNobody(t *testing.T) {
	t.Parallel()
	halt := func(t *testing.T, relay *Relay, want string) {
		t.Helper()
		began := time.Now()
		status, body := relay.Do("POST", "/halt")
		if status != 503 || !strings.Contains(body, want) || !strings.Contains(body, "the robot's own switch") {
			t.Errorf("answered %d %s", status, body)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("answered after %v", took)
		}
	}
	t.Run("no router", func(t *testing.T) {
		t.Parallel()
		rig := NewWithRobot(t)
		relay := rig.StartRelay()
		relay.WaitRobot("present")
		rig.StopRouter()
		relay.WaitRouter(false)
		halt(t, relay, "not kept for later")
		rig.StartRouter()
		relay.WaitRobot("present")
		relay.Connect().Fence()
		if got := commandsOf(rig.Robot); slices.Contains(got, "halt") {
			t.Errorf("it was kept: %v", got)
		}
	})
	t.Run("a router that has frozen", func(t *testing.T) {
		t.Parallel()
		rig := NewWithRobot(t)
		proxy := rig.Proxy()
		relay := rig.StartRelay("-router", proxy.URL())
		relay.WaitRobot("present")
		proxy.Up.Hold()
		halt(t, relay, "has not acknowledged")
		proxy.Up.Release()
	})
	t.Run("no robot", func(t *testing.T) {
		t.Parallel()
		rig := NewWithRobot(t)
		relay := rig.StartRelay()
		relay.WaitRobot("present")
		rig.StopRobot()
		relay.WaitRobot("absent")
		halt(t, relay, "is absent")
	})
}

// Neither a foreign network nor a page of another site can stop the robot by the
// state API.
func TestStrangersDoNotHaltByTheStateAPI(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	for want, headers := range map[int][]string{
		403: {"Origin", "http://evil.example", "Sec-Fetch-Site", "cross-site"},
		405: nil,
	} {
		method := "POST"
		if want == 405 {
			method = "GET" // as an image or a link is fetched
		}
		if status, body := relay.Do(method, "/halt", headers...); status != want {
			t.Errorf("%s: %d %s", method, status, body)
		}
	}
	foreign := rig.StartRelay("-allow", "10.0.0.0/8", "-data", t.TempDir())
	if status, _ := foreign.Do("POST", "/halt"); status != 403 {
		t.Errorf("a foreign network is answered %d", status)
	}
	relay.Connect().Fence()
	if got := commandsOf(rig.Robot); !slices.Equal(got, []string{"meta_commands"}) {
		t.Errorf("the robot got %v", got)
	}
}
