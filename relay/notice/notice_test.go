package notice

import (
	"context"
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
