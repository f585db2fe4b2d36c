package main

import (
	"cmp"
	"strings"
)

const (
	width    = 78 // of a console, at least
	maxLines = 8
	indent   = "         "
)

// sight is what there is to show.
type sight struct {
	names     []string // the one to tell people first
	addresses []string
	trouble   trouble // the first broken link, if any
}

// trouble is a broken link as the page tells of it.
type trouble struct {
	Link    string `json:"link"`
	Text    string `json:"text"`
	Do      string `json:"do"`
	Waiting bool   `json:"waiting"` // nothing is wrong: the box waits for a client
}

// text is at most eight lines, the first of which ends one that somebody else has
// begun.
func (s sight) text() string {
	lines := []string{
		"---- rawtcpcom " + strings.Repeat("-", width-len("---- rawtcpcom ")),
		row("Name", orNone(s.names, "none yet")),
		row("Address", orNone(s.addresses, "none yet; is the network cable in?")),
		row("Page", cmp.Or(strings.Join(s.urls(), " or "), "none without an address")),
	}
	room := maxLines - 1 - len(lines) // the end of the line under way may be an empty one
	switch t := s.trouble; {
	case t.Text == "":
		lines = append(lines, row("State", "all is connected"))
	case t.Waiting:
		lines = append(lines, wrap("State", room, t.Text)...)
	default:
		text := wrap("Red", room-1, t.Link+": "+t.Text) // a line at least is left for what to do
		lines = append(append(lines, text...), wrap("", room-len(text), t.Do)...)
	}
	return "\n" + strings.Join(lines, "\n") + "\n"
}

// urls lead to the page, by a name and by an address: names do not work everywhere.
func (s sight) urls() (urls []string) {
	for _, list := range [][]string{s.names, s.addresses} {
		if len(list) == 0 {
			continue
		}
		host := list[0]
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		urls = append(urls, "http://"+host+"/")
	}
	return urls
}

func orNone(list []string, none string) string {
	if len(list) == 0 {
		return none
	}
	return strings.Join(list, ", ")
}

// row is one line, cut where it is too long.
func row(name, text string) string {
	line := ascii(name + indent[len(name):] + text)
	if len(line) > width {
		line = line[:width-3] + "..."
	}
	return line
}

// wrap is text in at most room lines, the first of which has the name.
func wrap(name string, room int, text string) (lines []string) {
	line := ""
	for _, word := range strings.Fields(ascii(text)) {
		if line != "" && len(indent)+len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) > room {
		lines = lines[:room]
		lines[room-1] += " ..."
	}
	for i, line := range lines {
		lines[i], name = row(name, line), ""
	}
	return lines
}

// plainer are signs of the page's sentences that ASCII has another sign for.
var plainer = strings.NewReplacer("“", `"`, "”", `"`, "‘", "'", "’", "'", "–", "-", "—", "-", "…", "...", "·", ",", "×", "x", "→", "->", "\u00a0", " ")

// ascii is text in printable ASCII.
func ascii(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, plainer.Replace(text))
}
