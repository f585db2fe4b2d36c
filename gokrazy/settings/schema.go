package settings

import (
	"slices"
	"strings"

	"rawtcpcom/relay/wire"
)

// Kind is what a setting's value looks like.
type Kind string

const (
	Text   Kind = "text"
	Number Kind = "number" // a whole one
	Switch Kind = "switch" // true or false
	Choice Kind = "choice" // one of Setting.Choices
	List   Kind = "list"   // of texts; as one text, they are set apart by commas
	Lines  Kind = "lines"  // a text of several lines
)

// Program is whose flag a setting is.
type Program string

const (
	Relay  Program = "relay"
	Status Program = "status"
)

// Flag is a flag that a setting gives to a program.
type Flag struct {
	Program Program
	Name    string
}

// Setting is one of the settings of a box.
type Setting struct {
	Key      string // "robot.address": section and name
	Title    string // for a form
	Text     string // what it means, as the end of "robot.address is ..."
	Kind     Kind
	Default  string // as in Values; empty for none
	Choices  []string
	Min, Max int    // of a number
	Example  string // for the commented file, where there is no default
	Secret   bool   // never shown again, and in no export
	Restarts string // what a change interrupts; empty where nothing notices
	Flags    []Flag

	check func(value string) error // besides what Kind asks for
}

// What a change of a setting interrupts.
const (
	sessions = "the relay starts anew, and its clients lose their connections"
	page     = "the page starts anew"
	address  = "the box gets another address"
)

// All are all settings, in the order of the form and the file.
func All() []Setting { return slices.Clone(table) }

// Lookup finds a setting by its key.
func Lookup(key string) (Setting, bool) {
	i := slices.IndexFunc(table, func(s Setting) bool { return s.Key == key })
	if i < 0 {
		return Setting{}, false
	}
	return table[i], true
}

// Section is the part of a key before the dot, which groups the settings.
func (s Setting) Section() string { section, _, _ := strings.Cut(s.Key, "."); return section }

// Name is the part of a key after the dot.
func (s Setting) Name() string { _, name, _ := strings.Cut(s.Key, "."); return name }

// Sections are the headings of the groups, by what is before the dot of a key.
var Sections = map[string]string{
	"robot":   "The robot",
	"box":     "This box",
	"network": "The network",
	"access":  "Who may do what",
	"stops":   "When the robot is to stop",
	"lines":   "What programs receive",
	"lamps":   "The lamps",
	"page":    "The page",
	"log":     "The log",
}

func keys() (keys []string) {
	for _, s := range table {
		keys = append(keys, s.Key)
	}
	return keys
}

func terminators() (names []string) {
	for _, t := range wire.Terminators {
		names = append(names, t.Name)
	}
	return names
}

// The robot's software, as -backend names it.
var software = []string{wire.DriverDialect.Name, wire.OToneDialect.Name}

// relay and status make the flags of a setting.
func relay(name string) []Flag  { return []Flag{{Relay, name}} }
func status(name string) []Flag { return []Flag{{Status, name}} }
func both(name string) []Flag   { return append(relay(name), status(name)...) }
