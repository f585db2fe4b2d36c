package commands

import (
	"bytes"
	"strconv"
	"strings"

	"rawtcpcom/relay/rawjson"
)

// Kind is what the robot's software makes of an argument's value.
type Kind int

const (
	// Number is copied into G-code as it is: a number, or a text that begins
	// with one.
	Number Kind = iota
	// Place goes through Python's float first: a number, or a text that is one.
	Place
	// Named counts by being there, whatever its value.
	Named
	// Text is copied, whatever it is.
	Text
)

// fits reports whether the value is one that the robot's software does not drop
// or mistake. Lists, objects and null are refused before, by package wire.
func (k Kind) fits(value []byte) bool {
	switch k {
	case Place:
		return isNumber(value) || isFloat(word(value))
	case Named:
		return !isFalse(value)
	case Number:
		return isNumber(value) || beginsWithNumber(word(value))
	}
	return true
}

// wants is what to write for a value that does not fit.
func (k Kind) wants() string {
	if k == Named {
		return "an axis counts by being named; leave it out"
	}
	return "write a number, such as 12.5"
}

func isNumber(raw []byte) bool {
	return len(raw) > 0 && (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9')
}

func isFalse(raw []byte) bool {
	return string(raw) == "false" || bytes.EqualFold(word(raw), []byte("false"))
}

// isFloat reports whether Python's float takes the text, which may be in other
// digits than ours: such a text is let through.
func isFloat(text []byte) bool {
	text = bytes.TrimSpace(text)
	for _, c := range text {
		if c >= 0x80 {
			return true
		}
	}
	if len(text) == 0 || bytes.ContainsAny(text, "_xXpP") {
		return false // what Go takes and Python, or the motor board, does not
	}
	_, err := strconv.ParseFloat(string(text), 64)
	return err == nil
}

// beginsWithNumber reports whether the motor board finds a number at the start.
func beginsWithNumber(text []byte) bool {
	text = bytes.TrimLeft(text, " \t")
	if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
		text = text[1:]
	}
	if len(text) > 0 && text[0] == '.' {
		text = text[1:]
	}
	return len(text) > 0 && '0' <= text[0] && text[0] <= '9'
}

// isPlaceholder reports whether a value stands for "no arguments", as clients
// write it.
func isPlaceholder(raw []byte) bool {
	switch string(raw) {
	case "", "null", "true", `""`, "[]", "{}":
		return true
	}
	if raw[0] == '[' || raw[0] == '{' {
		return isEmpty(raw)
	}
	return bytes.EqualFold(word(raw), []byte("true"))
}

// isEmpty reports whether an array or an object has nothing in it.
func isEmpty(raw []byte) bool {
	i := rawjson.SkipSpace(raw, 1)
	return i < len(raw) && (raw[i] == ']' || raw[i] == '}')
}

// oneOf reports whether the raw value is one of these words.
func oneOf(raw []byte, words ...string) bool {
	text, ok := rawjson.Text(raw)
	if !ok {
		return false
	}
	for _, w := range words {
		if string(text) == w {
			return true
		}
	}
	return false
}

// list joins words for a sentence: "a, b or c".
func list(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
