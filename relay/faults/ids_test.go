package faults_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// runsOn is a robot at work on a queue, for a client that has left, with the id
// of that client. The queue has further moves after the one under way.
func runsOn(t *testing.T, args ...string) (*Rig, *Relay, string) {
	t.Helper()
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{Speed: map[string]float64{"X": 10}})
	relay := rig.StartRelay(args...)
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Send(Command("feedback_on", "null"))
	for i := range 8 {
		c.Send(Command("move_to", fmt.Sprintf(`{"X": %d}`, 5*(i+1))))
	}
	rig.Received(9)
	c.Close()
	relay.WaitState("has left", func(s state.State) bool { return len(s.Clients) == 0 })
	at := rig.Robot.Positions()["X"] // the next motion begins after this
	rig.WaitRobot("has gone on", func(r *simulator.Driver) bool { return r.Positions()["X"] > at+6 })
	return rig, relay, c.ID
}

// A newcomer hears nothing of a queue that runs on for a client that has left:
// it gets another id.
func TestFeedbackOfAQueueThatRunsOnReachesNobody(t *testing.T) {
	t.Parallel()
	rig, relay, busy := runsOn(t)
	c := relay.Connect()
	if c.ID == busy {
		t.Error("its id is lent again")
	}
	rig.WaitRobot("is done", func(r *simulator.Driver) bool { return !r.Moving() && r.Positions()["X"] == 40 })
	c.Fence() // nothing came but the answer to this
}

// Where there is no other, it has the same id, is told so, and waits for its
// handshake; its stop passes.
func TestNewcomerWaitsForTheOnlyID(t *testing.T) {
	for _, stops := range []bool{false, true} {
		t.Run(fmt.Sprintf("stops %v", stops), func(t *testing.T) {
			t.Parallel()
			rig, relay, _ := runsOn(t, "-max-clients", "1")
			c := relay.Dial()
			c.Start()
			if w := c.ExpectWaits("busy"); !strings.Contains(w.Waits, "the robot may still be at work") || !strings.Contains(w.Waits, "a stop") {
				t.Errorf("told %+v", w)
			}
			c.Send(Command("home", "null"))
			c.ExpectError("busy")
			if stops {
				c.Send(Meta("clear_queue", "null"), Command("halt", "null"))
			}
			c.Handshake() // the very next line
			if at := rig.Robot.Positions()["X"]; rig.Robot.Moving() || (at == 40) == stops {
				t.Errorf("handshaken with the robot at %v, moving %v", at, rig.Robot.Moving())
			}
			c.Fence()
			if got := commandsOf(rig.Robot); slices.Contains(got, "home") {
				t.Errorf("the robot got %v", got)
			}
		})
	}
}

// The same over a restart of the relay.
func TestBusyIDRestsAfterARestart(t *testing.T) {
	t.Parallel()
	rig, relay, busy := runsOn(t)
	relay.Stop()
	relay = rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	if c.ID == busy {
		t.Error("its id is lent again")
	}
	rig.WaitRobot("is done", func(r *simulator.Driver) bool { return !r.Moving() && r.Positions()["X"] == 40 })
	c.Fence()
}

// Of relays that are started together with one data folder, one serves, and its
// ids are those that are kept.
func TestRelaysStartedTogether(t *testing.T) {
	t.Parallel()
	for race := range 10 {
		dir := t.TempDir()
		relays := make([]*Relay, 3)
		for i := range relays {
			relays[i] = Launch(t, "-listen", "127.0.0.1:0", "-http", "127.0.0.1:0", "-simulate", "-data", dir)
		}
		var served []*Relay
		var mu sync.Mutex
		var each sync.WaitGroup
		for _, r := range relays {
			each.Go(func() {
				r.Log.Wait(t, "it serves, or another does", func(line string) bool {
					return strings.Contains(line, `msg="relay starts"`) || strings.Contains(line, "another relay uses the data directory")
				})
				mu.Lock()
				defer mu.Unlock()
				if strings.Contains(r.Log.String(), `msg="relay starts"`) {
					served = append(served, r)
				} else if code := r.Wait(); code != 1 {
					t.Errorf("exit code %d", code)
				}
			})
		}
		each.Wait()
		if len(served) != 1 {
			t.Fatalf("race %d: %d relays serve", race, len(served))
		}
		winner := Attach(t, served[0].Log)
		c := winner.Dial()
		c.Start()
		var kept struct{ IDs []string }
		text, err := os.ReadFile(filepath.Join(dir, "ids.json"))
		if err == nil {
			err = json.Unmarshal(text, &kept)
		}
		if err != nil || !slices.Contains(kept.IDs, c.ID) {
			t.Fatalf("race %d: the id %s is not among those that are kept: %v, %v", race, c.ID, kept.IDs, err)
		}
		c.Close()
		served[0].Stop()
	}
}
