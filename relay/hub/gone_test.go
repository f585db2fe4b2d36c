package hub_test

import (
	"testing"
	"testing/synctest"
)

// The robot says that its queue is empty after a stop as it does when all is done.
// So whoever has commanded it is told, once, that somebody else's stop dropped what
// it had queued; who has only asked has lost nothing.
func TestWhoseQueueAnotherEmptiesIsTold(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		runs, asks, stops := r.ready(), r.ready(), r.ready()
		runs.send("home", "move")
		asks.send("positions")
		for range 3 {
			stops.write(clearQueue)
		}
		expect(t, "told who runs", runs.errors(), []string{"outcome_unknown "})
		expect(t, "told who asks", asks.errors(), []string(nil))
		expect(t, "told who stops", stops.errors(), []string(nil))
		runs.send("move")
		_ = r.Halt("somebody") // what became of it is not asked here
		synctest.Wait()
		expect(t, "told after a halt from outside", runs.errors(), []string{"robot_halted "})
	})
}
