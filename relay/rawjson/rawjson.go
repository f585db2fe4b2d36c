// Package rawjson walks JSON without decoding it, so that what is passed on
// keeps its bytes: key order, number literals, escapes.
//
// It finds its way by brackets and quotes alone and accepts more than JSON:
// a reply of the driver may hold a bare NaN, which Python writes, and must
// still reach its client. Check with json.Valid first where that matters.
package rawjson

import (
	"bytes"
	"errors"
)

// ErrShape means that the brackets and quotes do not add up.
var ErrShape = errors.New("not the JSON that was expected")

// Members calls f with each raw key (in its quotes) and raw value of a JSON
// object, in order, until f returns false.
func Members(obj []byte, f func(key, value []byte) bool) error {
	i := SkipSpace(obj, 0)
	if i >= len(obj) || obj[i] != '{' {
		return ErrShape
	}
	i = SkipSpace(obj, i+1)
	if i < len(obj) && obj[i] == '}' {
		return nil
	}
	for {
		keyEnd := SkipString(obj, i)
		if keyEnd < 0 {
			return ErrShape
		}
		colon := SkipSpace(obj, keyEnd)
		if colon >= len(obj) || obj[colon] != ':' {
			return ErrShape
		}
		start := SkipSpace(obj, colon+1)
		end := skipValue(obj, start)
		if end <= start {
			return ErrShape
		}
		if !f(obj[i:keyEnd], obj[start:end]) {
			return nil
		}
		i = SkipSpace(obj, end)
		if i >= len(obj) || obj[i] != ',' && obj[i] != '}' {
			return ErrShape
		}
		if obj[i] == '}' {
			return nil
		}
		i = SkipSpace(obj, i+1)
	}
}

// Elements calls f with each raw element of a JSON array, in order, until f
// returns false.
func Elements(array []byte, f func(value []byte) bool) error {
	i := SkipSpace(array, 0)
	if i >= len(array) || array[i] != '[' {
		return ErrShape
	}
	i = SkipSpace(array, i+1)
	if i < len(array) && array[i] == ']' {
		return nil
	}
	for {
		end := skipValue(array, i)
		if end <= i {
			return ErrShape
		}
		if !f(array[i:end]) {
			return nil
		}
		i = SkipSpace(array, end)
		if i >= len(array) || array[i] != ',' && array[i] != ']' {
			return ErrShape
		}
		if array[i] == ']' {
			return nil
		}
		i = SkipSpace(array, i+1)
	}
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

// SkipSpace returns the index of the first byte from b[i] on that is not white space.
func SkipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// SkipString returns the index after the string that begins at b[i], or -1.
func SkipString(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	i++
	for quote := -1; ; {
		if quote < i {
			n := bytes.IndexByte(b[min(i, len(b)):], '"')
			if n < 0 {
				return -1
			}
			quote = i + n
		}
		escape := bytes.IndexByte(b[i:quote], '\\')
		if escape < 0 {
			return quote + 1
		}
		i += escape + 2
	}
}

// skipValue returns the index after the value that begins at b[i], or -1.
func skipValue(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			if i = SkipString(b, i); i < 0 {
				return -1
			}
			if depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	if depth > 0 {
		return -1
	}
	return i
}
