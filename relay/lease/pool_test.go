package lease

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func open(t *testing.T, dir string, size int) *Pool {
	t.Helper()
	p, err := Open(dir, size, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func lease(t *testing.T, p *Pool) string {
	t.Helper()
	id, err := p.Lease(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestANewPoolLendsInTheOrderOfTheFile(t *testing.T) {
	p := open(t, t.TempDir(), 4)
	for i, want := range p.IDs() {
		if got := lease(t, p); got != want {
			t.Errorf("lease %d is %s, want %s", i, got, want)
		}
	}
}

func TestEveryIDLentIsSaidAtOnce(t *testing.T) {
	p := open(t, t.TempDir(), 2)
	first := lease(t, p)
	lease(t, p)
	if id, err := p.Lease(t.Context()); err != ErrExhausted || id != "" {
		t.Fatalf("got %q, %v", id, err)
	}
	p.Release(first, false)
	if id := lease(t, p); id != first {
		t.Errorf("got %s, want %s", id, first)
	}
}

// A slot of the driver is gone for good with each new id it sees.
func TestAnIDAlreadyUsedIsLentBeforeANewOne(t *testing.T) {
	p := open(t, t.TempDir(), 4)
	first := lease(t, p)
	for range 101 {
		p.Release(first, false)
		if id := lease(t, p); id != first {
			t.Fatal("a new id was lent although a used one was free")
		}
	}
}

func TestTheIDThatRestedLongestIsLentFirst(t *testing.T) {
	p := open(t, t.TempDir(), 4)
	ids := []string{lease(t, p), lease(t, p), lease(t, p), lease(t, p)}
	order := []string{ids[2], ids[0], ids[3], ids[1]}
	for _, id := range order {
		p.Release(id, false)
	}
	for i, want := range order {
		if got := lease(t, p); got != want {
			t.Errorf("lease %d is %s, want %s", i, got, want)
		}
	}
}

func TestHundredAndOneConnectionsShareTheSameIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, t.TempDir(), 4)
		used := map[string]bool{}
		for range 101 {
			a, b := lease(t, p), lease(t, p)
			if a == b {
				t.Fatal("one id was lent to two")
			}
			used[a], used[b] = true, true
			p.Release(a, true)
			p.Release(b, false)
		}
		if len(used) > 4 {
			t.Errorf("%d ids were used", len(used))
		}
	})
}

func TestReleasingWhatIsNotLentChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, t.TempDir(), 1)
		p.Release(p.IDs()[0], false)
		p.Release("", false)
		p.Release("nobody's", true)
		id := lease(t, p)
		p.Release(id, false)
		p.Release(id, true) // a second time: it must not rest for this
		start := time.Now()
		if got := lease(t, p); got != id || time.Since(start) != 0 {
			t.Errorf("got %q after %v", got, time.Since(start))
		}
		if _, err := p.Lease(t.Context()); err != ErrExhausted {
			t.Errorf("got %v", err)
		}
	})
}

func TestAnIDThatCommandedRestsBeforeItIsLentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, t.TempDir(), 1)
		id := lease(t, p)
		p.Release(id, true)
		start := time.Now()
		if got := lease(t, p); got != id {
			t.Errorf("got %q", got)
		}
		if waited := time.Since(start); waited != Quarantine {
			t.Errorf("waited %v", waited)
		}
		p.Release(id, false)
		start = time.Now()
		lease(t, p)
		if waited := time.Since(start); waited != 0 {
			t.Errorf("an id that commanded nothing rested for %v", waited)
		}
	})
}

func TestTheWaitIsForTheFirstThatHasRested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, t.TempDir(), 3)
		a, b, c := lease(t, p), lease(t, p), lease(t, p)
		p.Release(c, true)
		time.Sleep(Quarantine / 4)
		p.Release(a, true)
		p.Release(b, true)
		start := time.Now()
		if got := lease(t, p); got != c || time.Since(start) != Quarantine*3/4 {
			t.Errorf("got %s after %v, want %s", got, time.Since(start), c)
		}
	})
}

func TestAReleaseEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, t.TempDir(), 2)
		rests, other := lease(t, p), lease(t, p)
		p.Release(rests, true)
		got := make(chan string)
		go func() { got <- lease(t, p) }()
		synctest.Wait()
		start := time.Now()
		p.Release(other, false)
		if id := <-got; id != other || time.Since(start) != 0 {
			t.Errorf("got %s after %v", id, time.Since(start))
		}
	})
}

func TestTheContextEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, t.TempDir(), 1)
		id := lease(t, p)
		p.Release(id, true)
		ctx, cancel := context.WithTimeout(t.Context(), Quarantine/2)
		defer cancel()
		start := time.Now()
		if got, err := p.Lease(ctx); got != "" || err != context.DeadlineExceeded || time.Since(start) != Quarantine/2 {
			t.Errorf("got %q, %v after %v", got, err, time.Since(start))
		}
		if got := lease(t, p); got != id {
			t.Errorf("the id was lost to a caller that had gone: %q", got)
		}
	})
}

func TestOfTwoThatWaitForOneIDTheOtherIsToldThatAllAreLent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, t.TempDir(), 1)
		p.Release(lease(t, p), true)
		var errs [2]error
		var wait sync.WaitGroup
		for i := range errs {
			wait.Go(func() { _, errs[i] = p.Lease(t.Context()) })
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !slices.Contains(errs[:], ErrExhausted) {
			t.Errorf("got %v", errs)
		}
	})
}

func TestNoIDIsEverLentTwiceAtOnce(t *testing.T) {
	p := open(t, t.TempDir(), 4)
	var mu sync.Mutex
	lent := map[string]bool{}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 200 {
				id, err := p.Lease(t.Context())
				if err == ErrExhausted {
					continue
				}
				mu.Lock()
				if err != nil || lent[id] {
					t.Errorf("%q is lent already, %v", id, err)
				}
				lent[id] = true
				mu.Unlock()

				mu.Lock()
				delete(lent, id)
				mu.Unlock()
				p.Release(id, false)
			}
		})
	}
	wait.Wait()
	for range 4 {
		lease(t, p)
	}
}

func TestAPoolOfNothingLendsNothing(t *testing.T) {
	if _, err := open(t, t.TempDir(), 0).Lease(t.Context()); err != ErrExhausted {
		t.Errorf("got %v", err)
	}
}
