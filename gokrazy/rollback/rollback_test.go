package rollback

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	one = Root{Partition: 2, Fingerprint: "one", Version: "1.0"}
	two = Root{Partition: 3, Fingerprint: "two", Version: "2.0"}
)

// pi is a box at the edge: what its relay says and what is in its partitions.
type pi struct {
	dir     string
	roots   map[int]string // partition to hash
	serving func(since time.Duration) (string, error)

	clockNotSet        bool
	started            time.Time
	switched, rebooted int
}

func newPi(t *testing.T) *pi {
	t.Helper()
	return &pi{dir: t.TempDir(), roots: map[int]string{2: "hash of one", 3: "hash of two"}}
}

func serves(time.Duration) (string, error) { return "process 1", nil }
func silent(time.Duration) (string, error) { return "", errors.New("connection refused") }
func crashes(since time.Duration) (string, error) {
	return "process " + since.Truncate(5*time.Second).String(), nil
}

// start starts the box with a root file system, and returns when the trial
// has come to an end or the box restarts.
func (p *pi) start(t *testing.T, root Root, serving func(time.Duration) (string, error)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	p.started, p.serving = time.Now(), serving
	err := Supervisor{Dir: p.dir, Log: slog.New(slog.DiscardHandler), Box: Box{
		Current: root,
		Serving: func(context.Context) (string, error) { return p.serving(time.Since(p.started)) },
		Hash: func(partition int) (string, error) {
			if sum, ok := p.roots[partition]; ok {
				return sum, nil
			}
			return "", errors.New("not a SquashFS file system")
		},
		SwitchBack: func(context.Context) error { p.switched++; return nil },
		Reboot:     func(context.Context) error { p.rebooted++; return nil },
		ClockSet:   func() bool { return !p.clockNotSet },
	}}.Run(ctx)
	if err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
}

func (p *pi) notice(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, noticeFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text)
}

func (p *pi) record(t *testing.T) record {
	t.Helper()
	r, err := readRecord(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheFirstVersionIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPi(t)
		p.start(t, one, serves)
		if got := p.record(t); got.Good == nil || !got.Good.same(one) || got.Good.SHA256 != "hash of one" {
			t.Errorf("the record is %+v", got)
		}
	})
}

func TestAnUpdateThatServesIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPi(t)
		p.start(t, one, serves)
		p.start(t, two, func(since time.Duration) (string, error) {
			if since < 2*time.Minute {
				return silent(since)
			}
			return serves(since)
		})
		if got := p.record(t); !got.Good.same(two) || got.Trial != nil {
			t.Errorf("the record is %+v", got)
		}
		if p.switched != 0 {
			t.Error("the box went back")
		}
	})
}

// A notice has a time only where the clock is set.
func TestTimeOfANotice(t *testing.T) {
	for _, notSet := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := newPi(t)
			p.clockNotSet = notSet
			p.start(t, one, serves)
			p.start(t, two, silent)
			if text := p.notice(t); text == "" || strings.Contains(text, `"time"`) == notSet {
				t.Errorf("with a clock that is not set (%v) the notice is %s", notSet, text)
			}
		})
	}
}

func TestAnUpdateThatDoesNotServeIsUndone(t *testing.T) {
	for name, relay := range map[string]func(time.Duration) (string, error){"silent": silent, "crashes": crashes} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPi(t)
				p.start(t, one, serves)
				began := time.Now()
				p.start(t, two, relay)
				if p.switched != 1 || p.rebooted != 1 {
					t.Fatalf("switched %d times, restarted %d times", p.switched, p.rebooted)
				}
				if took := time.Since(began); took < Patience || took > Patience+time.Second {
					t.Errorf("the box went back after %v", took)
				}
				if text := p.notice(t); !strings.Contains(text, "2.0") || !strings.Contains(text, "went back to the version before it (1.0)") {
					t.Errorf("the notice is %q", text)
				}
				p.start(t, one, serves)
				if got := p.record(t); !got.Good.same(one) || got.Trial != nil {
					t.Errorf("after going back, the record is %+v", got)
				}
				if p.notice(t) == "" {
					t.Error("after going back the notice is gone")
				}
				fixed := two
				fixed.Fingerprint = "fixed"
				p.start(t, fixed, serves)
				if text := p.notice(t); text != "" {
					t.Errorf("after an update that serves there is still the notice %q", text)
				}
			})
		})
	}
}

func TestAnUpdateThatRestartsTheBoxIsUndone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPi(t)
		p.start(t, one, serves)
		for start := 1; start <= MaxStarts; start++ {
			if p.switched != 0 {
				t.Fatalf("the box went back at start %d", start-1)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			_ = Supervisor{Dir: p.dir, Log: slog.New(slog.DiscardHandler), Box: Box{
				Current:    two,
				Serving:    func(context.Context) (string, error) { return silent(0) },
				Hash:       func(partition int) (string, error) { return p.roots[partition], nil },
				SwitchBack: func(context.Context) error { p.switched++; return nil },
				Reboot:     func(context.Context) error { p.rebooted++; return nil },
			}}.Run(ctx)
			cancel()
		}
		if p.switched != 1 || p.rebooted != 1 {
			t.Errorf("switched %d times, restarted %d times", p.switched, p.rebooted)
		}
	})
}

func TestTheOldVersionMustBeWhole(t *testing.T) {
	for name, c := range map[string]struct {
		update Root
		other  func(*pi)
	}{
		"overwritten by a further update": {two, func(p *pi) { p.roots[2] = "hash of three, half-way" }},
		"erased":                          {two, func(p *pi) { delete(p.roots, 2) }},
		"in the same place":               {Root{Partition: 2, Fingerprint: "three", Version: "3.0"}, func(*pi) {}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPi(t)
				p.start(t, one, serves)
				c.other(p)
				p.start(t, c.update, func(since time.Duration) (string, error) {
					if since < 10*time.Minute {
						return silent(since)
					}
					return serves(since)
				})
				if p.switched != 0 || p.rebooted != 0 {
					t.Error("the box went to a root file system that is not the old one")
				}
				// It came to serve in the end, and the notice went with that.
				if got := p.record(t); !got.Good.same(c.update) {
					t.Errorf("the record is %+v", got)
				}
			})
		})
	}
}

func TestACutBeforeAnUpdateIsKeptLeavesNoOldNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPi(t)
		p.start(t, one, serves)
		p.start(t, two, silent)
		p.start(t, one, serves)
		if p.notice(t) == "" {
			t.Fatal("there is no notice to begin with")
		}
		// The record cannot be written any more, as if the power went there.
		err := Supervisor{Dir: p.dir, Log: slog.New(slog.DiscardHandler), Box: Box{
			Current: Root{Partition: 3, Fingerprint: "fixed", Version: "2.1"},
			Serving: func(context.Context) (string, error) { return "process 1", nil },
			Hash: func(int) (string, error) {
				path := filepath.Join(p.dir, recordFile)
				return "hash", errors.Join(os.Remove(path), os.MkdirAll(filepath.Join(path, "full"), 0o755))
			},
		}}.Run(t.Context())
		if err == nil {
			t.Fatal("a record was written over a folder")
		}
		if text := p.notice(t); text != "" {
			t.Errorf("there is still the notice %q", text)
		}
	})
}

func TestACorruptRecordIsSetAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPi(t)
		if err := os.WriteFile(filepath.Join(p.dir, recordFile), []byte("{half"), 0o644); err != nil {
			t.Fatal(err)
		}
		p.start(t, one, serves)
		if got := p.record(t); got.Good == nil || !got.Good.same(one) {
			t.Errorf("the record is %+v", got)
		}
	})
}

func TestNothingIsWrittenInDailyUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPi(t)
		p.start(t, one, serves)
		path := filepath.Join(p.dir, recordFile)
		before, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		p.start(t, one, silent)
		after, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if !os.SameFile(before, after) || p.switched != 0 {
			t.Error("a start with the version that has served before wrote to the card")
		}
	})
}
