package faults_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// moving is a rig whose robot is at a long motion for a client.
func moving(t *testing.T, args ...string) (*Rig, *Proxy, *Relay, *Client) {
	t.Helper()
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{Speed: map[string]float64{"X": 1}})
	proxy := rig.Proxy()
	relay := rig.StartRelay(append([]string{"-router", proxy.URL()}, args...)...)
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Send(Command("move_to", `{"X": 1000}`))
	c.Until(`"stat": 1`)
	return rig, proxy, relay, c
}

func commandsOf(r *simulator.Driver) (names []string) {
	for _, command := range r.Received() {
		names = append(names, command.Command)
	}
	return names
}

// A client that has only asked leaves another's run alone; one that commanded
// stops it, and the other is told who has left and what was published.
func TestStopForAGoneClientStopsNoMoreThanItMust(t *testing.T) {
	t.Parallel()
	rig, _, relay, runs := moving(t, "-on-disconnect", "halt")
	asks, moves := relay.Connect(), relay.Connect()
	asks.Send(Command("feedback_on", "null"), Command("positions", "null"))
	rig.Received(3)
	asks.Close()
	relay.WaitState("has left", func(s state.State) bool { return len(s.Clients) == 2 })
	runs.Send(Meta("meta_commands", "null"))
	runs.Until(`"meta_commands"`)
	if got := commandsOf(rig.Robot); len(got) != 4 || !rig.Robot.Moving() {
		t.Errorf("the robot got %v", got)
	}
	moves.Send(Command("speed", "null"))
	rig.Received(5)
	moves.Close()
	for {
		m := runs.Next()
		if !m.IsNotice() {
			continue
		}
		for _, text := range []string{`{"stopped": "halt", "by": "` + moves.ID, "client " + moves.ID + " at " + moves.Conn.LocalAddr().String(), "-on-disconnect halt"} {
			if !strings.Contains(m.Line, text) {
				t.Errorf("not told %q: %s", text, m.Line)
			}
		}
		break
	}
	rig.WaitRobot("stands", func(r *simulator.Driver) bool { return !r.Moving() })
}

// A relay that is stopped, as at each update, stops the robot before it leaves
// the router.
func TestRelayThatIsStoppedStopsTheRobot(t *testing.T) {
	for leaves, want := range map[string][]string{
		"none":  {"move_to"},
		"clear": {"move_to", "clear_queue"},
		"halt":  {"move_to", "clear_queue", "halt"},
	} {
		t.Run(leaves, func(t *testing.T) {
			t.Parallel()
			rig, _, relay, c := moving(t, "-on-disconnect", leaves)
			if code := relay.Stop(); code != 0 {
				t.Errorf("exit code %d", code)
			}
			// On its way through the router, since nothing comes back to wait for.
			rig.Received(len(want))
			if got := commandsOf(rig.Robot); !slices.Equal(got, want) {
				t.Errorf("the robot got %v, not %v", got, want)
			}
			if strings.Contains(relay.Log.String(), "level=ERROR") {
				t.Errorf("the log holds an error:\n%s", relay.Log)
			}
			told := c.Until(`"result": "failed", "reason": "the relay is shutting down"`)
			if stopped := slices.ContainsFunc(told, func(m Message) bool { return strings.Contains(m.Line, `"stopped": "`+leaves) }); stopped == (leaves == "none") {
				t.Errorf("told that the robot was stopped: %v", stopped)
			}
		})
	}
}

// The same with a router that takes nothing: it does not keep the relay.
func TestRelayThatIsStoppedDoesNotWaitForAFrozenRouter(t *testing.T) {
	t.Parallel()
	_, proxy, relay, c := moving(t, "-on-disconnect", "halt")
	proxy.Up.Hold()
	proxy.Down.Hold()
	began := time.Now()
	if code := relay.Stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
	c.Until(`"result": "failed", "reason": "the relay is shutting down"`)
	relay.Log.WaitFor(t, "has not acknowledged it within 1s")
}
