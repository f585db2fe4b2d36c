package wire

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Mistakes that programs make when they write JSON by hand, each told in words
// of its own: the decoder's name the byte that it met, and not what to write.

const (
	wantsDouble = `JSON wants double quotes, "home" and not `
	typographic = wantsDouble + "\u201chome\u201d; an editor or a text from a web page put in the others"
)

// curly are the quotes that editors put in place of straight ones.
const curly = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2033\u2032`\u00b4"

// mistake says what is wrong with the byte at which JSON breaks off, and what to
// write; it is empty where no usual mistake is seen. why is the decoder's word.
func mistake(frame []byte, at int, why string) string {
	if at < 0 || at >= len(frame) {
		return ""
	}
	rest := frame[at:]
	r, _ := utf8.DecodeRune(rest)
	before := bytes.TrimRight(frame[:at], " \t")
	switch {
	case strings.ContainsRune(curly, r):
		return typographic
	case r == '\'':
		return wantsDouble + "'home'"
	case r == '}' || r == ']':
		if bytes.HasSuffix(before, []byte(",")) {
			return "the comma before " + string(r) + " is one too many"
		}
	case bytes.HasSuffix(before, []byte(",")) && '0' <= r && r <= '9' && bareKey(frame, at):
		return "a number has a point and no comma, 1.5 and not 1,5"
	case r == '+' || r == '.':
		return "a number begins with a digit or a minus, 0.5 and not .5 or +0.5"
	case '0' <= r && r <= '9' && bytes.HasSuffix(before, []byte("0")):
		return "a number does not begin with a needless 0, 1 and not 01"
	case r == '/':
		return "JSON has no comments"
	case r == '"' && strings.HasSuffix(why, "after object key"):
		return "a colon is missing before this"
	case r == '"' && strings.Contains(why, " after "):
		return "a comma is missing before this"
	}
	return wrongWord(frame, at)
}

// bareKey reports whether what stands at a place is where a key belongs: the
// brace that holds it is that of an object.
func bareKey(frame []byte, at int) bool {
	open := bytes.LastIndexAny(frame[:at], "{[")
	return open >= 0 && frame[open] == '{'
}

// words that other languages write, and what JSON has for them.
var words = map[string]string{"None": "null", "nil": "null", "NULL": "null", "Null": "null", "True": "true", "TRUE": "true", "False": "false", "FALSE": "false"}

func wrongWord(frame []byte, at int) string {
	word := string(firstWord(frame[at:]))
	if word == "" {
		return ""
	}
	if right, ok := words[word]; ok {
		return "JSON has " + right + " and not " + word
	}
	if end := bytes.TrimLeft(frame[at+len(word):], "_0123456789 \t"); bytes.HasPrefix(end, []byte(":")) {
		return wantsDouble + "home, around keys too"
	}
	if before := bytes.TrimRight(frame[:at], " \t"); bytes.HasSuffix(before, []byte(":")) {
		return wantsDouble + "home, around each text"
	}
	return ""
}

// windowsQuotes are the curly ones in the character set of Windows: no UTF-8.
const windowsQuotes = "\x84\x91\x92\x93\x94"

// notUTF8 is what to add to the answer about text that is no UTF-8.
func notUTF8(frame []byte) string {
	for _, b := range frame {
		if strings.IndexByte(windowsQuotes, b) >= 0 {
			return "; " + typographic
		}
	}
	return ""
}

// BadFrameHint is what to add to the answer about bytes that are no message at
// all. begun says that they begin one, and end in it.
func (d Dialect) BadFrameHint(head []byte, begun bool) string {
	switch {
	case begun:
		return quotesHint(head)
	case bytes.HasPrefix(head, []byte("}")):
		return "; there is a } too many, and what stood before it counted as a message of its own"
	}
	return ", such as " + d.Example
}

// quotesHint is what to add to the answer about a frame that was cut short, for
// want of straight quotes perhaps: without them nobody can tell where it ends.
// It is empty where the frame has no other quotes.
func quotesHint(head []byte) string {
	switch {
	case bytes.ContainsAny(head, curly):
		return "; " + typographic
	case !bytes.Contains(head, []byte(`"`)) && bytes.Contains(head, []byte("'")):
		return "; " + wantsDouble + "'home'"
	}
	return ""
}
