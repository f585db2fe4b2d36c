package guard_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/guard"
)

func TestCallReturnsAPanicAsAnError(t *testing.T) {
	var log bytes.Buffer
	err := guard.Call(slog.New(slog.NewTextHandler(&log, nil)), "testing", func() error { panic("oh") })
	if err == nil || err.Error() != "internal error while testing: oh" {
		t.Errorf("error: %v", err)
	}
	if !strings.Contains(log.String(), "guard_test.go") {
		t.Errorf("the log does not hold the stack: %s", &log)
	}
	mine := errors.New("mine")
	if err := guard.Call(slog.New(slog.DiscardHandler), "testing", func() error { return mine }); err != mine {
		t.Errorf("error: %v", err)
	}
}

func TestStallIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{}, 1) // held by who passes; a mutex would not let the bubble's clock run
		free <- struct{}{}
		pass := func() { free <- <-free }
		stalled := make(chan time.Time, 2)
		var watch sync.WaitGroup
		watch.Go(func() { guard.Watch(t.Context(), pass, func() { stalled <- time.Now() }) })

		time.Sleep(time.Hour)
		held := <-free
		time.Sleep(guard.Stall - time.Second)
		free <- held
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(stalled) > 0 {
			t.Fatal("a short stop was taken for a stall")
		}

		held = <-free
		began := time.Now()
		watch.Wait()
		if after := (<-stalled).Sub(began); len(stalled) > 0 || after < guard.Stall || after > guard.Stall+5*time.Second {
			t.Errorf("stalled was called after %v", after)
		}
		free <- held // lets the pass that is stuck end
		synctest.Wait()
	})
}

func TestWatchEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		guard.Watch(ctx, func() {}, func() { t.Error("stalled") })
	})
}
