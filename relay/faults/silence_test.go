package faults_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// mostLate is how many commands of those that are sent to something frozen, ten
// a second, may be carried out once it thaws.
const mostLate = 16

// A driver that is frozen for 20 s, while ten commands a second come for it,
// carries out few of them when it thaws, and the relay tells it first of all to
// drop them.
func TestFrozenDriverGetsFewCommands(t *testing.T) {
	for name, args := range map[string][]string{"clear": nil, "halt": {"-after-silence", "halt"}, "none": {"-after-silence", "none"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rig := NewWithRobot(t)
			relay := rig.StartRelay(append([]string{"-check", "off"}, args...)...)
			relay.WaitRobot("present")
			l := newLedger(t)
			c := relay.Connect()
			other := relay.Connect()
			steady(c, l, 0, 20) // one that answers no command is asked, and so makes nobody wait
			rig.Robot.Freeze(true)
			steady(c, l, 20, 220)
			rig.Robot.Freeze(false)
			relay.WaitRobot("present")
			fenceAgain(c, l)
			late := rig.Received(21)[20:]
			published, refused, unknown := l.audit(payloads(rig.Robot))
			t.Logf("%d late, %d published, %d refused, %d of unknown outcome", len(late), published, refused, unknown)
			var stop []string
			late = slices.DeleteFunc(late, func(m simulator.Command) bool {
				if stops := m.Command == "clear_queue" || m.Command == "halt"; stops {
					stop = append(stop, m.Command)
					return true
				}
				return m.Command == "meta_commands"
			})
			if len(late) > mostLate {
				t.Errorf("%d commands were carried out late", len(late))
			}
			want := map[string][]string{"clear": {"clear_queue"}, "halt": {"clear_queue", "halt"}}[name]
			if !slices.Equal(stop, want) {
				t.Errorf("told to stop by %q, not %q", stop, want)
			}
			if name == "none" {
				other.Fence()
				return
			}
			if e := other.ExpectError("outcome_unknown"); !strings.Contains(e.Text, "-after-silence "+name) || e.Received != "" {
				t.Errorf("the other client was told %+v", e)
			}
			if log := relay.Log.String(); !strings.Contains(log, "the robot is back after commands were left unheard") {
				t.Error("not in the log")
			}
			other.Fence()
		})
	}
}

// fenceAgain is fence for a client whose commands may still be refused.
func fenceAgain(c *Client, l *ledger) {
	c.Send(Meta("meta_commands", "null"))
	for {
		m := c.Next()
		l.readLine(m)
		switch {
		case strings.Contains(m.Line, `"meta_commands": [`):
			return
		case m.Type == "error" && strings.Contains(m.Error().Received, "meta_commands"):
			c.Send(Meta("meta_commands", "null"))
		}
	}
}

// steady sends messages from one number up to another, ten a second.
func steady(c *Client, l *ledger, from, to int) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := from; i < to; i++ {
		c.Send(l.message(0, i))
		<-tick.C
	}
}

// The same with a router that freezes, for less time than it takes for its
// session to be given up, and for more; alone and with the driver.
func TestFrozenRouterGetsFewCommands(t *testing.T) {
	for _, length := range []int{1, 3, 8, 20} {
		for _, driver := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d s, driver too: %v", length, driver), func(t *testing.T) {
				t.Parallel()
				rig, proxy, relay := linked(t)
				l := newLedger(t)
				c := relay.Connect()
				steady(c, l, 0, 10)
				rig.Received(10)
				proxy.Up.Hold()
				proxy.Down.Hold()
				rig.Robot.Freeze(driver)
				steady(c, l, 10, 10+10*length)
				proxy.Up.Release()
				proxy.Down.Release()
				rig.Robot.Freeze(false)
				relay.WaitState("both there", func(s state.State) bool {
					return s.Robot.State == state.RobotPresent && s.Clients[0].Handshake.Done()
				})
				fenceAgain(c, l)
				_, refused, unknown := l.audit(payloads(rig.Robot))
				late := 0
				for _, m := range rig.Robot.Received()[10:] {
					if _, ok := parseEntry(m.Command); ok {
						late++
					}
				}
				t.Logf("%d late, %d refused, %d of unknown outcome", late, refused, unknown)
				if late > mostLate {
					t.Errorf("%d commands were carried out late", late)
				}
			})
		}
	}
}
