package password

import (
	"context"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// While a machine with many addresses tries without a pause, whoever knows the
// password gets in.
func TestTheOwnerGetsInDuringAFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAttempts()
		check := func(right bool) func() bool {
			return func() bool { time.Sleep(300 * time.Millisecond); return right }
		}
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for n := range 60 {
			from := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}), 32)
			all.Go(func() {
				for ctx.Err() == nil {
					_, _ = a.try(ctx, from, check(false)) // what comes of it is nothing to who floods
					time.Sleep(time.Millisecond)
				}
			})
		}
		time.Sleep(2 * time.Minute) // each of them was wrong before
		owner := netip.MustParsePrefix("192.0.2.1/32")
		began, right := time.Now(), false
		slip := true // the first time, a key is missed
		for !right && time.Since(began) < time.Minute {
			var err error
			if right, err = a.try(t.Context(), owner, check(!slip)); !right {
				slip = false
				t.Logf("after %v: %v", time.Since(began), err)
				time.Sleep(time.Second)
			}
		}
		if took := time.Since(began); !right || took > 20*time.Second {
			t.Errorf("the owner is in: %v, after %v", right, took)
		}
		stop()
		all.Wait()
	})
}
