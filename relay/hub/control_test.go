package hub_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/wire"
)

func TestWhatAGoneClientLeaves(t *testing.T) {
	for leaves, want := range map[hub.OnDisconnect][]string{
		hub.DoNothing:  {"home"},
		hub.ClearQueue: {"home", "clear_queue"},
		hub.Halt:       {"home", "clear_queue", "halt"},
	} {
		t.Run(string(leaves), func(t *testing.T) {
			set := settings{config: func(cfg *hub.Config) { cfg.OnDisconnect = leaves }}
			inBubble(t, set, func(r *rig) {
				idle, c := r.ready(), r.ready()
				idle.leave()
				expect(t, "left by one that never commanded", r.router.commands(), []string(nil))
				r.router.acks = false
				c.send("home")
				c.leave()
				r.settle(r.router.published(wire.Driver.Topic())[0], nil) // acknowledged after its time
				synctest.Wait()
				r.after(5e9)
				expect(t, "published", r.router.commands(), want)
				for _, p := range r.router.published(wire.Driver.Topic())[1:] {
					if !p.urgent || p.ctx.Err() != nil || parse(p.payload).To != "driver-1" {
						t.Errorf("the stop is not urgent, or withdrawn, or misaddressed: %s", p.payload)
					}
				}
			})
		})
	}
}

// A stop is never kept for the next session, when it could stop somebody else.
func TestStopForAGoneClientIsNotKeptOverAnOutage(t *testing.T) {
	set := settings{config: func(cfg *hub.Config) { cfg.OnDisconnect = hub.Halt }}
	inBubble(t, set, func(r *rig) {
		c := r.ready()
		c.send("home")
		r.Lost(errors.New("gone"))
		c.leave()
		r.Joined(r.router)
		r.somebodyCameOrWent()
		r.after(5e9)
		expect(t, "published", r.router.commands(), []string{"home"})
	})
}

func TestExclusiveControlIsHandedOver(t *testing.T) {
	set := settings{config: func(cfg *hub.Config) { cfg.Exclusive = true }}
	inBubble(t, set, func(r *rig) {
		first, second := r.ready(), r.ready()
		first.send("home")
		second.send("move")
		expect(t, "the second is told", second.errors(), []string{"refused move"})
		second.send("halt")
		expect(t, "a stop is everybody's", r.router.commands(), []string{"home", "halt"})
		first.leave()
		second.send("move")
		expect(t, "after the first has left", r.router.commands(), []string{"home", "halt", "move"})
	})
}
