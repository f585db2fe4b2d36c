package settings

import (
	"fmt"
	"strconv"
	"strings"
)

// Secrets is whether a file of settings holds the secret ones.
type Secrets bool

const (
	WithSecrets    Secrets = true
	WithoutSecrets Secrets = false
)

// TOML is the file of these settings. Each setting is explained above it, and
// those that are not set stand there as a comment.
func (v Values) TOML(secrets Secrets) []byte {
	var b strings.Builder
	b.WriteString("# Settings of a rawtcpcom box. A line that begins with # does not count.\n")
	section := ""
	for _, s := range table {
		if s.Section() != section {
			section = s.Section()
			fmt.Fprintf(&b, "\n# %s\n[%s]\n", Sections[section], section)
		}
		b.WriteByte('\n')
		wrap(&b, s.Title+": "+s.Text+".")
		value, given := v[s.Key]
		switch {
		case given && s.Secret && !bool(secrets):
			fmt.Fprintf(&b, "# %s = \"...\"   (set, and not shown)\n", s.Name())
		case given:
			fmt.Fprintf(&b, "%s = %s\n", s.Name(), s.written(value))
		case s.Kind == Lines:
			fmt.Fprintf(&b, "# %s = '''\n# -----BEGIN CERTIFICATE-----\n# ...\n# '''\n", s.Name())
		case s.Default == "" && s.Example == "":
			fmt.Fprintf(&b, "# %s = \"...\"\n", s.Name())
		case s.Default == "":
			fmt.Fprintf(&b, "# %s = %s\n", s.Name(), s.written(s.Example))
		default:
			fmt.Fprintf(&b, "# %s = %s\n", s.Name(), s.written(s.Default))
		}
	}
	return []byte(b.String())
}

// Example is a file in which nothing is set and everything is explained.
func Example() []byte { return Values{}.TOML(WithoutSecrets) }

// written is a value as it stands in a file.
func (s Setting) written(value string) string {
	switch s.Kind {
	case Number, Switch:
		return s.tidy(value)
	case List:
		var parts []string
		for _, part := range Split(value) {
			parts = append(parts, strconv.QuoteToASCII(part))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Lines:
		if !strings.Contains(value, "'''") && !strings.ContainsFunc(value, unfit) {
			return "'''\n" + value + "\n'''"
		}
	}
	// In ASCII, since Parse takes curly quotes for straight ones.
	return strconv.QuoteToASCII(value)
}

// unfit is a character that does not stand for itself in a text of several lines.
func unfit(c rune) bool { return c != '\n' && c != '\t' && (c < ' ' || c > '~') }

// wrap writes a text as comment lines of at most 80 bytes.
func wrap(b *strings.Builder, text string) {
	line := "#"
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > 80 {
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}
