package settings

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The flags of relay and status that a setting gives are declared from it, so that
// default and text are the same on a command line, on the page and in the file.

// OfFlag finds the setting that gives a program's flag its value.
func OfFlag(p Program, name string) (Setting, bool) {
	i := slices.IndexFunc(table, func(s Setting) bool { return slices.Contains(s.Flags, Flag{p, name}) })
	if i < 0 {
		return Setting{}, false
	}
	return table[i], true
}

// StringFlag declares a program's flag into a text. word is the word of the
// setting's text that stands for the value in the help; empty for none.
func StringFlag(fs *flag.FlagSet, p Program, into *string, name, word string) {
	s := ofFlag(p, name)
	fs.StringVar(into, name, s.Default, s.usage(word))
}

// IntFlag declares a flag into a number.
func IntFlag(fs *flag.FlagSet, p Program, into *int, name, word string) {
	s := ofFlag(p, name)
	usual, err := strconv.Atoi(s.Default)
	if err != nil {
		panic(fmt.Sprintf("the setting %s: %v", s.Key, err)) // a slip in this program
	}
	fs.IntVar(into, name, usual, s.usage(word))
}

// BoolFlag declares a switch.
func BoolFlag(fs *flag.FlagSet, p Program, into *bool, name string) {
	s := ofFlag(p, name)
	fs.BoolVar(into, name, s.Default == "true", s.usage(""))
}

// Usage is the text of a flag that a program declares itself.
func Usage(p Program, name, word string) string {
	s := ofFlag(p, name)
	return s.usage(word)
}

func ofFlag(p Program, name string) Setting {
	s, ok := OfFlag(p, name)
	if !ok {
		panic("there is no setting for -" + name + " of " + string(p)) // a slip in this program
	}
	return s
}

// usage is the setting's text as package flag wants it.
func (s Setting) usage(word string) string {
	text := s.Text
	switch s.Kind {
	case Switch:
		text = strings.TrimPrefix(text, "true ") // which nobody writes after a flag
	case List:
		text += "; comma-separated"
	}
	if word == "" {
		return text
	}
	return strings.Replace(text, word, "`"+word+"`", 1)
}
