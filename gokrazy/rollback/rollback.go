// Package rollback puts an update on trial and goes back to the version
// before it when it does not serve.
//
// gokrazy has two places for a root file system and writes an update to the
// one not in use; it does not judge the update. This package does, from
// inside the box: it remembers which root file system has served, takes any
// other one for an update on trial, and when that fails, has gokrazy switch
// back. The old one is used only if every byte of it is as it was when it
// served: somebody may have begun to send a further update over it.
//
// What it cannot help against: a kernel that does not start, since the boot
// partition has one place only, and an update without this package.
package rollback

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// Box is the box as this package deals with it.
type Box struct {
	// Current is the root file system in use.
	Current Root
	// Serving asks the relay whether it serves. It returns what identifies
	// the relay's process, such as its start time.
	Serving func(context.Context) (process string, err error)
	// Hash is the SHA-256 of the root file system in a partition.
	Hash func(partition int) (string, error)
	// SwitchBack has the box start from the other partition next time.
	SwitchBack func(context.Context) error
	// Reboot restarts the box. It may end this program.
	Reboot func(context.Context) error
	// ClockSet reports whether the clock is set; nil means that it is.
	ClockSet func() bool
}

// Supervisor judges the root file system in use.
type Supervisor struct {
	Box Box
	Dir string // folder on /perm
	Log *slog.Logger
	// Patience is how long the relay of an update may take to serve; the
	// package's Patience if zero.
	Patience time.Duration
}

// Run returns when there is nothing left to judge, or the context ends.
func (s Supervisor) Run(ctx context.Context) error {
	r, err := readRecord(s.Dir)
	if err != nil {
		// Losing it costs one chance to go back; stopping here would cost all.
		s.Log.Error("the record of updates is set aside", "error", err)
		if err := setAside(s.Dir); err != nil {
			return err
		}
		r = record{}
	}
	switch {
	case r.Good == nil:
		s.Log.Info("this is the first version on this card: there is none to go back to", "version", s.Box.Current.Version)
		if err := s.waitServing(ctx); err != nil {
			return err
		}
		return s.keep(ctx)
	case r.Good.same(s.Box.Current):
		s.Log.Info("this version has served before", "version", s.Box.Current.Version, "partition", s.Box.Current.Partition)
		if r.Trial == nil {
			return nil
		}
		s.Log.Warn("the box went back to this version", "from", r.Trial.Version, "starts", r.Trial.Starts)
		r.Trial = nil
		return writeRecord(s.Dir, r)
	}
	return s.judge(ctx, r)
}

func (s Supervisor) judge(ctx context.Context, r record) error {
	if r.Trial == nil || !r.Trial.same(s.Box.Current) {
		r.Trial = &attempt{Root: s.Box.Current}
	}
	r.Trial.Starts++
	if err := writeRecord(s.Dir, r); err != nil {
		return err
	}
	s.Log.Info("this version is on trial", "version", s.Box.Current.Version, "partition", s.Box.Current.Partition, "start", r.Trial.Starts, "before", r.Good.Version)
	if r.Trial.Starts >= MaxStarts {
		return s.goBack(ctx, r, fmt.Sprintf("the box restarted %d times before the relay had served for a while", MaxStarts-1))
	}
	patience := s.Patience
	if patience == 0 {
		patience = Patience
	}
	trial, cancel := context.WithTimeout(ctx, patience)
	err := s.waitServing(trial)
	cancel()
	if err == nil {
		return s.keep(ctx)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.goBack(ctx, r, fmt.Sprintf("its relay did not serve within %v (%v)", patience, err))
}

// waitServing returns nil once the same process of the relay has served for a
// while, or, when the context ends, why it did not.
func (s Supervisor) waitServing(ctx context.Context) error {
	var process string
	var since time.Time
	problem := errors.New("it was not asked yet")
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		now, err := s.Box.Serving(ctx)
		switch {
		case ctx.Err() != nil:
			return problem
		case err != nil:
			process, problem = "", err
		case now != process:
			if process != "" {
				problem = errors.New("it serves, but restarts again and again")
			}
			process, since = now, time.Now()
		case time.Since(since) >= stable:
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return problem
		}
	}
}

// keep makes the root file system in use the one to go back to.
func (s Supervisor) keep(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sum, err := s.Box.Hash(s.Box.Current.Partition)
	if err != nil {
		return err
	}
	// The notice goes first: after a power cut between the two the box judges
	// once more, where the notice would stay for good.
	if err := clearNotice(s.Dir); err != nil {
		return err
	}
	if err := writeRecord(s.Dir, record{Good: &good{s.Box.Current, sum}}); err != nil {
		return err
	}
	s.Log.Info("this version serves and is kept", "version", s.Box.Current.Version, "partition", s.Box.Current.Partition)
	return nil
}

func (s Supervisor) goBack(ctx context.Context, r record, reason string) error {
	failed := describe("the update", s.Box.Current.Version)
	old := describe("the version before it", r.Good.Version)
	if err := s.oldIsWhole(*r.Good); err != nil {
		text := fmt.Sprintf("%s failed: %s. Going back to %s is not possible: %v. Send a version that works.", failed, reason, old, err)
		s.Log.Error(text)
		if err := writeNotice(s.Dir, text, s.now()); err != nil {
			return err
		}
		// It may still come to serve, and is the one to go back to then.
		if err := s.waitServing(ctx); err != nil {
			return err
		}
		return s.keep(ctx)
	}
	text := fmt.Sprintf("%s failed: %s. The box went back to %s.", failed, reason, old)
	s.Log.Error(text)
	if err := writeNotice(s.Dir, text, s.now()); err != nil {
		return err
	}
	for {
		err := s.Box.SwitchBack(ctx)
		if err == nil {
			err = s.Box.Reboot(ctx)
		}
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		s.Log.Error("going back did not work; trying again", "error", err)
		select {
		case <-time.After(10 * time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// oldIsWhole checks that the root file system to go back to is in the other
// partition and unchanged.
func (s Supervisor) oldIsWhole(old good) error {
	if old.Partition == s.Box.Current.Partition {
		return errors.New("a further update was written over it")
	}
	sum, err := s.Box.Hash(old.Partition)
	if err != nil {
		return err
	}
	if sum != old.SHA256 {
		return errors.New("it was changed since it served")
	}
	return nil
}

func describe(what, version string) string {
	if version == "" {
		return what
	}
	return what + " (" + version + ")"
}

func setAside(dir string) error {
	path := filepath.Join(dir, recordFile)
	if err := os.Rename(path, path+".corrupt"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("set the record of updates aside: %w", err)
	}
	return nil
}

// now is the time of a notice, zero where the box does not know it.
func (s Supervisor) now() time.Time {
	if s.Box.ClockSet != nil && !s.Box.ClockSet() {
		return time.Time{}
	}
	return time.Now()
}
