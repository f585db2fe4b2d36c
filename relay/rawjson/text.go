package rawjson

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Text returns the text of a raw JSON string; ok is false for other values.
// Without an escape in it, it is a part of raw and costs no memory. Bytes that
// are not UTF-8 stay as they are.
func Text(raw []byte) (s []byte, ok bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return nil, false
	}
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner, true
	}
	return AppendText(make([]byte, 0, len(inner)), raw)
}

// AppendText appends the text of a raw JSON string. A lone surrogate becomes
// U+FFFD, as in encoding/json; ok is false, and dst as it was, for other values
// and broken escapes: half an id must not be taken for the whole.
func AppendText(dst, raw []byte) (s []byte, ok bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return dst, false
	}
	before := dst
	rest := raw[1 : len(raw)-1]
	for {
		i := bytes.IndexByte(rest, '\\')
		if i < 0 {
			return append(dst, rest...), true
		}
		dst = append(dst, rest[:i]...)
		rest = rest[i+1:]
		if len(rest) == 0 {
			return before, false
		}
		c := rest[0]
		rest = rest[1:]
		switch c {
		case '"', '\\', '/':
			dst = append(dst, c)
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, ok := hex4(rest)
			if !ok {
				return before, false
			}
			rest = rest[4:]
			if utf16.IsSurrogate(r) {
				pair := rune(utf8.RuneError)
				if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
					if low, ok := hex4(rest[2:]); ok {
						pair = utf16.DecodeRune(r, low)
					}
				}
				if pair != utf8.RuneError {
					rest = rest[6:]
				}
				r = pair
			}
			dst = utf8.AppendRune(dst, r)
		default:
			return before, false
		}
	}
}

func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// plain are the bytes that stand for themselves in a JSON string.
var plain = func() (table [256]bool) {
	for c := byte(0x20); c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// AppendString appends s as a JSON string in which nothing is escaped that
// need not be. Bytes that are not UTF-8 become U+FFFD.
func AppendString[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	copied := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		dst = append(dst, s[copied:i]...)
		dst = appendEscape(dst, c)
		i++
		copied = i
	}
	dst = append(dst, s[copied:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, c byte) []byte {
	const digits = "0123456789abcdef"
	switch {
	case c == '"' || c == '\\':
		return append(dst, '\\', c)
	case c == '\n':
		return append(dst, `\n`...)
	case c == '\r':
		return append(dst, `\r`...)
	case c == '\t':
		return append(dst, `\t`...)
	case c >= utf8.RuneSelf:
		return utf8.AppendRune(dst, utf8.RuneError)
	}
	return append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&0xF])
}
