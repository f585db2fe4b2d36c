// Package stall notices that the relay stands still, where nothing else would: a
// process that does nothing looks to its supervisor like one that has nothing to
// do. Ended, it is started anew.
package stall

import (
	"context"
	"time"
)

// Limit is how long the relay may stand still before it ends itself.
const Limit = 30 * time.Second

// Detect passes through pass, again and again, until the context ends. pass
// takes the way that every event takes. Where it does not come through within
// Limit, stalled is called, once, and Detect returns; the goroutine that is
// stuck in pass is stalled's to deal with.
func Detect(ctx context.Context, pass func(), stalled func()) {
	const gap = 5 * time.Second
	for {
		through := make(chan struct{})
		go func() {
			defer close(through)
			pass()
		}()
		limit := time.NewTimer(Limit)
		select {
		case <-through:
			limit.Stop()
		case <-limit.C:
			stalled()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(gap):
		}
	}
}
