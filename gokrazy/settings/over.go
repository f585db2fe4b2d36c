package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Over lays a file over the settings in force: what the file names is as it says,
// and all else stays, secrets too. That is what whoever changes one line on a stick
// means. A value of "" undoes a setting that may be empty.
//
// It returns the whole, to be saved, and what the file named. What goes only
// together is checked of the whole, so that a file with the secret alone will do
// where the name is set already. Where there are problems, there are no values.
func Over(now Values, file []byte) (next, named Values, problems []Problem) {
	named, lines, problems := read(file, refuseUnknown)
	if len(problems) > 0 {
		return nil, nil, placed(problems, lines)
	}
	next = now.Clone()
	for key, value := range named {
		next[key] = value
	}
	if problems := next.Check(); len(problems) > 0 {
		return nil, nil, placed(problems, lines)
	}
	return next, named, nil
}

// Lines are settings for people, KEY = VALUE, in the order of the table. What is
// secret is not in them.
func (v Values) Lines() (lines []string) {
	for _, s := range table {
		value, given := v[s.Key]
		if !given {
			continue
		}
		text := s.written(value)
		switch {
		case s.Secret && value != "":
			text = "(set, and not shown)"
		case s.Kind == Lines && value != "":
			text = fmt.Sprintf("(%d lines)", strings.Count(value, "\n")+1)
		case s.Kind == Text:
			text = strconv.Quote(value) // as people read it, and not in ASCII
		}
		lines = append(lines, s.Key+" = "+text)
	}
	return lines
}

// HasSecrets is whether a secret is among them.
func (v Values) HasSecrets() bool {
	return slices.ContainsFunc(table, func(s Setting) bool { return s.Secret && v[s.Key] != "" })
}

// HasSection is whether one of a section's settings is among them.
func (v Values) HasSection(section string) bool {
	return slices.ContainsFunc(table, func(s Setting) bool { _, given := v[s.Key]; return given && s.Section() == section })
}
