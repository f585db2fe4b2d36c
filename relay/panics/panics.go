// Package panics keeps a fault in one part of the relay from taking the rest
// with it: a panic is caught where the goroutine's owner can deal with it.
package panics

import (
	"fmt"
	"log/slog"
	"runtime/debug"
)

// Confine runs f. A panic in it is logged with its stack and returned as an error.
func Confine(log *slog.Logger, doing string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("panic", "doing", doing, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error while %s: %v", doing, p)
		}
	}()
	return f()
}
