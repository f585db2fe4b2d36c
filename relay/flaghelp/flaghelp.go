// Package flaghelp says what is wrong with a command line in the words of who
// wrote it. Package flag says "parse error" of a time without a unit, and of a
// flag that is misspelt only that there is none.
package flaghelp

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"strings"
	"time"

	"rawtcpcom/relay/nearest"
)

// The errors of package flag, which has no types for them. A test holds them.
var (
	unknown  = regexp.MustCompile(`^flag provided but not defined: -(\S+)$`)
	badValue = regexp.MustCompile(`^invalid (?:boolean )?value ("(?:[^"\\]|\\.)*") for (?:flag )?-(\S+?):`)
	noValue  = regexp.MustCompile(`^flag needs an argument: -(\S+)$`)
)

// Explain is err, which fs.Parse returned, with what to write instead.
func Explain(fs *flag.FlagSet, err error) error {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	if found := unknown.FindStringSubmatch(err.Error()); found != nil {
		return misspelt(fs, found[1])
	}
	if found := badValue.FindStringSubmatch(err.Error()); found != nil {
		return fmt.Errorf("-%s %s is not %s", found[2], found[1], wants(fs.Lookup(found[2]), found[1]))
	}
	if found := noValue.FindStringSubmatch(err.Error()); found != nil {
		return fmt.Errorf("-%s needs %s after it", found[1], wants(fs.Lookup(found[1]), ""))
	}
	return err
}

// Argument says what is wrong with an argument that is no flag: everything is
// one. args are all that was given.
func Argument(fs *flag.FlagSet, args []string) error {
	arg, before := fs.Arg(0), ""
	if i := len(args) - fs.NArg() - 1; i >= 0 {
		before = strings.TrimLeft(args[i], "-")
	}
	if f := fs.Lookup(before); f != nil && isSwitch(f) {
		return fmt.Errorf("-%s takes nothing after it; leave out %q", before, arg)
	}
	if name, _, _ := strings.Cut(arg, "="); fs.Lookup(name) != nil {
		return fmt.Errorf("there is no argument %q; write -%s, as everything is a flag", arg, arg)
	}
	return fmt.Errorf("there is no argument %q; everything is a flag", arg)
}

func misspelt(fs *flag.FlagSet, name string) error {
	var names []string
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	meant := nearest.To(name, names)
	if meant == "" {
		return fmt.Errorf("there is no flag -%s", name)
	}
	return fmt.Errorf("there is no flag -%s; did you mean -%s?", name, meant)
}

// wants is what a flag's value has to be, for a person.
func wants(f *flag.Flag, quoted string) string {
	if f == nil {
		return "a value"
	}
	value, _ := f.Value.(flag.Getter)
	if value == nil {
		return "a value"
	}
	switch value.Get().(type) {
	case time.Duration:
		if digits := strings.Trim(quoted, `"`); regexp.MustCompile(`^\d+$`).MatchString(digits) {
			return "a time: write " + digits + "s for seconds, or another unit, ms, m or h"
		}
		return "a time such as 30s, 5m or 1h"
	case bool:
		return "true or false"
	case int:
		return "a whole number"
	}
	kind, _ := flag.UnquoteUsage(f)
	return "a value (" + kind + ")"
}

func isSwitch(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}
