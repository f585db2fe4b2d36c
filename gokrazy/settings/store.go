package settings

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"rawtcpcom/relay/durable"
	"rawtcpcom/relay/lock"
)

// Dir is where a box keeps its settings.
const Dir = "/perm/settings"

// The files in it.
const (
	fileName     = "settings.toml"
	previousName = fileName + ".previous"
)

// Store keeps the settings in force in a folder, and those before them. Programs
// share it: each change is one step, under a lock, and whenever the power is cut,
// the old settings are there whole, or the new ones.
type Store struct {
	Dir string
	Log *slog.Logger // hears from Follow what is wrong with a file; may be nil
}

// File is the store whose settings are in a file, as a program's -settings names
// it.
func File(path string) Store { return Store{Dir: filepath.Dir(path)} }

// Path is the file of the settings in force.
func (s Store) Path() string { return filepath.Join(s.Dir, fileName) }

// Load reads the settings in force; there are none where no file is. Where the
// file has problems, which no program here causes, the problems say why, and what
// cannot be used of it is as it was before, see mended.
//
// Names that this version does not know are passed over: an update that brought
// them may have been taken back.
func (s Store) Load() (Values, []Problem, error) {
	text, err := s.text(fileName)
	if err != nil {
		return Values{}, nil, err
	}
	values, problems := parse(text, passUnknown)
	if len(problems) == 0 {
		return values, nil, nil
	}
	before, worse, err := s.read(previousName)
	if err != nil {
		return Values{}, problems, err
	}
	if len(worse) > 0 {
		before = Values{}
	}
	return mended(text, before), problems, nil
}

func (s Store) read(name string) (Values, []Problem, error) {
	text, err := s.text(name)
	if err != nil {
		return Values{}, nil, err
	}
	values, problems := parse(text, passUnknown)
	return values, problems, nil
}

// text is what is in a file, and nothing where none is.
func (s Store) text(name string) ([]byte, error) {
	f, err := os.Open(filepath.Join(s.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	return text, nil
}

// Change replaces the settings in force by what change makes of them, in one
// step. A password in clear is hashed. It changes nothing where change returns an
// error, or settings that have problems: then the error is a Problems.
func (s Store) Change(change func(now Values) (Values, error)) error {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("keep the settings: %w", err)
	}
	held, err := s.lock()
	if err != nil {
		return fmt.Errorf("keep the settings: %w", err)
	}
	defer held.Close()
	now, _, err := s.Load()
	if err != nil {
		return err
	}
	next, err := change(now.Clone())
	if err != nil {
		return err
	}
	if problems := next.Check(); len(problems) > 0 {
		return Problems(problems)
	}
	next = next.Clone()
	if err := next.hashPassword(); err != nil {
		return err
	}
	if next.Equal(now) {
		return nil
	}
	if err := durable.WritePrivate(filepath.Join(s.Dir, previousName), now.TOML(WithSecrets)); err != nil {
		return fmt.Errorf("keep the settings before: %w", err)
	}
	if err := durable.WritePrivate(s.Path(), next.TOML(WithSecrets)); err != nil {
		return fmt.Errorf("keep the settings: %w", err)
	}
	return nil
}

// Save replaces the settings in force, whatever they are.
func (s Store) Save(v Values) error {
	return s.Change(func(Values) (Values, error) { return v, nil })
}

// lockFor is how long another program's change is waited for.
const lockFor = 5 * time.Second

func (s Store) lock() (io.Closer, error) {
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		held, err := lock.Folder(s.Dir)
		if !errors.Is(err, lock.ErrTaken) || time.Since(began) > lockFor {
			return held, err
		}
	}
}

// lookEvery is how often Follow looks.
const lookEvery = time.Second

// Follow tells the settings in force each time that they change, until the
// context ends. It does not tell those that are there when it begins: now are
// those that the caller has loaded. A file with problems changes nothing; without
// a file, nothing is set.
func (s Store) Follow(ctx context.Context, now Values, changed func(Values)) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	var seen os.FileInfo
	for first := true; ; first = false {
		info, err := os.Stat(s.Path())
		gone := errors.Is(err, fs.ErrNotExist)
		switch {
		case err != nil && !gone, !first && gone && seen == nil, !gone && same(info, seen):
		default:
			seen = info // nil where it has gone
			if values, ok := s.changed(now); ok {
				now = values
				changed(values)
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// changed are the settings in force where they are not those of before.
func (s Store) changed(before Values) (now Values, changed bool) {
	now, problems, err := s.Load()
	if len(problems) > 0 {
		err = Problems(problems)
	}
	if err != nil {
		if s.Log != nil {
			s.Log.Error("the settings cannot be read; those before stay in force", "file", s.Path(), "error", err)
		}
		return nil, false
	}
	return now, !now.Equal(before)
}

func same(a, b os.FileInfo) bool {
	return b != nil && os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

// Problems are the error of settings that cannot be used.
type Problems []Problem

func (p Problems) Error() string {
	text := p[0].String()
	if more := len(p) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}
