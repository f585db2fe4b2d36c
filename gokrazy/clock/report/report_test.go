package report_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/gokrazy/clock/report"
	"rawtcpcom/relay/place"
)

// Without a report a PC's clock counts as set, and a box's does not.
func TestReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "clock.json")
	for at, set := range map[place.Place]bool{place.PC: true, place.Box: false} {
		if r, err := report.Read(path, at); err != nil || r.Set != set || r.From != "" {
			t.Errorf("without a report at %q: %+v, %v", at, r, err)
		}
	}
	want := report.Report{Set: true, From: "192.168.1.1 (DHCP)", Uptime: 12.5}
	if err := want.Write(path); err != nil {
		t.Fatal(err)
	}
	if got, err := report.Read(path, place.Box); err != nil || got != want {
		t.Errorf("read %+v, %v; want %+v", got, err, want)
	}
	if err := os.WriteFile(path, []byte(`{"set": tr`), 0o644); err != nil {
		t.Fatal(err)
	}
	if r, err := report.Read(path, place.PC); err == nil || r.Set {
		t.Errorf("of half a report: %+v, %v", r, err)
	}
}

func TestFollower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "clock.json")
		f := report.NewFollower(path, place.Box)
		ctx, stop := context.WithCancel(t.Context())
		changes, done := 0, make(chan struct{})
		go func() { defer close(done); f.Follow(ctx, func() { changes++ }) }()
		for i, r := range []report.Report{{Error: "no answer"}, {Error: "no answer"}, {Set: true, From: "x", Uptime: 3}} {
			if err := r.Write(path); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second) // of the bubble's clock
			synctest.Wait()
			if want := []int{1, 1, 2}[i]; f.Report() != r || changes != want {
				t.Errorf("it knows %+v after %d changes, not %+v after %d", f.Report(), changes, r, want)
			}
		}
		stop()
		<-done
	})
}
