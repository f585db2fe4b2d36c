package faults_test

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
	protocol "rawtcpcom/relay/wire"
)

const matlabHalt = `{"topic":"com.opentrons.driver","to":"x","from":"y","sessionID":"z","type":"command","data":{"name":"smoothie","message":{"halt":}}}`

// full are the ways in which there is no room for a further connection.
var full = []struct{ flag, from string }{
	{"-max-clients", ""},
	{"-max-per-address", ""},
	{"-max-connections", "127.0.0.9"},
}

// turnedAway is a connection that finds no room, and has been told so.
func turnedAway(t *testing.T, relay *Relay, from string) *Client {
	t.Helper()
	over := DialFrom(t, from, relay.Addr)
	over.Expect(`"result": "failed"`)
	over.ExpectError("busy")
	return over
}

// Who is turned away can stop the robot: the stop reaches it, is answered, and the
// connection is closed.
func TestTurnedAwayCanStop(t *testing.T) {
	for _, way := range full {
		for name, row := range map[string]struct {
			sends []string
			want  []string
		}{
			"halt":          {[]string{Command("halt", "null")}, []string{"clear_queue", "halt"}},
			"MATLAB's":      {[]string{matlabHalt}, []string{"clear_queue", "halt"}},
			"both, at once": {[]string{Meta("clear_queue", "null"), Command("halt", "null")}, []string{"clear_queue", "clear_queue", "halt"}},
		} {
			t.Run(way.flag+" "+name, func(t *testing.T) {
				t.Parallel()
				rig, _, relay, runs := moving(t, way.flag, "1")
				over := turnedAway(t, relay, way.from)
				over.Send(row.sends...)
				for range row.sends[1:] {
					over.Expect(`"stopped": "clear"`)
				}
				over.Expect(`"stopped": "halt"`, "acknowledged")
				over.ExpectClosed()
				rig.Received(1 + len(row.want))
				if got := commandsOf(rig.Robot)[1:]; !slices.Equal(got, row.want) {
					t.Errorf("the robot got %v", got)
				}
				rig.WaitRobot("stands", func(r *simulator.Driver) bool { return !r.Moving() })
				runs.Until(`"stopped": "halt", "by": "` + over.Conn.LocalAddr().String())
			})
		}
	}
}

// The same with otone.
func TestTurnedAwayCanStopOTone(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	relay := rig.StartRelay("-max-clients", "1")
	relay.WaitRobot("present")
	runs := relay.ConnectOTone()
	over := turnedAway(t, relay, "")
	over.Send(protocol.RawHalt)
	over.Expect(`"stopped": "halt"`)
	over.ExpectClosed()
	rig.ExpectReceived(protocol.EraseJob, protocol.RawHalt)
	runs.Until(`"stopped": "halt"`)
	if status, body := relay.Do("POST", "/halt"); status != 200 {
		t.Errorf("POST /halt: %d %s", status, body)
	}
	rig.ExpectReceived(protocol.EraseJob, protocol.RawHalt, protocol.EraseJob, protocol.RawHalt)
}

// Nothing but a stop passes, and its sender is told; where the stop does not reach
// the router, he is told that too.
func TestTurnedAwayCanDoNothingElse(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-max-clients", "1")
	relay.WaitRobot("present")
	c := relay.Connect()
	over := turnedAway(t, relay, "")
	over.Send(Command("home", "null"), Command("halt", "null"))
	if e := over.ExpectError("busy"); !strings.Contains(e.Received, "home") || !strings.Contains(e.Text, "nothing but a stop") {
		t.Errorf("told %+v", e)
	}
	over.ExpectClosed()
	silent := turnedAway(t, relay, "")
	began := time.Now()
	silent.ExpectClosed()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("one who says nothing is closed after %v", took)
	}
	c.Fence()
	if got := commandsOf(rig.Robot); !slices.Equal(got, []string{"meta_commands"}) {
		t.Errorf("the robot got %v", got)
	}
	rig.StopRouter()
	relay.WaitRouter(false)
	over = turnedAway(t, relay, "")
	over.Send(Command("halt", "null"))
	over.ExpectError("router_down")
	over.ExpectClosed()
}

// Who is in no network that may connect stops nothing, nor does a browser for which
// there is no room.
func TestStrangersDoNotStop(t *testing.T) {
	t.Parallel()
	stop := Command("halt", "null") + "\n"
	for name, row := range map[string]struct {
		args   []string
		from   string
		begins string
	}{
		"foreign network":       {[]string{"-allow", "127.0.0.1"}, "127.0.0.9", ""},
		"browser, no id":        {[]string{"-max-clients", "1"}, "", "POST / HTTP/1.1\r\nHost: x\r\n\r\n"},
		"browser, late":         {[]string{"-max-clients", "1"}, "", ""},
		"browser, address full": {[]string{"-max-per-address", "1"}, "", "POST / HTTP/1.1\r\nHost: x\r\n\r\n"},
		"TURN, address full":    {[]string{"-max-per-address", "1"}, "", "\x00\x03\x00\x7c\x21\x12\xa4\x42\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rig := NewWithRobot(t)
			relay := rig.StartRelay(row.args...)
			relay.WaitRobot("present")
			c := relay.Connect()
			over := DialFrom(t, row.from, relay.Addr)
			begins := row.begins
			if name == "browser, late" {
				over.Expect(`"result": "failed"`)
				begins = "POST / HTTP/1.1\r\nHost: x\r\n\r\n"
			}
			_, _ = io.WriteString(over.Conn, begins+stop) // it may be closed already
			_ = over.Conn.SetReadDeadline(time.Now().Add(Patience))
			if told, _ := io.ReadAll(over.Conn); strings.Contains(string(told), "stopped") { // it may be reset
				t.Errorf("told %s", told)
			}
			relay.WaitState("it was turned away", func(s state.State) bool { return s.TurnedAway.Count == 1 })
			c.Fence()
			if got := commandsOf(rig.Robot); !slices.Equal(got, []string{"meta_commands"}) {
				t.Errorf("the robot got %v", got)
			}
		})
	}
}

// Where all ids are lent, a newcomer waits for half a second for one to become free. One
// that has come to stop the robot, and says so before it is told anything, does not.
func TestNewcomerStopsAtOnce(t *testing.T) {
	t.Parallel()
	rig, _, relay, _ := moving(t, "-max-clients", "1")
	least := time.Minute
	for n := range 5 { // one of them has the machine for itself
		over := relay.Dial()
		began := time.Now()
		over.Send(Command("halt", "null"))
		rig.Received(1 + 2*(n+1))
		least = min(least, time.Since(began))
		over.Until(`"stopped": "halt"`)
		over.Close()
	}
	if least > 400*time.Millisecond {
		t.Errorf("the stop takes %v", least)
	}
}

// A program that connects in a loop, and is turned away each time, does not keep out
// somebody else who has come to stop the robot.
func TestStopPassesOneWhoConnectsInALoop(t *testing.T) {
	t.Parallel()
	rig, _, relay, _ := moving(t, "-max-connections", "1")
	ctx, cancel := context.WithCancel(t.Context())
	var hammering sync.WaitGroup
	defer hammering.Wait()
	defer cancel()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 5)}}
	turned := make(chan struct{}, 1000)
	for range 64 {
		hammering.Go(func() {
			for ctx.Err() == nil {
				conn, err := dialer.DialContext(ctx, "tcp", relay.Addr)
				if err != nil {
					continue
				}
				stop := context.AfterFunc(ctx, func() { conn.Close() })
				_, _ = io.Copy(io.Discard, conn) // until it is closed
				stop()
				conn.Close()
				select {
				case turned <- struct{}{}:
				default:
				}
			}
		})
	}
	for n := range 4 {
		for range 100 {
			<-turned
		}
		over := turnedAway(t, relay, "127.0.0.9")
		over.Send(Command("halt", "null"))
		over.Expect(`"stopped": "halt"`, "acknowledged")
		over.ExpectClosed()
		rig.Received(1 + 2*(n+1))
	}
}
