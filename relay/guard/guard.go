// Package guard keeps a fault in one part of the relay from taking the rest
// with it: a panic is caught where the goroutine's owner can deal with it, and
// a stall that nothing else would notice ends the process, so that the
// supervisor starts it anew.
package guard

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// Call runs f. A panic in it is logged with its stack and returned as an error.
func Call(log *slog.Logger, doing string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("panic", "doing", doing, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error while %s: %v", doing, p)
		}
	}()
	return f()
}

// Stall is how long the relay may stand still before it ends itself.
const Stall = 30 * time.Second

// Watch passes through pass, again and again, until the context ends. pass
// takes the way that every event takes. Where it does not come through within
// Stall, stalled is called, once, and Watch returns; the goroutine that is
// stuck in pass is stalled's to deal with.
func Watch(ctx context.Context, pass func(), stalled func()) {
	const gap = 5 * time.Second
	for {
		through := make(chan struct{})
		go func() {
			defer close(through)
			pass()
		}()
		limit := time.NewTimer(Stall)
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
