// Package report is what became of the last settings file that the program stick
// found on a stick, and of that on the card: files that stick writes for the page,
// stick.json and card.json. They lie in a tmpfs, so after a start there is none
// before a file was found.
package report

import (
	"fmt"
	"path/filepath"
	"strings"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/gokrazy/told"
)

// Dir is where the reports are on the box.
const Dir = "/run/rawtcpcom"

// Source is what a file was on.
type Source string

const (
	Stick Source = "stick"
	Card  Source = "card" // its boot partition
)

// Outcome is what became of a file.
type Outcome string

const (
	Taken   Outcome = "taken"   // its settings are in force
	Known   Outcome = "known"   // it was taken before, and has not changed since: nothing is done
	Refused Outcome = "refused" // it has problems, and changed nothing
	// Nothing is that no file of settings was there, and there is something else to
	// tell, such as of a reset.
	Nothing Outcome = "nothing"
)

// Report is what became of what was found.
type Report struct {
	Source  Source  `json:"source"`
	File    string  `json:"file,omitempty"` // its name there
	Outcome Outcome `json:"outcome"`
	// Named are the settings that the file names, as they stand in a file, without
	// secrets, in the order of the table.
	Named    []string           `json:"named,omitempty"`
	Secrets  bool               `json:"secrets,omitempty"` // some of them are secret, and lie there in clear
	Reset    bool               `json:"reset,omitempty"`   // the settings were made those of a new box before
	Problems []settings.Problem `json:"problems,omitempty"`
	Trouble  []string           `json:"trouble,omitempty"` // what else went wrong, each with a remedy
	Uptime   float64            `json:"uptime"`            // seconds since power-on
}

// Notice is the report in a sentence or two for people; it is empty where nothing
// is new to them.
func (r Report) Notice() string {
	var parts []string
	if r.Reset {
		parts = append(parts, "The settings were reset by a file on a stick: they are those of a new box.")
	}
	switch {
	case r.Outcome == Taken:
		parts = append(parts, fmt.Sprintf("The settings of %s on the %s are in force.", r.File, r.Source))
	case r.Outcome == Refused && len(r.Problems) > 0:
		text := fmt.Sprintf("%s on the %s changed nothing: %s.", r.File, r.Source, strings.TrimSuffix(r.Problems[0].String(), "."))
		if more := len(r.Problems) - 1; more > 0 {
			text += fmt.Sprintf(" It has %d more errors.", more)
		}
		parts = append(parts, text)
	}
	for _, trouble := range r.Trouble {
		parts = append(parts, "The "+string(r.Source)+": "+trouble+".")
	}
	return strings.Join(parts, " ")
}

// Write replaces the report on its source in a folder. Whoever reads finds the old
// one or this, whole.
func (r Report) Write(dir string) error {
	return told.Write(r.Source.path(dir), "the "+string(r.Source), r)
}

func (s Source) path(dir string) string { return filepath.Join(dir, string(s)+".json") }

// Read reads the report on a source. Without one, as on a PC, the error is one of
// os.ErrNotExist.
func Read(dir string, source Source) (Report, error) {
	return told.Read[Report](source.path(dir), "the "+string(source))
}

// Notices are what the reports in a folder have for people.
func Notices(dir string) (notices []string) {
	for _, source := range []Source{Card, Stick} {
		if r, err := Read(dir, source); err == nil && r.Notice() != "" {
			notices = append(notices, r.Notice())
		}
	}
	return notices
}
