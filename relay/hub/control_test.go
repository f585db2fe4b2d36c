package hub_test

import (
	"testing"

	"rawtcpcom/relay/hub"
)

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
		second.send("reset_from_halt")
		expect(t, "after the first has left", r.router.commands(), []string{"home", "halt", "reset_from_halt"})
	})
}
