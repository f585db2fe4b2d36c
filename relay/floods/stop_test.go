package floods_test

import (
	"context"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// soon is within what a stop is through, however much others send: the time that
// the router and the robot take for what they have been sent before is in it.
const soon = 5 * time.Second

// While three clients flood at a healthy router, the stops of a fourth get
// through to the robot, which answers each.
func TestStopPassesWhileOthersFlood(t *testing.T) {
	for _, f := range floods {
		if len(f.messages) == 0 || f.strangers != nil {
			continue // no flood of three clients
		}
		t.Run(f.name, func(t *testing.T) {
			rig := New(t)
			rig.StartDriver(simulator.RobotConfig{RecordLimit: -1})
			relay := start(t, rig.URL(), rig.Data)
			relay.WaitRobot("present")
			stopper := relay.Connect()
			ctx, cancel := context.WithCancel(t.Context())
			a := &attack{ctx: ctx, addr: relay.Addr, rig: rig}
			defer a.running.Wait()
			defer cancel()
			for i := range 3 {
				c := relay.Connect()
				a.running.Go(func() { a.flood(c.Conn, f.messages, i < f.deaf, rand.New(rand.NewPCG(1, uint64(i)))) })
			}
			var took times
			for began := time.Now(); time.Since(began) < *lasts/2; {
				sent := time.Now()
				stopper.Send(Meta("clear_queue", "null"))
				stopper.Until(`"clear_queue"`)
				took = append(took, time.Since(sent))
			}
			t.Logf("%d stops: %v", len(took), took)
			if longest := took.at(100); longest > soon {
				t.Errorf("a stop took %v", longest)
			}
		})
	}
}

// A client that floods a frozen router with stops is read no further, and
// another's stop is on its way all the same: it is the first thing that the
// robot gets of that client once the router goes on.
func TestStopIsNotHeldUpByStopsAtAFrozenRouter(t *testing.T) {
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{RecordLimit: -1})
	link := newLink(t, rig)
	relay := start(t, link.url(), rig.Data)
	relay.WaitRobot("present")
	stopper, flooder := relay.Connect(), relay.Connect()
	link.Up.Hold()
	link.Down.Hold()
	var flooding sync.WaitGroup
	stuck := make(chan struct{})
	flooding.Go(func() {
		defer close(stuck)
		for {
			_ = flooder.Conn.SetWriteDeadline(time.Now().Add(time.Second))
			if _, err := io.WriteString(flooder.Conn, smallStops); err != nil {
				return // it is read no further
			}
		}
	})
	<-stuck
	flooding.Wait()
	stopper.Send(Meta("clear_queue", "null"))
	link.open()
	began := time.Now()
	stopper.Until(`"clear_queue"`)
	if took := time.Since(began); took > soon {
		t.Errorf("the stop took %v", took)
	}
}
