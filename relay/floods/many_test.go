package floods_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/wire"
)

// Three hundred clients have no more memory among them than four: otone
// takes as many as -max-clients says. Each more costs its own small
// buffers and its goroutines.
func TestMemoryOfManyClients(t *testing.T) {
	const many = 300
	rig := NewOTone(t)
	rig.StartOTone(simulator.RobotConfig{RecordLimit: -1})
	link := newLink(t, rig.Rig)
	relay := start(t, link.url(), rig.Data, "-backend", "otone", "-max-clients", "300")
	relay.WaitRobot("present")
	ctx, cancel := context.WithTimeout(t.Context(), *lasts)
	defer cancel()
	a := &attack{ctx: ctx, addr: relay.Addr}
	messages := []string{
		`{"type":"move","data":{"x":1,"text":"` + largeLine + `"}}`, `{"type":"raw","data":"M112"}`, `{"type":"home"}`, largeLine, `{"type":"` + largeLine[:mega/2],
	}
	var clients []*Client
	for range many {
		clients = append(clients, relay.ConnectOTone())
	}
	before := relay.memory("VmRSS")
	link.Up.Hold()
	link.Down.Hold()
	for i, c := range clients {
		a.running.Go(func() { a.flood(c.Conn, messages, i%2 == 0, rand.New(rand.NewPCG(1, uint64(i)))) })
	}
	a.running.Wait()
	peak := relay.memory("VmHWM")
	t.Logf("%d clients: %.1f MiB before, %.1f at the most, %d MB written", many, before, peak, a.written.Load()/1e6)
	if peak-before > most {
		t.Errorf("%.1f MiB more were resident, and not at the most %d", peak-before, most)
	}
	link.open()
	for c := relay.Dial(); !strings.Contains(c.Line(), wire.StartUp); c = relay.Dial() { // the ids are free soon
		c.Close()
	}
}
