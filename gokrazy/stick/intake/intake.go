package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/gokrazy/stick/report"
	"rawtcpcom/relay/durable"
)

// Medium is what files lie on.
type Medium interface {
	Source() report.Source
	String() string // for the log
	// Mount shows the files in a folder until unmount is called. What was written
	// is on the medium when unmount returns without an error.
	Mount(write bool) (dir string, unmount func() error, err error)
}

// Intake takes what is on media into a store.
type Intake struct {
	Store   settings.Store
	Reports string // the folder of the reports
	Confirm string // the file that confirms an address on trial, to the program lan
	Log     *slog.Logger

	Uptime func() float64                              // seconds since power-on
	About  func(ctx context.Context, changed bool) Box // what the result says of the box
}

// Take takes what is on a medium, and tells what became of it: in a result on a
// stick, in the report and in the log. Most media have nothing, and are left as
// they are. The error is one of reading the medium.
func (in Intake) Take(ctx context.Context, m Medium) error {
	f, err := read(m)
	if err != nil || f.nothing() {
		return err
	}
	r := report.Report{Source: m.Source(), File: f.name, Outcome: report.Nothing, Trouble: f.trouble}
	if len(f.resets) > 0 {
		in.reset(m, f.resets, &r)
	}
	if f.name != "" {
		in.apply(f, &r)
	}
	r.Uptime = in.Uptime()
	in.tell(m, r)
	if m.Source() != report.Stick {
		return nil
	}
	box := in.About(ctx, r.Reset || r.Outcome == report.Taken)
	if err := writeResult(m, resultText(r, box)); err != nil {
		r.Trouble = append(r.Trouble, err.Error())
		in.tell(m, r)
	}
	return nil
}

// Unreadable tells of a stick of which nothing can be read.
func (in Intake) Unreadable(m Medium, why error) {
	in.tell(m, report.Report{
		Source: m.Source(), Outcome: report.Nothing, Uptime: in.Uptime(),
		Trouble: []string{fmt.Sprintf("it cannot be read (%v); format it as FAT or exFAT, or take another", why)},
	})
}

func read(m Medium) (found, error) {
	dir, unmount, err := m.Mount(false)
	if err != nil {
		return found{}, err
	}
	f, err := look(dir)
	return f, errors.Join(err, unmount())
}

// apply makes the settings of the file those in force.
func (in Intake) apply(f found, r *report.Report) {
	r.Outcome = report.Refused
	if f.refused != "" {
		r.Problems = []settings.Problem{{Text: f.refused}}
		return
	}
	if in.taken()[r.Source] == hash(f.file) {
		r.Outcome = report.Known
		return
	}
	var next, named settings.Values
	var problems []settings.Problem
	err := in.Store.Change(func(now settings.Values) (settings.Values, error) {
		if next, named, problems = settings.Over(now, f.file); len(problems) > 0 {
			return nil, settings.Problems(problems)
		}
		return next, nil
	})
	switch {
	case len(problems) > 0:
		r.Problems = problems
		return
	case err != nil:
		r.Problems = []settings.Problem{{Text: fmt.Sprintf("the box cannot keep them (%v); switch it off and on, and if that does not help, flash the card again", err)}}
		return
	}
	r.Outcome, r.Named, r.Secrets = report.Taken, named.Lines(), named.HasSecrets()
	if named.Get("network.address") != "" && next.Get("network.mode") != "static" {
		r.Trouble = append(r.Trouble, `network.address counts for nothing while network.mode is dhcp; write mode = "static" below [network] too`)
	}
	if err := in.confirm(next, named); err != nil {
		r.Trouble = append(r.Trouble, err.Error()+"; open the box's page at the new address within a minute")
	}
	if err := in.remember(r.Source, f.file); err != nil {
		r.Trouble = append(r.Trouble, err.Error()+"; it is taken again at the next start")
	}
}

// confirm has the program lan keep a static address that a file set. It would take
// it back where nobody opens the page there, so that a wrong one does not lock
// people out; who is beside the box with a stick has another way in.
func (in Intake) confirm(next, named settings.Values) error {
	address, _, _ := strings.Cut(next.Get("network.address"), "/")
	if next.Get("network.mode") != "static" || !named.HasSection("network") {
		return nil
	}
	err := os.MkdirAll(filepath.Dir(in.Confirm), 0o755)
	if err == nil {
		err = durable.Write(in.Confirm, []byte(address+"\n"))
	}
	if err != nil {
		return fmt.Errorf("the new address cannot be confirmed (%w)", err)
	}
	return nil
}

// reset makes the settings those of a new box, once the files that ask for it are
// out of the way.
func (in Intake) reset(m Medium, files []string, r *report.Report) {
	if r.Source != report.Stick {
		r.Trouble = append(r.Trouble, "nothing was reset, since "+files[0]+" counts on a stick only")
		return
	}
	if err := putAway(m, files); err != nil {
		r.Trouble = append(r.Trouble, fmt.Sprintf("nothing was reset, since %s cannot be renamed, and would reset the box at each start (%v); take a stick that can be written", files[0], plain(err)))
		return
	}
	if err := in.Store.Reset(); err != nil {
		r.Trouble = append(r.Trouble, fmt.Sprintf("the settings could not be reset (%v); rename %s to %s, and switch the box off and on", err, doneName, files[0]))
		return
	}
	r.Reset = true
}

// putAway renames the files that ask for a reset, so that it happens once.
func putAway(m Medium, files []string) error {
	return written(m, func(root *os.Root) error {
		for _, name := range files {
			if err := root.Rename(name, doneName); err != nil {
				return err
			}
		}
		return nil
	})
}

// written does something to a medium that is mounted for it.
func written(m Medium, do func(*os.Root) error) error {
	dir, unmount, err := m.Mount(true)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err == nil {
		err = errors.Join(do(root), root.Close())
	}
	return errors.Join(err, unmount())
}

// tell tells of the report in the log and to the page.
func (in Intake) tell(m Medium, r report.Report) {
	log := in.Log.Info
	if r.Outcome == report.Refused || len(r.Trouble) > 0 {
		log = in.Log.Warn
	}
	log("settings by hand", "from", m.String(), "file", r.File, "outcome", r.Outcome, "reset", r.Reset,
		"settings", strings.Join(r.Named, ", "), "problems", r.Problems, "trouble", strings.Join(r.Trouble, "; "))
	if err := r.Write(in.Reports); err != nil {
		in.Log.Warn("the page does not hear of it", "error", err)
	}
}

// plain is an error in the words of who holds the stick.
func plain(err error) error {
	switch {
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES), errors.Is(err, fs.ErrPermission):
		return errors.New("it is write-protected")
	case errors.Is(err, syscall.ENOSPC):
		return errors.New("it is full")
	}
	return err
}
