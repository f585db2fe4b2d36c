package stall_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/stall"
)

func TestStallIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{}, 1) // held by who passes; a mutex would not let the bubble's clock run
		free <- struct{}{}
		pass := func() { free <- <-free }
		stalled := make(chan time.Time, 2)
		var running sync.WaitGroup
		running.Go(func() { stall.Detect(t.Context(), pass, func() { stalled <- time.Now() }) })

		time.Sleep(time.Hour)
		held := <-free
		time.Sleep(stall.Limit - time.Second)
		free <- held
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(stalled) > 0 {
			t.Fatal("a short stop was taken for a stall")
		}

		held = <-free
		began := time.Now()
		running.Wait()
		if after := (<-stalled).Sub(began); len(stalled) > 0 || after < stall.Limit || after > stall.Limit+5*time.Second {
			t.Errorf("stalled was called after %v", after)
		}
		free <- held // lets the pass that is stuck end
		synctest.Wait()
	})
}

func TestDetectEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		stall.Detect(ctx, func() {}, func() { t.Error("stalled") })
	})
}
