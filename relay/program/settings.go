package program

import (
	"fmt"
	"log/slog"
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
		return nil
	}
	if path := o.store(nil).Path(); filepath.Clean(o.settings) != path {
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
	values, problems, err := o.store(nil).Load()
	if len(problems) > 0 {
		err = settings.Problems(problems)
	}
	if err != nil {
		log.Error("the settings cannot be read; those before are in force", "file", o.settings, "error", err)
	}
	return o.with(values)
}

// with is the options of the same command line over other settings.
func (o options) with(values settings.Values) (options, error) {
	given := values.Args(settings.Relay)
	if o.simulate { // which brings its own router
		given = slices.DeleteFunc(given, func(arg string) bool { return strings.HasPrefix(arg, "-router=") })
	}
	next, _, err := readOptions(append(given, o.args...), values)
	next.args, next.ownProcess = o.args, o.ownProcess
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
