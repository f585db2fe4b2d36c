// Package report is what the program names tells the box's other programs: under
// which names the network finds the box. It is a file that names writes at each
// change, in a tmpfs, so after a start there is none before names has asked the
// network.
package report

import (
	"fmt"

	"rawtcpcom/gokrazy/told"
)

// Path is where the report is on the box.
const Path = "/run/rawtcpcom/names.json"

// Names are those of the box, each with .local at its end.
type Names struct {
	Plain string `json:"plain"` // rawtcpcom.local, or the name of the settings; empty while the box does not have it
	Own   string `json:"own"`   // rawtcpcom-345678.local, which no other box has; empty while the box has no address

	// Where another box has the plain name, or had it, so that this one leaves it
	// alone: that name, and the other's last known address.
	Wanted  string `json:"wanted"`
	TakenBy string `json:"taken by"`
	Away    bool   `json:"away"` // nobody answers for the name now

	// Where this box has the plain name: the own names of those that want one and
	// have none.
	Nameless string `json:"nameless"`
}

// List is the names that lead to the box now, the one to tell people first.
func (n Names) List() []string {
	var list []string
	for _, name := range []string{n.Plain, n.Own} {
		if name != "" {
			list = append(list, name)
		}
	}
	return list
}

// Notice says that another box has the plain name, or has none since this one has
// it; it is empty where there is no other box, or each has a name.
func (n Names) Notice() string {
	const remedy = " Give this box a name in its settings."
	switch {
	case n.Plain != "" && n.Nameless != "":
		return fmt.Sprintf("This box is %s. Another box in this network has no such name and is %s. Give it a name in the settings on its own page.", n.Plain, n.Nameless)
	case n.TakenBy == "" || n.Own == "":
		return ""
	case n.Away:
		return fmt.Sprintf("Another box, last seen at %s, is %s; it does not answer now. This one is %s.", n.TakenBy, n.Wanted, n.Own) + remedy
	}
	return fmt.Sprintf("Another box at %s is %s; this one is %s.", n.TakenBy, n.Wanted, n.Own) + remedy
}

// Write replaces the report. Whoever reads finds the old one or this, whole.
func (n Names) Write(path string) error {
	return told.Write(path, "the names", n)
}

// Read reads the report. Without one, as on a PC, the error is one of
// os.ErrNotExist.
func Read(path string) (Names, error) {
	return told.Read[Names](path, "the names")
}
