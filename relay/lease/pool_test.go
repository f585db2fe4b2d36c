package lease

import (
	"log/slog"
	"sync"
	"testing"
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
	id, err := p.Lease()
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
	if id, err := p.Lease(); err != ErrExhausted || id != "" {
		t.Fatalf("got %q, %v", id, err)
	}
	p.Release(first)
	if id := lease(t, p); id != first {
		t.Errorf("got %s, want %s", id, first)
	}
}

// A slot of the driver is gone for good with each new id it sees.
func TestAnIDAlreadyUsedIsLentBeforeANewOne(t *testing.T) {
	p := open(t, t.TempDir(), 4)
	first := lease(t, p)
	for range 101 {
		p.Release(first)
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
		p.Release(id)
	}
	for i, want := range order {
		if got := lease(t, p); got != want {
			t.Errorf("lease %d is %s, want %s", i, got, want)
		}
	}
}

func TestHundredAndOneConnectionsShareTheSameIDs(t *testing.T) {
	p := open(t, t.TempDir(), 4)
	used := map[string]bool{}
	for range 101 {
		a, b := lease(t, p), lease(t, p)
		if a == b {
			t.Fatal("one id was lent to two")
		}
		used[a], used[b] = true, true
		p.Release(a)
		p.Release(b)
	}
	if len(used) > 4 {
		t.Errorf("%d ids were used", len(used))
	}
}

func TestReleasingWhatIsNotLentChangesNothing(t *testing.T) {
	p := open(t, t.TempDir(), 1)
	p.Release(p.IDs()[0])
	p.Release("")
	p.Release("nobody's")
	p.SetRest("nobody's", Busy)
	id := lease(t, p)
	p.Release(id)
	p.Release(id)
	if got := lease(t, p); got != id {
		t.Errorf("got %q", got)
	}
	if _, err := p.Lease(); err != ErrExhausted {
		t.Errorf("got %v", err)
	}
}

// A new id costs the driver a slot; feedback for another costs a run.
func TestAnIDThatRestsIsLentLast(t *testing.T) {
	p := open(t, t.TempDir(), 4)
	ids := p.IDs()
	for range 3 {
		lease(t, p)
	}
	for i, rest := range []Rest{Busy, Brief, Rested} {
		p.SetRest(ids[i], rest)
		p.Release(ids[i])
	}
	for _, want := range []string{ids[2], ids[3], ids[1], ids[0]} {
		if got := lease(t, p); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if p.Resting(ids[0]) != Busy || p.Resting(ids[2]) != Rested || p.Resting("nobody's") != Rested {
		t.Error("a rest is lost by lending")
	}
}

func TestNoIDIsEverLentTwiceAtOnce(t *testing.T) {
	p := open(t, t.TempDir(), 4)
	var mu sync.Mutex
	lent := map[string]bool{}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 200 {
				id, err := p.Lease()
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
				p.Release(id)
			}
		})
	}
	wait.Wait()
	for range 4 {
		lease(t, p)
	}
}

func TestAPoolOfNothingLendsNothing(t *testing.T) {
	if _, err := open(t, t.TempDir(), 0).Lease(); err != ErrExhausted {
		t.Errorf("got %v", err)
	}
}
