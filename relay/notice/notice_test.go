package notice

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func TestNoticeComesAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "notice.json")
		f := &File{Path: path, Log: slog.New(slog.DiscardHandler)}
		ctx, cancel := context.WithCancel(t.Context())
		changes := 0
		done := make(chan struct{})
		go func() { defer close(done); f.Follow(ctx, func() { changes++ }) }()
		for _, step := range []struct {
			name, file string // "" removes it
			want       []string
			changes    int
		}{
			{"none yet", "", nil, 0},
			{"one", `{"time":"2026-11-22T20:00:00Z","text":"The update was taken back."}`, []string{"The update was taken back."}, 1},
			{"the same", `{"time":"2026-11-22T20:00:00Z","text":"The update was taken back."}`, []string{"The update was taken back."}, 1},
			{"without a clock", `{"text":"Another."}`, []string{"Another."}, 2},
			{"no notice", `{"text":""}`, nil, 3},
			{"not JSON", `oops`, nil, 3},
			{"gone", "", nil, 3},
		} {
			if step.file == "" {
				os.Remove(path)
			} else if err := os.WriteFile(path, []byte(step.file), 0o644); err != nil {
				t.Fatal(err)
			}
			time.Sleep(lookEvery) // of the bubble's clock
			synctest.Wait()
			var got []string
			for _, n := range f.Notices() {
				got = append(got, n.Text)
			}
			if len(got) != len(step.want) || len(got) > 0 && got[0] != step.want[0] || changes != step.changes {
				t.Errorf("%s: %q after %d changes, not %q after %d", step.name, got, changes, step.want, step.changes)
			}
		}
		cancel()
		<-done
	})
}

// A notice that is put away is gone for everybody, and back when its writer writes the
// same again. Only what somebody has seen is put away.
func TestNoticeIsPutAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notice.json")
	const first, second = `{"text":"The box went back."}`, `{"text":"Another."}`
	f := &File{Path: path, Log: slog.New(slog.DiscardHandler)}
	write := func(text string) (id string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		f.look()
		found := f.Notices()
		if len(found) != 1 || found[0].ID == "" {
			t.Fatalf("the notices are %+v", found)
		}
		return found[0].ID
	}
	seen := write(first)
	write(second)
	if err := f.PutAway(seen); !errors.Is(err, ErrUnknown) || len(f.Notices()) != 1 {
		t.Errorf("another than was seen: %v", err)
	}
	seen = write(first)
	if err := f.PutAway(seen); err != nil || len(f.Notices()) != 0 {
		t.Errorf("put away: %v, %v", err, f.Notices())
	}
	if err := f.PutAway(seen); !errors.Is(err, ErrUnknown) {
		t.Errorf("put away twice: %v", err)
	}
	if again := write(first); again != seen {
		t.Errorf("the same notice is %s and %s", again, seen)
	}
	if err := (&File{}).PutAway(seen); !errors.Is(err, ErrUnknown) {
		t.Errorf("without a file: %v", err)
	}
}
