package settings_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/gokrazy/settings"
)

func newStore(t *testing.T) settings.Store {
	return settings.Store{Dir: filepath.Join(t.TempDir(), "settings")}
}

func save(t *testing.T, s settings.Store, v settings.Values) {
	t.Helper()
	if err := s.Save(v); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, s settings.Store, want settings.Values) {
	t.Helper()
	got, problems, err := s.Load()
	if err != nil || len(problems) > 0 || !maps.Equal(got, want) {
		t.Errorf("in force are %v, %v, %v; want %v", got, problems, err, want)
	}
}

func TestStore(t *testing.T) {
	s := newStore(t)
	expect(t, s, settings.Values{})
	first, second := settings.Values{"box.name": "one"}, settings.Values{"box.name": "two", "robot.auth-id": "box", "robot.auth-secret": "sesame"}
	save(t, s, first)
	old, err := os.Stat(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	save(t, s, second)
	// Never is half a file there, whenever the power is cut.
	if now, err := os.Stat(s.Path()); err != nil || os.SameFile(old, now) {
		t.Errorf("the file was written over, and not replaced: %v", err)
	}
	save(t, s, second) // no change: those before stay
	expect(t, s, second)
	before, err := os.ReadFile(s.Path() + ".previous")
	if got, problems := settings.Parse(before); err != nil || len(problems) > 0 || !maps.Equal(got, first) {
		t.Errorf("those before are %v, %v, %v", got, problems, err)
	}
	for _, name := range []string{"settings.toml", "settings.toml.previous"} {
		if info, err := os.Stat(filepath.Join(s.Dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v, %v", name, info, err)
		}
	}
	if err := settings.File(s.Path()).Save(first); err != nil {
		t.Error(err)
	}
	expect(t, s, first)
}

func TestABadChangeChangesNothing(t *testing.T) {
	s := newStore(t)
	before := settings.Values{"box.name": "one"}
	save(t, s, before)
	var problems settings.Problems
	if err := s.Save(settings.Values{"box.name": "Lab 2", "access.max-clients": "0"}); !errors.As(err, &problems) || len(problems) != 2 || !strings.Contains(err.Error(), "and 1 more") {
		t.Errorf("bad settings: %v", err)
	}
	refused := errors.New("refused")
	if err := s.Change(func(settings.Values) (settings.Values, error) { return nil, refused }); !errors.Is(err, refused) {
		t.Errorf("a refused change: %v", err)
	}
	// What the change did to what it was given counts for nothing.
	if err := s.Change(func(now settings.Values) (settings.Values, error) { now["box.name"] = "two"; return nil, refused }); err == nil {
		t.Error("it was taken")
	}
	expect(t, s, before)
}

// A file that this program did not write, or that the disk has damaged: those
// before are in force, and the problem is told.
func TestADamagedFile(t *testing.T) {
	for name, damage := range map[string]string{
		"half a line": "[box]\nname = \"tw", "zeros": "\x00\x00\x00", "a bad value": "[box]\nname = \"Lab 2\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			first := settings.Values{"box.name": "one"}
			save(t, s, first)
			save(t, s, settings.Values{"box.name": "two"})
			if err := os.WriteFile(s.Path(), []byte(damage), 0o600); err != nil {
				t.Fatal(err)
			}
			got, problems, err := s.Load()
			if err != nil || len(problems) == 0 || !maps.Equal(got, first) {
				t.Errorf("in force are %v, %v, %v; want those before, and a problem", got, problems, err)
			}
			save(t, s, settings.Values{"box.name": "three"})
			expect(t, s, settings.Values{"box.name": "three"})
			if err := errors.Join(os.WriteFile(s.Path(), []byte(damage), 0o600), os.WriteFile(s.Path()+".previous", []byte(damage), 0o600)); err != nil {
				t.Fatal(err)
			}
			if got, problems, err := s.Load(); err != nil || len(problems) == 0 || len(got) > 0 {
				t.Errorf("with both damaged, in force are %v, %v, %v", got, problems, err)
			}
		})
	}
}

// An update that knew more settings was taken back: its names are passed over. A
// file that somebody brings is held to the names there are.
func TestUnknownNamesInTheStore(t *testing.T) {
	const text = "later = 1\n[box]\nname = \"one\"\ncolour = \"red\"\n[wings]\ncount = 2\n"
	s := newStore(t)
	save(t, s, settings.Values{"box.name": "two"})
	if err := os.WriteFile(s.Path(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	expect(t, s, settings.Values{"box.name": "one"})
	if _, problems := settings.Parse([]byte(text)); len(problems) != 3 {
		t.Errorf("of a file, the problems are %v", problems)
	}
}

func TestPassword(t *testing.T) {
	s := newStore(t)
	save(t, s, settings.Values{"page.password": "correct horse"})
	kept, _, err := s.Load()
	if err != nil || !kept.HasPassword() || !kept.IsPassword("correct horse") || kept.IsPassword("battery staple") || kept.IsPassword("") {
		t.Errorf("the password kept is %v, %v", kept, err)
	}
	if text, err := os.ReadFile(s.Path()); err != nil || strings.Contains(string(text), "horse") {
		t.Errorf("the file holds the password itself: %v", err)
	}
	save(t, s, kept) // a hash is not hashed again
	expect(t, s, kept)
	byHand := settings.Values{"page.password": "correct horse"} // as in a file on a PC
	if !byHand.IsPassword("correct horse") || byHand.IsPassword("battery staple") || byHand.IsPassword("") {
		t.Error("a password that is written by hand does not count as one")
	}
	if (settings.Values{}).IsPassword("") {
		t.Error("without a password, none is one")
	}
}

func TestReset(t *testing.T) {
	s := newStore(t)
	if err := s.Reset(); err != nil { // of a box on which nothing was set yet
		t.Fatal(err)
	}
	save(t, s, settings.Values{"robot.auth-id": "box", "robot.auth-secret": "sesame"})
	save(t, s, settings.Values{"page.password": "correct horse"})
	if err := os.WriteFile(filepath.Join(s.Dir, "taken.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	expect(t, s, settings.Values{})
	entries, err := os.ReadDir(s.Dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "settings.toml" {
		t.Errorf("after a reset there are %v, %v", entries, err)
	}
}

// Programs that change the settings at the same time lose none of their changes.
func TestManyProcesses(t *testing.T) {
	const dir, changes, processes = "SETTINGS_TEST_DIR", 10, 4
	if d := os.Getenv(dir); d != "" {
		for range changes {
			err := settings.Store{Dir: d}.Change(func(now settings.Values) (settings.Values, error) {
				n, err := strconv.Atoi(now.Get("access.max-clients"))
				now["access.max-clients"] = fmt.Sprint(n + 1)
				return now, err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	s := newStore(t)
	save(t, s, settings.Values{"access.max-clients": "1"})
	var children []*exec.Cmd
	for range processes {
		child := exec.Command(os.Args[0], "-test.run=^TestManyProcesses$")
		child.Env = append(os.Environ(), dir+"="+s.Dir)
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		children = append(children, child)
	}
	for _, child := range children {
		if err := child.Wait(); err != nil {
			t.Errorf("a process: %v", err)
		}
	}
	expect(t, s, settings.Values{"access.max-clients": fmt.Sprint(1 + changes*processes)})
}

func TestFollow(t *testing.T) {
	s := newStore(t)
	synctest.Test(t, func(t *testing.T) {
		var told []string
		done := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			defer close(done)
			s.Follow(ctx, settings.Values{}, func(v settings.Values) { told = append(told, v.Get("box.name")) })
		}()
		for _, name := range []string{"one", "one", "two"} {
			save(t, s, settings.Values{"box.name": name})
			time.Sleep(2 * time.Second) // of the bubble's clock
			synctest.Wait()
		}
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		cancel()
		<-done
		if got := strings.Join(told, " "); got != "one two rawtcpcom" {
			t.Errorf("told were %q", got)
		}
	})
}
