package settings

import (
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strconv"
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
	values, lines, problems := read(file, pass)
	if len(problems) == 0 {
		problems = values.Check()
	}
	if len(problems) > 0 {
		return nil, placed(problems, lines)
	}
	return values, nil
}

// read reads a file without checking its values, and tells on which line each key
// stands.
func read(file []byte, pass bool) (Values, map[string]int, []Problem) {
	if len(file) > MaxSize {
		return nil, nil, []Problem{{Text: fmt.Sprintf("the file is longer than %d bytes, and cannot be settings", MaxSize)}}
	}
	text := plain(file)
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, nil, []Problem{{Text: "the file is not text; save it as UTF-8 in a text editor"}}
	}
	var tree map[string]any
	if _, err := toml.Decode(text, &tree); err != nil {
		p := syntax(text, err)
		return nil, map[string]int{p.Key: p.Line}, []Problem{p}
	}
	values, problems := flatten(tree, pass)
	return values, linesOf(text), problems
}

// placed are problems with their lines, in the order of the file.
func placed(problems []Problem, lines map[string]int) []Problem {
	for i, p := range problems {
		problems[i].Line = lines[p.Key]
	}
	sort.SliceStable(problems, func(i, j int) bool { return problems[i].Line < problems[j].Line })
	return problems
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
			if err != nil && s.Secret {
				err = fmt.Errorf("it wants %s", s.wants()) // and the value is not shown
			}
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

func namesIn(section string) (names []string) {
	for _, s := range table {
		if s.Section() == section {
			names = append(names, s.Name())
		}
	}
	return names
}

// near is the setting that a slip of the hand made into this: of the same section,
// or the section has the slip too.
func near(section, name string) string {
	names := namesIn(section)
	if names == nil {
		return nearest.To(section+"."+name, keys())
	}
	if meant := nearest.To(name, names); meant != "" {
		return section + "." + meant
	}
	return ""
}

func unknown(key string) Problem {
	section, name, _ := strings.Cut(key, ".")
	if meant := near(section, name); meant != "" {
		return Problem{Key: key, Text: fmt.Sprintf("there is no such setting; did you mean %s?", meant)}
	}
	for _, s := range table {
		if s.Name() == name {
			return Problem{Key: key, Text: fmt.Sprintf("there is no such setting; did you mean %s?", s.Key)}
		}
	}
	if Sections[section] == "" {
		return Problem{Key: key, Text: fmt.Sprintf("there is no section [%s]; the page's Settings and the file at /settings.toml show what there is", section)}
	}
	return Problem{Key: key, Text: fmt.Sprintf("there is no such setting; in [%s] there are %s", section, strings.Join(namesIn(section), ", "))}
}

// read is a value of the file as text. A number or a switch may be in quotes.
func (s Setting) read(value any) (string, error) {
	switch value := value.(type) {
	case string:
		return s.tidy(strings.TrimSpace(value)), nil
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
			if text = strings.TrimSpace(text); text != "" {
				parts = append(parts, text)
			}
		}
		if s.Kind != List {
			return "", errors.New("it wants one value and no list; leave out [ and ]")
		}
		return strings.Join(parts, ","), nil
	}
	return "", fmt.Errorf("%v is no value for it; it wants %s", value, s.wants())
}

// tidy is a text as the value is kept: "007" and "a, b" mean 7 and "a,b".
func (s Setting) tidy(text string) string {
	switch s.Kind {
	case Number:
		if n, err := strconv.Atoi(text); err == nil {
			return strconv.Itoa(n)
		}
	case List:
		return strings.Join(Split(text), ",")
	}
	return text
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
