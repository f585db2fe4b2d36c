package floods_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// most is what the relay's process may have resident, in MiB.
const most = 64

// row is what became of one flood.
type row struct {
	flood, router       string
	before, peak, after float64 // MiB
	written             int64
}

// Whatever clients send, and whatever the router does, the process stays within
// its bound, and serves the next client when the router takes messages again.
func TestMemoryUnderFloods(t *testing.T) {
	var mu sync.Mutex
	var rows []row
	t.Run("floods", func(t *testing.T) {
		for _, f := range floods {
			for _, r := range routers {
				t.Run(f.name+", "+r.name, func(t *testing.T) {
					t.Parallel()
					row := underFlood(t, f, r)
					mu.Lock()
					defer mu.Unlock()
					rows = append(rows, row)
				})
			}
		}
	})
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.flood+a.router, b.flood+b.router) })
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-32s %-8s %8s %8s %8s %9s\n", "flood", "router", "before", "peak", "after", "written")
	for _, r := range rows {
		fmt.Fprintf(&table, "%-32s %-8s %4.1f MiB %4.1f MiB %4.1f MiB %6d MB\n", r.flood, r.router, r.before, r.peak, r.after, r.written/1e6)
	}
	t.Log(table.String())
}

func underFlood(t *testing.T, f flood, r router) row {
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{RecordLimit: -1})
	link := newLink(t, rig)
	relay := start(t, link.url(), rig.Data)
	relay.WaitRobot("present")
	result := row{flood: f.name, router: r.name, before: relay.memory("VmRSS")}

	clients := make([]*Client, 4)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a := &attack{ctx: ctx, addr: relay.Addr, rig: rig}
	if f.name != "connect storm" && f.name != "come, send 1 MB and go" { // those take the ids themselves
		for i := range clients {
			clients[i] = relay.Connect()
			a.ids = append(a.ids, clients[i].ID)
		}
	}
	r.begin(link)
	for i, c := range clients {
		if c != nil {
			a.running.Go(func() { a.flood(c.Conn, f.messages, i < f.deaf, rand.New(rand.NewPCG(1, uint64(i)))) })
		}
	}
	if f.strangers != nil {
		a.running.Go(func() { f.strangers(a) })
	}
	flooding := time.NewTimer(*lasts)
	defer flooding.Stop()
	<-flooding.C
	cancel()
	a.running.Wait()
	result.peak = relay.memory("VmHWM")
	result.written = a.written.Load()
	if result.peak > most {
		t.Errorf("%.1f MiB were resident, more than %d", result.peak, most)
	}
	link.open()
	served(t, relay.Addr)
	result.after = relay.memory("VmRSS")
	return result
}

// served connects until the relay has an id and the robot's answer for a new
// client.
func served(t *testing.T, addr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	why := "nothing"
	for ctx.Err() == nil {
		c := DialFrom(t, "127.0.0.1", addr)
		if why = answered(c); why == "" {
			return
		}
		c.Close()
	}
	t.Errorf("the relay serves nobody after the flood: %s", why)
}

// answered asks the robot something, and says what came instead of the answer.
func answered(c *Client) (instead string) {
	for {
		line, err := c.ReadLine()
		switch {
		case err != nil:
			return fmt.Sprintf("%q, %v", line, err)
		case strings.Contains(line, `"type": "handshake"`) && strings.Contains(line, `"ids"`),
			strings.Contains(line, `"type": "handshake"`) && strings.Contains(line, `"already_connected"`):
			c.Send(Meta("meta_commands", "null"))
		case strings.Contains(line, `"type": "error"`):
			return line
		case strings.Contains(line, `"meta_commands": [`):
			return ""
		}
	}
}
