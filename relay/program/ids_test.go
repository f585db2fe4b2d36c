package program

import (
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"rawtcpcom/relay/lease"
)

// Who comes first locks the directory before it reads or writes anything there.
func TestOneOfManyGetsTheDirectory(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	for range 50 {
		dir := t.TempDir()
		opened := make([]*clientIDs, 4)
		var each sync.WaitGroup
		for i := range opened {
			each.Go(func() {
				var err error
				if opened[i], err = openIDs(dir, 4, quiet); err != nil && !errors.Is(err, errTaken) {
					t.Error(err)
				}
			})
		}
		each.Wait()
		opened = slices.DeleteFunc(opened, func(ids *clientIDs) bool { return ids == nil })
		if len(opened) != 1 {
			t.Fatalf("%d relays have the directory", len(opened))
		}
		ids := opened[0].pool.IDs()
		opened[0].close()
		if kept, err := lease.Open(dir, 4, quiet); err != nil || !slices.Equal(kept.IDs(), ids) {
			t.Fatalf("the relay has %v, the directory %v, %v", ids, kept.IDs(), err)
		}
	}
}
