package simulator

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// What follows writes values as Python's json.dumps does, since clients have
// only ever seen its output: ", " and ": " between, and ASCII alone.

const hexDigits = "0123456789abcdef"

// appendPythonString appends s as json.dumps writes a string.
func appendPythonString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r >= ' ' && r <= '~':
			b = append(b, byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\b':
			b = append(b, `\b`...)
		case r == '\f':
			b = append(b, `\f`...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = appendEscape(appendEscape(b, high), low)
		default:
			b = appendEscape(b, r)
		}
	}
	return append(b, '"')
}

func appendEscape(b []byte, unit rune) []byte {
	return append(b, '\\', 'u', hexDigits[unit>>12&15], hexDigits[unit>>8&15], hexDigits[unit>>4&15], hexDigits[unit&15])
}

func pythonString(s string) string { return string(appendPythonString(nil, s)) }

func pythonStrings(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = pythonString(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// pythonFloat writes v as Python's repr of a float.
func pythonFloat(v float64) string {
	if size := math.Abs(v); size != 0 && (size < 1e-4 || size >= 1e16) {
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// appendPythonTime appends t as str(datetime.now()) has it: local, to the
// microsecond.
func appendPythonTime(b []byte, t time.Time) []byte {
	return t.Local().AppendFormat(b, "2006-01-02 15:04:05.000000")
}
