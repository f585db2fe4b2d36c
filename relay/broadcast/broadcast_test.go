package broadcast_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/broadcast"
)

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// One Notify wakes all who waited before it, and nobody who comes after.
func TestNotifyWakesAllWhoWait(t *testing.T) {
	var s broadcast.Signal
	s.Notify() // nobody waits
	one, other := s.Next(), s.Next()
	if closed(one) || closed(other) {
		t.Fatal("woken by what was before")
	}
	s.Notify()
	if !closed(one) || !closed(other) {
		t.Error("not both are woken")
	}
	if closed(s.Next()) {
		t.Error("who comes after is woken too")
	}
}

func TestUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s broadcast.Signal
		n, asked := 0, 0
		done := make(chan error, 1)
		go func() {
			done <- s.Until(t.Context(), func() bool { asked++; return n == 2 })
		}()
		for range 2 {
			synctest.Wait()
			n++
			s.Notify()
		}
		if err := <-done; err != nil || asked != 3 {
			t.Errorf("%v, having asked %d times", err, asked)
		}
	})
}

// What comes true while it is asked for is not missed.
func TestUntilMissesNothing(t *testing.T) {
	var s broadcast.Signal
	ready := false
	err := s.Until(t.Context(), func() bool {
		was := ready
		ready = true
		s.Notify()
		return was
	})
	if err != nil {
		t.Error(err)
	}
}

func TestUntilEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var s broadcast.Signal
		if err := s.Until(ctx, func() bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ended with %v", err)
		}
	})
}
