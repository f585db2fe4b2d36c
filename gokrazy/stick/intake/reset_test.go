package intake_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/gokrazy/stick/report"
)

func TestReset(t *testing.T) {
	for _, name := range []string{"rawtcpcom-reset", "RAWTCPCOM-RESET", "rawtcpcom-reset.txt"} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			for _, v := range []settings.Values{{"page.password": "correct horse"}, {"page.password": "battery staple"}} {
				if err := b.Store.Save(v); err != nil {
					t.Fatal(err)
				}
			}
			b.put(map[string]string{name: "", "rawtcpcom-reset.done": "of the last time"})
			r, result := b.plug()
			if !r.Reset || r.Outcome != report.Nothing {
				t.Errorf("the report is %+v", r)
			}
			holds(t, result, "RESET", "without a password")
			holds(t, r.Notice(), "reset by a file on a stick")
			b.expect(settings.Values{})
			if _, err := os.Stat(b.Store.Path() + ".previous"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the settings before are still there: %v", err)
			}
			if got := b.names(); !slices.Equal(got, []string{"rawtcpcom-reset.done", "rawtcpcom-result.txt"}) {
				t.Errorf("on the stick are %q", got)
			}
			// At the next start there is nothing to do.
			if err := b.Store.Save(before); err != nil {
				t.Fatal(err)
			}
			b.plug()
			b.expect(before)
		})
	}
}

// A reset and settings on one stick make a new box with those, though the file was
// taken before.
func TestResetThenSettings(t *testing.T) {
	b := newBench(t)
	b.put(map[string]string{"rawtcpcom.toml": address})
	b.plug()
	if err := b.Store.Save(before); err != nil {
		t.Fatal(err)
	}
	b.put(map[string]string{"rawtcpcom-reset": ""})
	r, result := b.plug()
	if !r.Reset || r.Outcome != report.Taken {
		t.Errorf("the report is %+v", r)
	}
	holds(t, result, "RESET", "TAKEN")
	b.expect(settings.Values{"robot.address": "ws://192.0.2.20:8080/ws"})
}

func TestNoResetWhereItCannotBePutAway(t *testing.T) {
	for name, make := range map[string]func(b *bench) error{
		"write-protected": func(b *bench) error { b.stick.readOnly = syscall.EROFS; return nil },
		"in the way": func(b *bench) error {
			return os.MkdirAll(filepath.Join(b.stick.dir, "rawtcpcom-reset.done", "full"), 0o755)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if err := b.Store.Save(before); err != nil {
				t.Fatal(err)
			}
			b.put(map[string]string{"rawtcpcom-reset": ""})
			if err := make(b); err != nil {
				t.Fatal(err)
			}
			r, _ := b.plug()
			if r.Reset {
				t.Errorf("the report is %+v", r)
			}
			holds(t, r.Notice(), "nothing was reset, since rawtcpcom-reset cannot be renamed")
			b.expect(before)
		})
	}
}
