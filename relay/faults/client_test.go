package faults_test

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// reply is what the driver says to a client.
func reply(to, from, message string) string {
	return fmt.Sprintf(`{"type": "driver", "to": %q, "from": %q, "sessionID": %q, "data": {"name": "smoothie", "message": %s}}`, to, from, to, message)
}

// A client that does not take what it is sent is closed; nobody else, and not
// the session, feels it.
func TestSlowClientIsClosedAlone(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	slow, other := relay.Connect(), relay.Connect()
	large := reply(slow.ID, rig.Robot.ID(), `{"x": "`+strings.Repeat("x", 64<<10)+`"}`)
	var longest time.Duration
	bursts := 0
	for ; len(relay.State().Clients) == 2; bursts++ {
		if bursts > 200 {
			t.Fatal("the slow client is not closed")
		}
		for range 16 {
			if err := rig.Robot.Publish("com.opentrons."+slow.ID, large); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		other.Fence() // comes after the burst
		longest = max(longest, time.Since(began))
	}
	if longest > 2*time.Second {
		t.Errorf("the other client waited %v for an answer", longest)
	}
	t.Logf("closed after %d MiB; the other client waited %v at most", bursts, longest.Round(time.Millisecond))
	relay.Log.WaitFor(t, "reason=slow")
	if _, body := relay.Do("GET", "/metrics"); !strings.Contains(body, `relay_connections_closed_total{reason="slow"} 1`) {
		t.Errorf("not counted:\n%s", body)
	}
	if s := relay.State(); s.Router.Reconnects != 0 {
		t.Error("the session did not stand")
	}
	other.Home()
}

// A client faster than the router is held back by TCP. Memory stays, another
// client's stop passes, and all of it arrives in order once the router goes on.
//
// It is not run beside others, whose memory it would measure.
func TestFloodIsHeldBack(t *testing.T) {
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{RecordLimit: 100_000})
	proxy := rig.Proxy()
	relay := rig.StartRelay("-router", proxy.URL())
	relay.WaitRobot("present")
	flooder, other := relay.Connect(), relay.Connect()
	l := newLedger(t)
	const n = 4000
	var text strings.Builder
	for i := range n {
		text.WriteString(strings.Replace(l.message(0, i), "null", `"`+strings.Repeat("A", 1000)+`"`, 1) + "\n")
	}
	flood := text.String()
	proxy.Down.Hold() // nothing is acknowledged
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	writing := Beside(t, func(ctx context.Context) error {
		stop := context.AfterFunc(ctx, flooder.Close)
		defer stop()
		_, err := io.WriteString(flooder.Conn, flood)
		return err
	})
	// The driver has what may be in flight, the relay what may wait.
	rig.WaitRobot("has what may be in flight", func(r *simulator.Driver) bool { return r.Arrived() >= 64 })
	relay.WaitState("no more is read", func(s state.State) bool {
		return s.Clients[0].Received >= 64+450
	})
	other.Send(Meta("clear_queue", "null")) // a halt would have the flood refused
	rig.WaitRobot("got the stop", func(r *simulator.Driver) bool {
		received := r.Received()
		return received[len(received)-1].Command == "clear_queue"
	})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 24<<20 {
		t.Errorf("the heap has grown by %d MiB", grown>>20)
	}
	if s := relay.State(); s.Clients[0].Received > 64+1024+1 {
		t.Errorf("%d of the flood were read while nothing was acknowledged", s.Clients[0].Received)
	}
	proxy.Down.Release()
	if err := writing.Wait(); err != nil {
		t.Fatal(err)
	}
	fence(flooder, l)
	published, _, _ := l.audit(payloads(rig.Robot))
	if published != n {
		t.Errorf("%d of %d were published", published, n)
	}
}

// Clients that vanish, in whatever way, leave nothing behind: half a message is
// no message, and the id is lent again.
func TestClientsThatVanish(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-max-clients", "2")
	relay.WaitRobot("present")
	other := relay.Connect()
	for name, vanish := range map[string]func(c *Client){
		"in the middle of a message": func(c *Client) {
			c.Write(Command("home", "null") + "\n" + `{"topic": "driver", "type": "command", "name": "smoothie", "message": "move_to", "param": {"X": 1`)
			rig.WaitRobot("got the whole one", func(r *simulator.Driver) bool { return r.Arrived() > 0 })
			c.Close()
		},
		"by a reset": func(c *Client) {
			_ = c.Conn.SetLinger(0)
			c.Close()
		},
		"without a word": func(c *Client) { c.Close() },
		"before its handshake": func(c *Client) {
			c.Close()
			early := relay.Dial()
			early.Close()
		},
	} {
		c := relay.Connect()
		vanish(c)
		relay.WaitState("gone "+name, func(s state.State) bool { return len(s.Clients) == 1 })
		other.Fence()
	}
	for _, command := range rig.Robot.Received() {
		if command.Command == "move_to" {
			t.Errorf("half a message moved the robot: %s", command.Payload)
		}
	}
	c := relay.Connect()
	c.Fence()
	if ids := rig.Robot.Ids(); len(ids) != 2 {
		t.Errorf("two clients at a time cost the driver %d slots", len(ids))
	}
}
