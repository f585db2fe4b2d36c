package settings

import "strings"

// What a file of settings needs at most, with room to spare. The reader of TOML
// recurses into what is nested, and keeps the whole name of each key: a file of
// 256 KiB that is all brackets, or one long section, would take gigabytes, and with
// them the relay.
const (
	mostNested = 16   // brackets
	mostDots   = 16   // in one name
	mostName   = 1000 // bytes of a name, or of a line without =
)

// shape is a look at a text before TOML is read from it.
type shape struct {
	text           string
	at, line       int
	nested, tables int // brackets of any kind, and curly ones, that are open
	dots, name     int
	named          bool // the = was there
}

// overdone is what of a text no settings need, nil for most.
func overdone(text string) *Problem {
	s := shape{text: text, line: 1}
	for s.at < len(text) {
		start, c := s.at, text[s.at]
		switch c {
		case '#':
			s.until("\n", false)
			continue
		case '"', '\'':
			s.quoted(string(c))
		default:
			s.at++
			s.sign(c)
		}
		if !s.named && !strings.Contains(text[start:s.at], "\n") {
			s.name += s.at - start
		}
		if s.nested > mostNested || s.dots > mostDots || s.name > mostName {
			return &Problem{Line: s.line, Text: "it cannot be settings: it has long names, or lists in lists"}
		}
	}
	return nil
}

// sign is a character outside of quotes.
func (s *shape) sign(c byte) {
	switch c {
	case '\n':
		s.line++
		s.next()
	case '=':
		s.dots, s.named = 0, true
	case ',':
		s.dots = 0
		if s.tables > 0 {
			s.next()
		}
	case '.':
		s.dots++
	case '[':
		s.nested++
	case '{':
		s.nested++
		s.tables++
		s.next()
	case ']':
		s.nested--
	case '}':
		s.nested--
		s.tables--
	}
}

// next is where another name may begin.
func (s *shape) next() { s.dots, s.name, s.named = 0, 0, false }

// quoted goes on behind a text in quotes, of one line or of several.
func (s *shape) quoted(quote string) {
	end := quote
	if strings.HasPrefix(s.text[s.at:], quote+quote+quote) {
		end = quote + quote + quote
	}
	s.at += len(end)
	s.until(end, quote == `"`)
	for more := 0; len(end) == 3 && more < 2 && strings.HasPrefix(s.text[s.at:], quote); more++ {
		s.at++ // one or two quotes at the end are the text's
	}
}

// until goes on behind an end. A text of one line ends with the line, which counts
// as outside.
func (s *shape) until(end string, escapes bool) {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '\n' && len(end) == 1:
			return
		case strings.HasPrefix(s.text[s.at:], end):
			s.at += len(end)
			return
		case c == '\\' && escapes:
			s.at++
			if s.at < len(s.text) && s.text[s.at] == '\n' {
				continue
			}
		case c == '\n':
			s.line++
		}
		s.at++
	}
	s.at = min(s.at, len(s.text))
}
