// Package licence finds the licences of what is linked into the programs of this
// project, and says which of them may be.
//
// A licence is told by its text (licensecheck), not by what a registry says of it.
// What this project ships is under Apache-2.0, so a library's licence has to allow
// that: the table of [allowed] ones is short on purpose, and a new one is a decision.
// Kernel and firmware are not linked with anything: they lie beside the programs on
// the card, under licences of their own.
package licence

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// allowed are the licences of libraries, by their SPDX names. Each asks for no more
// than that its text is passed on.
var allowed = []string{"Apache-2.0", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"}

// beside are modules that lie beside the programs and are linked with none, with
// what a person who gets the image has a right to.
var beside = map[string]string{
	"github.com/gokrazy/kernel.rpi": "The kernel is Linux, under the GPL version 2. Its source is at https://github.com/raspberrypi/linux; which commit, and how it was built, is in https://github.com/gokrazy/kernel.rpi (_build) at the version above.",
	"github.com/gokrazy/firmware":   "The files that the Raspberry Pi starts from are Broadcom's. They may be passed on for use with a Raspberry Pi; their licence is below.",
}

// Found is the licence of a module.
type Found struct {
	Module
	Names []string // SPDX, sorted
	Files []File   // licences and notices, by path
	Note  string   // where the module lies beside the programs
}

// File is a text that has to be passed on.
type File struct{ Name, Text string }

// certain is how much of a file has to be the text of a licence, in percent: the
// rest are names of holders and the like.
const certain = 75

// Find reads the licence of a module. It is an error where there is none, where its
// text is not known, and where it is not allowed.
func Find(m Module) (Found, error) {
	f := Found{Module: m, Note: beside[m.Path]}
	names, err := texts(m)
	if err != nil {
		return f, err
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(m.Dir, name))
		if err != nil {
			return f, fmt.Errorf("read a licence of %s: %w", m.Path, err)
		}
		f.Files = append(f.Files, File{name, string(text)})
		if strings.HasPrefix(strings.ToUpper(filepath.Base(name)), "NOTICE") {
			continue
		}
		coverage := licensecheck.Scan(text)
		if coverage.Percent < certain && f.Note == "" {
			return f, fmt.Errorf("the licence of %s, %s, is none that is known (%.0f %% of it are); read it, and decide in package licence", m, name, coverage.Percent)
		}
		for _, match := range coverage.Match {
			f.Names = append(f.Names, match.ID)
		}
	}
	slices.Sort(f.Names)
	f.Names = slices.Compact(f.Names)
	if len(f.Names) == 0 && f.Note == "" {
		return f, fmt.Errorf("%s has no licence, so nobody may pass it on; use another library", m)
	}
	for _, name := range f.Names {
		if f.Note == "" && !slices.Contains(allowed, name) {
			return f, fmt.Errorf("%s is under %s, which is not among those that are allowed (%s); use another library, or decide in package licence", m, name, strings.Join(allowed, ", "))
		}
	}
	return f, nil
}

// texts are the files at the top of a module that have to be passed on.
func texts(m Module) (names []string, err error) {
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return nil, fmt.Errorf("look for the licence of %s: %w", m, err)
	}
	for _, e := range entries {
		upper := strings.ToUpper(e.Name())
		for _, prefix := range []string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"} {
			if !e.IsDir() && strings.HasPrefix(upper, prefix) && !strings.HasSuffix(upper, ".GO") {
				names = append(names, e.Name())
				break
			}
		}
	}
	return names, nil
}
