package floods_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// While as many clients flood as there are ids, the stop of somebody who is no
// client reaches the router, which acknowledges it.
func TestHaltPassesWhileAllFlood(t *testing.T) {
	quiet := flood{name: "no flood"} // to compare with, on a machine that is busy
	for _, f := range append([]flood{quiet}, floods...) {
		if f.name != quiet.name && len(f.messages) == 0 || f.strangers != nil {
			continue // no flood of four clients
		}
		t.Run(f.name, func(t *testing.T) {
			rig := New(t)
			rig.StartDriver(simulator.RobotConfig{RecordLimit: -1})
			line := newArrivals(t, rig)
			relay := start(t, line.url, rig.Data)
			relay.WaitRobot("present")
			ctx, cancel := context.WithCancel(t.Context())
			a := &attack{ctx: ctx, addr: relay.Addr, rig: rig}
			defer a.running.Wait()
			defer cancel()
			for i := range 4 {
				c := relay.Connect()
				a.running.Go(func() { a.flood(c.Conn, f.messages, i < f.deaf, rand.New(rand.NewPCG(1, uint64(i)))) })
			}
			var reached, acknowledged times
			for began := time.Now(); time.Since(began) < *lasts/2; {
				sent := time.Now()
				acknowledged = append(acknowledged, halt(t, relay.API))
				reached = append(reached, (<-line.halts).Sub(sent))
			}
			t.Logf("%d stops: at the router after %v; acknowledged after %v", len(reached), reached, acknowledged)
			if longest := acknowledged.at(100); longest > soon {
				t.Errorf("a stop took %v", longest)
			}
		})
	}
}

// times are how long each of many took.
type times []time.Duration

func (d times) at(percent int) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[(len(d)-1)*percent/100].Round(100 * time.Microsecond)
}

func (d times) String() string {
	return fmt.Sprintf("p50 %v, p99 %v, the slowest %v", d.at(50), d.at(99), d.at(100))
}

// halt stops the robot by the state API, and returns how long the router's
// acknowledgement took.
func halt(t *testing.T, api string) time.Duration {
	t.Helper()
	request, err := http.NewRequestWithContext(Deadline(t), http.MethodPost, api+"/halt", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	sent := time.Now()
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(sent)
	defer response.Body.Close()
	if text, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", response.Status, text)
	}
	return took
}
