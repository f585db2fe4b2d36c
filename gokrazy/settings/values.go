package settings

import (
	"fmt"
	"maps"
	"strings"
)

// Values are settings by their keys: those that somebody has set. A number is its
// digits, a switch "true" or "false", a list its parts with commas between.
type Values map[string]string

// Problem is what is wrong with a file or with values.
type Problem struct {
	Line int    `json:"line,omitempty"` // of the file, from 1; 0 where there is none
	Key  string `json:"key,omitempty"`  // of the setting; empty where it is about the whole
	Text string `json:"text"`           // what is wrong, and what to write instead
}

// String is a problem in a line.
func (p Problem) String() string {
	var where string
	if p.Line > 0 {
		where = fmt.Sprintf("line %d: ", p.Line)
	}
	if p.Key != "" {
		where += p.Key + ": "
	}
	return where + p.Text
}

// Get is the value of a setting, or its default where it was not set.
func (v Values) Get(key string) string {
	if value, given := v[key]; given {
		return value
	}
	s, known := Lookup(key)
	if !known {
		panic("there is no setting " + key) // a slip in this program
	}
	return s.Default
}

// On is whether a switch is on.
func (v Values) On(key string) bool { return v.Get(key) == "true" }

// List is the parts of a list.
func (v Values) List(key string) []string { return Split(v.Get(key)) }

// Split is the parts of a list's value.
func Split(value string) (parts []string) {
	for _, part := range strings.Split(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// Clone is a copy that can be changed without changing v.
func (v Values) Clone() Values {
	if v == nil {
		return Values{}
	}
	return maps.Clone(v)
}

// Equal reports whether both have the same settings.
func (v Values) Equal(w Values) bool { return maps.Equal(v, w) }

// Changed are the settings that differ between v and w in what they mean: one
// that is set to its default is as good as one that is not.
func (v Values) Changed(w Values) (changed []Setting) {
	for _, s := range table {
		if v.Get(s.Key) != w.Get(s.Key) {
			changed = append(changed, s)
		}
	}
	return changed
}

// Args are the flags of a program that these settings give it.
func (v Values) Args(p Program) (args []string) {
	for _, s := range table {
		value := v[s.Key]
		if value == "" {
			continue // the flag's default is the setting's; a test holds them to each other
		}
		for _, f := range s.Flags {
			if f.Program == p {
				args = append(args, "-"+f.Name+"="+value)
			}
		}
	}
	return args
}
