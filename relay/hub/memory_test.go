package hub_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"rawtcpcom/relay/metrics"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/wire"
)

// held is what the relay says it holds for its clients, in bytes.
func (r *rig) held() int {
	families, err := r.Metrics.Registry.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == metrics.Held {
			return int(f.GetMetric()[0].GetGauge().GetValue())
		}
	}
	r.t.Fatal("not among the metrics: " + metrics.Held)
	return 0
}

// flood writes a message again and again until its client is closed.
func (c *client) flood(message string) {
	go func() {
		for {
			if _, err := c.conn.Write([]byte(message)); err != nil {
				return
			}
		}
	}()
}

// Who loops stops at a router that takes none is read no further, and nobody
// else's stop waits for that.
func TestFloodOfStopsIsHeldBack(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c, other := r.ready(), r.ready()
		r.router.acks = false
		c.flood(command("halt") + "\n")
		synctest.Wait()
		sent := r.router.published(wire.Driver.Topic())
		expect(t, "published without an answer", len(sent), 16)
		other.send("halt")
		expect(t, "with the other's", len(r.router.published(wire.Driver.Topic())), 17)
		r.settle(sent[0], nil)
		expect(t, "with one answered", len(r.router.published(wire.Driver.Topic())), 18)
		c.leave()
	})
}

// What is held is one sum, and nothing is forgotten in it, however a message
// comes to its end: acknowledged, refused, overtaken, withdrawn, unknown, or
// with its sender gone.
func TestWhatIsHeldIsLetGo(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c, gone := r.ready(), r.ready()
		r.router.acks = false
		c.send(numbered(70)...)
		gone.send(numbered(70)...)
		all := r.held()
		if all < 2*70*600 || all > 2*70*1000 {
			t.Errorf("%d bytes are held for 140 messages", all)
		}
		c.write(command("halt")) // what waited is refused
		gone.leave()             // what waited is dropped; what was sent is still under way
		synctest.Wait()
		if held := r.held(); held < all*120/140 || held >= all {
			t.Errorf("%d of %d bytes are held with 129 of 140 messages under way", held, all)
		}
		ends := []error{nil, session.ErrWithdrawn, session.ErrOutcomeUnknown, session.ErrNotSent, errors.New("the router refused")}
		for i, p := range r.router.published(wire.Driver.Topic()) {
			r.settle(p, ends[i%len(ends)])
		}
		synctest.Wait()
		expect(t, "held when all is settled", r.held(), 0)

		c.send(numbered(70)...)
		r.Lost(errors.New("gone"))
		for _, p := range r.router.published(wire.Driver.Topic())[129:] {
			r.settle(p, session.ErrNotSent)
		}
		c.send("home")
		c.write(command("halt"))
		expect(t, "held without a session", r.held(), 0)
	})
}

// Clients that come, send much and leave do not add up: what they left under
// way counts. A stop passes all the same.
func TestWhatClientsLeaveBehindCounts(t *testing.T) {
	inBubble(t, settings{ids: 40}, func(r *rig) {
		r.driver.set(func(d *driver) { d.slots = 40 })
		r.router.acks = false
		large := `{"topic":"frontend","type":"command","name":"x","message":"x","param":"` + strings.Repeat("A", 900<<10) + `"}`
		for range 30 {
			c := r.connect()
			c.flood(large)
			synctest.Wait()
			_ = c.conn.Close()
			synctest.Wait()
		}
		if held := r.held(); held < 8<<20 || held > 10<<20 {
			t.Errorf("%d KiB are held", held>>10)
		}
		c := r.ready()
		c.write(command("halt"))
		sent := r.router.published(wire.Driver.Topic())
		if len(sent) != 1 || commandOf(sent[0].payload) != "halt" {
			t.Errorf("the stop was not published")
		}
		r.settle(sent[0], nil)
		for i := 0; i < len(r.router.published(wire.Frontend)); i++ { // what was sent before its sender left follows
			r.settle(r.router.published(wire.Frontend)[i], session.ErrOutcomeUnknown)
		}
		expect(t, "held when all is settled", r.held(), 0)
		c.leave()
	})
}
