package main_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"rawtcpcom/gokrazy/lan/report"
)

// The power is cut at any instant of a trial: before it, in it, while it is undone,
// and after it. The box comes to the address from before, the settings say so too,
// and they are whole.
func TestPowerCutAtAnyInstantOfATrial(t *testing.T) {
	_, b, before := trialLab(t, "2s")
	for range 6 {
		b.set("[box]\nname = \"bench-4\"\n" + static)
		// The moment is what is tested, so this waits for a time and for nothing else.
		moment := rand.N(4500 * time.Millisecond)
		<-time.After(moment)
		b.cutPower()
		t.Logf("power is cut %v after the settings were stored", moment.Round(10*time.Millisecond))
		b.await("the address from before", 15*time.Second, func(r report.Report) bool {
			return r.How == report.DHCP && r.Address == before && r.Trial == nil && b.mode() == "dhcp"
		})
		b.expectAddress(before)
		if name := b.setting("box.name"); name != "bench-4" {
			t.Errorf("the box's name is %q", name)
		}
	}
}
