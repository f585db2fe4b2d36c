package settings

import (
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"rawtcpcom/relay/nearest"
)

// MaxSize is how long a file of settings may be, in bytes.
const MaxSize = 256 << 10

// Parse reads a file of settings and checks them. Where there are problems, there
// are no values: half a file of settings is settings that nobody meant.
func Parse(file []byte) (Values, []Problem) { return parse(file, refuseUnknown) }

// What becomes of names that the table does not have.
const (
	refuseUnknown = false
	passUnknown   = true
)

func parse(file []byte, pass bool) (Values, []Problem) {
	if len(file) > MaxSize {
		return nil, []Problem{{Text: fmt.Sprintf("the file is longer than %d bytes, and cannot be settings", MaxSize)}}
	}
	text := plain(file)
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, []Problem{{Text: "the file is not text; save it as UTF-8 in a text editor"}}
	}
	var tree map[string]any
	if _, err := toml.Decode(text, &tree); err != nil {
		return nil, []Problem{syntax(text, err)}
	}
	lines := linesOf(text)
	values, problems := flatten(tree, pass)
	if len(problems) == 0 {
		problems = values.Check()
	}
	for i, p := range problems {
		problems[i].Line = lines[p.Key]
	}
	sort.SliceStable(problems, func(i, j int) bool { return problems[i].Line < problems[j].Line })
	if len(problems) > 0 {
		return nil, problems
	}
	return values, nil
}

// plain undoes what editors do to a text: a byte order mark, UTF-16, line ends of
// Windows and of old Macs, and curly quotes. The lines keep their numbers.
func plain(file []byte) string {
	text := string(file)
	switch {
	case strings.HasPrefix(text, "\xff\xfe"):
		text = wide(file[2:], binary.LittleEndian)
	case strings.HasPrefix(text, "\xfe\xff"):
		text = wide(file[2:], binary.BigEndian)
	}
	text = strings.TrimPrefix(text, "\ufeff")
	return strings.NewReplacer("\r\n", "\n", "\r", "\n",
		"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'", "\u00a0", " ").Replace(text)
}

func wide(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// flatten makes values of the tree that a TOML file is.
func flatten(tree map[string]any, pass bool) (Values, []Problem) {
	values, problems := Values{}, []Problem(nil)
	for section, content := range tree {
		names, ok := content.(map[string]any)
		if !ok {
			if !pass {
				problems = append(problems, outside(section))
			}
			continue
		}
		for name, value := range names {
			key := section + "." + name
			s, known := Lookup(key)
			if !known {
				if !pass {
					problems = append(problems, unknown(key))
				}
				continue
			}
			text, err := s.read(value)
			if err != nil {
				problems = append(problems, Problem{Key: key, Text: err.Error()})
			}
			values[key] = text
		}
	}
	sort.Slice(problems, func(i, j int) bool { return problems[i].Key < problems[j].Key })
	return values, problems
}

// outside is a name that stands in no section, which is what becomes of one where
// the section's line was left out.
func outside(name string) Problem {
	for _, s := range table {
		if s.Name() == name {
			return Problem{Key: name, Text: fmt.Sprintf("it belongs under a line [%s]", s.Section())}
		}
	}
	return Problem{Key: name, Text: "there is no setting of that name, and settings stand under a line such as [robot]"}
}

func unknown(key string) Problem {
	section, name, _ := strings.Cut(key, ".")
	if meant := nearest.To(key, keys()); meant != "" {
		return Problem{Key: key, Text: fmt.Sprintf("there is no such setting; did you mean %s?", meant)}
	}
	for _, s := range table {
		if s.Name() == name {
			return Problem{Key: key, Text: fmt.Sprintf("there is no such setting; did you mean %s?", s.Key)}
		}
	}
	if Sections[section] == "" {
		return Problem{Key: key, Text: fmt.Sprintf("there is no section [%s]; GET /settings.toml of the box shows what there is", section)}
	}
	return Problem{Key: key, Text: "there is no such setting; GET /settings.toml of the box shows what there is"}
}

// read is a value of the file as text. A number or a switch may be in quotes.
func (s Setting) read(value any) (string, error) {
	switch value := value.(type) {
	case string:
		return strings.TrimSpace(value), nil
	case bool, int64:
		if s.Kind == Text || s.Kind == Lines || s.Kind == List {
			return "", fmt.Errorf("it wants a text; put %v in quotes", value)
		}
		return fmt.Sprint(value), nil
	case []any:
		var parts []string
		for _, part := range value {
			text, ok := part.(string)
			if !ok || strings.Contains(text, ",") {
				return "", fmt.Errorf("%v is no text without a comma; write a list as [\"one\", \"two\"]", part)
			}
			parts = append(parts, text)
		}
		if s.Kind != List {
			return "", errors.New("it wants one value and no list; leave out [ and ]")
		}
		return strings.Join(parts, ","), nil
	}
	return "", fmt.Errorf("%v is no value for it; it wants %s", value, s.wants())
}

func (s Setting) wants() string {
	switch s.Kind {
	case Number:
		return "a whole number"
	case Switch:
		return "true or false"
	case Choice:
		return oneOf(s.Choices)
	case List:
		return "a list of texts"
	}
	return "a text in quotes"
}

// bare is a line whose value has no quotes and needs them.
var bare = regexp.MustCompile(`^\s*([\w.-]+)\s*=\s*([^"'\[\s][^#"']*?)\s*(#.*)?$`)

// syntax is a text that is no TOML, in the words of who wrote it.
func syntax(text string, err error) Problem {
	var wrong toml.ParseError
	if !errors.As(err, &wrong) {
		return Problem{Text: "it cannot be read: " + err.Error()}
	}
	line := wrong.Position.Line
	p := Problem{Line: line, Text: wrong.Message}
	all := strings.Split(text, "\n")
	if line < 1 || line > len(all) {
		return p
	}
	if found := bare.FindStringSubmatch(all[line-1]); found != nil {
		p.Key, p.Text = found[1], fmt.Sprintf("a text stands in quotes; write %s = %q", found[1], found[2])
		return p
	}
	switch trimmed := strings.TrimSpace(all[line-1]); {
	case trimmed == "":
	case strings.HasPrefix(trimmed, "["):
		if !strings.Contains(trimmed, "]") {
			p.Text = "the line of a section ends with ]"
		}
	case !strings.Contains(trimmed, "="):
		p.Text = `a line is NAME = "VALUE", a section such as [robot], or begins with #`
	case strings.Count(trimmed, `"`)%2 == 1:
		p.Text = "a quote is missing: a text has one before and one after it"
	}
	return p
}

var (
	aSection = regexp.MustCompile(`^\s*\[\s*([\w-]+)\s*\]`)
	aKey     = regexp.MustCompile(`^\s*([\w-]+(?:\s*\.\s*[\w-]+)?)\s*=(.*)$`)
)

// linesOf tells on which line each key stands, and each name outside a section.
func linesOf(text string) map[string]int {
	lines, section, within := map[string]int{}, "", ""
	for i, line := range strings.Split(text, "\n") {
		if within != "" { // a text of several lines
			if strings.Contains(line, within) {
				within = ""
			}
			continue
		}
		if found := aSection.FindStringSubmatch(line); found != nil {
			section = found[1] + "."
			continue
		}
		found := aKey.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		lines[section+strings.ReplaceAll(found[1], " ", "")] = i + 1
		for _, mark := range []string{`"""`, `'''`} {
			if strings.Count(found[2], mark) == 1 {
				within = mark
			}
		}
	}
	return lines
}
