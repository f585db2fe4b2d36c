package program

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/place"
)

// With -settings, the command line stands over a file of settings: what it gives
// wins, and the file gives the rest. Two settings are no flags, since a secret and
// a certificate would be files of their own: the relay takes them as they are.

const (
	caKey     = "robot.ca"
	secretKey = "robot.auth-secret"
)

// store is where the settings are; the file has one name, since those before it
// lie beside it.
func (o *options) store(log *slog.Logger) settings.Store {
	s := settings.File(o.settings)
	s.Log = log
	return s
}

// checkSettings sees to -settings itself.
func (o *options) checkSettings() error {
	if o.settings == "" {
		if len(o.first) > 0 {
			return errors.New("-first-setting is for the file of -settings")
		}
		return nil
	}
	if path := o.store(nil).Path(); filepath.Clean(o.settings) != path {
		if is, err := os.Stat(o.settings); err == nil && is.IsDir() {
			path = filepath.Join(o.settings, filepath.Base(path))
		}
		return fmt.Errorf("-settings %q has another name than the file of settings; write -settings %s", o.settings, path)
	}
	return nil
}

// load is the options with the settings that are in force. A file that cannot be
// read is said in the log, and the settings before it count.
func (o options) load(log *slog.Logger) (options, error) {
	if o.settings == "" {
		return o, nil
	}
	o.begin(log)
	values, problems, err := o.store(nil).Load()
	if len(problems) > 0 {
		err = settings.Problems(problems)
	}
	if err != nil {
		log.Error("the settings cannot be read; those before are in force", "file", o.settings, "error", err)
	}
	if o.beginning() {
		values = o.first
	}
	return o.with(values)
}

// addFirst takes a -first-setting.
func (o *options) addFirst(text string) error {
	key, value, ok := strings.Cut(text, "=")
	s, known := settings.Lookup(key)
	switch {
	case !ok || !known:
		return errors.New("it is not the key of a setting, = and a value")
	case o.first == nil:
		o.first = settings.Values{}
	}
	o.first[key] = value
	return s.Check(value)
}

// begin writes the first settings, where there were never any. They are what a box
// was told by flags before it had settings: an update hands them on once, see
// gokrazy/image. A file that is there, and be it empty, wins.
func (o *options) begin(log *slog.Logger) {
	store := o.store(log)
	if !o.beginning() {
		return
	}
	if err := store.Save(o.first); err != nil {
		log.Error("the first settings cannot be kept; they are in force all the same", "file", store.Path(), "error", err)
		return
	}
	log.Info("the first settings are kept", "file", store.Path(), "settings", strings.Join(slices.Sorted(maps.Keys(o.first)), ", "))
}

// beginning reports whether the first settings are in force, as no file is there.
func (o *options) beginning() bool {
	_, err := os.Stat(o.store(nil).Path())
	return len(o.first) > 0 && errors.Is(err, fs.ErrNotExist)
}

// with is the options of the same command line over other settings.
func (o options) with(values settings.Values) (options, error) {
	given := values.Args(settings.Relay)
	if o.simulate { // which brings its own router
		given = slices.DeleteFunc(given, func(arg string) bool { return strings.HasPrefix(arg, "-router=") })
	}
	next, _, err := readOptions(append(given, o.args...), values)
	next.args, next.ownProcess, next.started = o.args, o.ownProcess, o.started
	if err == nil {
		err = checkDescriptors(next)
	}
	return next, err
}

// differ are the settings that the relay has to start anew for.
func differ(a, b settings.Values) (names []string) {
	for _, s := range a.Changed(b) {
		if s.Key == caKey || s.Key == secretKey || slices.ContainsFunc(s.Flags, func(f settings.Flag) bool { return f.Program == settings.Relay }) {
			names = append(names, s.Key)
		}
	}
	return names
}

// whyAnew is for clients.
func whyAnew(names []string) string {
	return "somebody has changed the settings of " + place.Here().This() + " (" + strings.Join(names, ", ") + "), and the relay starts anew with them; connect again"
}
