package settings

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"
)

// bare is a line whose value has no quotes and needs them.
var bare = regexp.MustCompile(`^\s*([\w.-]+)\s*=\s*([^"'\[\s][^#"']*?)\s*(#.*)?$`)

// defined is what the reader says of a key that stands twice.
var defined = regexp.MustCompile(`^Key '(.*)' has already been defined`)

// syntax is what is wrong with a text that is no TOML, in the words of who wrote
// it. The reader sees some slips a line late.
func syntax(text string, err error) Problem {
	var wrong toml.ParseError
	if !errors.As(err, &wrong) {
		return Problem{Text: "it cannot be read: " + err.Error()}
	}
	p := Problem{Line: wrong.Position.Line, Text: wrong.Message}
	all := strings.Split(text, "\n")
	if p.Line < 1 || p.Line > len(all) {
		return p
	}
	if p.Line > 1 && halfSection(all[p.Line-2]) {
		p.Line--
	}
	line := all[p.Line-1]
	if found := bare.FindStringSubmatch(line); found != nil {
		value := "..."
		if !hidden(line) {
			value = found[2]
		}
		p.Key, p.Text = found[1], fmt.Sprintf("a text stands in quotes; write %s = %q", found[1], value)
		switch strings.ToLower(found[2]) {
		case "yes", "on", "true":
			p.Text = fmt.Sprintf("write %s = true", found[1])
		case "no", "off", "false":
			p.Text = fmt.Sprintf("write %s = false", found[1])
		}
		return p
	}
	if twice := defined.FindStringSubmatch(wrong.Message); twice != nil {
		p.Text = fmt.Sprintf("%s stands there twice; leave the one that is meant", twice[1])
		if strings.HasPrefix(strings.TrimSpace(line), "[") {
			p.Text = fmt.Sprintf("the section [%s] stands there twice; put its lines under one", twice[1])
		}
		return p
	}
	p.Text = slip(strings.TrimSpace(line), p.Text)
	return p
}

func halfSection(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "[") && !strings.Contains(line, "]")
}

// slip is what is wrong with a line, or what the reader says where nothing better
// is known.
func slip(line, said string) string {
	name, value, assigned := strings.Cut(line, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	switch {
	case line == "":
	case halfSection(line):
		return "the line of a section ends with ]"
	case !assigned && !strings.HasPrefix(line, "["):
		return `a line is NAME = "VALUE", a section such as [robot], or begins with #`
	case assigned && (value == "" || strings.HasPrefix(value, "#")):
		return fmt.Sprintf("a value is missing behind %s =; write one, or leave the line out", name)
	case strings.HasPrefix(value, "[") && !strings.Contains(value, "]"):
		return "a list ends with ]"
	case strings.Contains(said, "escape"):
		return `a \ has a meaning of its own in a text; write \\ for one`
	case strings.Count(line, `"`)%2 == 1:
		return "a quote is missing: a text has one before and one after it"
	case hidden(line):
		return "it cannot be read: a text stands in quotes, a number and true or false do not"
	}
	return said
}

// hidden is whether a line may hold a secret, which is never shown: it names one, or
// no setting at all, as a misspelt one does.
func hidden(line string) bool {
	name, _, _ := strings.Cut(line, "=")
	name = strings.TrimSpace(name[strings.LastIndex(name, ".")+1:])
	known := false
	for _, s := range table {
		if s.Secret && strings.Contains(line, s.Name()) {
			return true
		}
		known = known || s.Name() == name
	}
	return !known
}
