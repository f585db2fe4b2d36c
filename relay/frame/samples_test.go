package frame

import "strings"

// An outcome is what one call of Next gave: a frame, or a bad frame's kind
// and head.
type outcome struct {
	kind Kind
	text string
}

const aFrame Kind = -1

func frame(text string) outcome      { return outcome{aFrame, text} }
func notObject(head string) outcome  { return outcome{NotObject, head} }
func incomplete(head string) outcome { return outcome{Incomplete, head} }
func tooLarge(head string) outcome   { return outcome{TooLarge, head} }

func (o outcome) String() string {
	names := map[Kind]string{aFrame: "frame", NotObject: "not an object", Incomplete: "incomplete", TooLarge: "too large"}
	return names[o.kind] + " " + o.text
}

// sampleMax is the limit under which the samples are read, in bytes.
const sampleMax = 40

// move is a frame like those of the field, home another.
const (
	move = `{"message":{"move_to":{"Z":1,"X":2.50}}}` // exactly sampleMax bytes
	home = `{"m":"home"}`
)

// samples are byte streams of clients, well-formed and malformed, with all
// that is to be read from them.
var samples = []struct {
	name string
	in   string
	want []outcome
}{
	{"nothing", "", nil},
	{"only white space and terminators", " \t\r\n\n\r ", nil},

	{"ended by LF CR, as MATLAB does", home + "\n\r" + move + "\n\r", []outcome{frame(home), frame(move)}},
	{"ended by LF", home + "\n" + move + "\n", []outcome{frame(home), frame(move)}},
	{"ended by CR", home + "\r" + move + "\r", []outcome{frame(home), frame(move)}},
	{"ended by CR LF", home + "\r\n" + move + "\r\n", []outcome{frame(home), frame(move)}},
	{"terminators mixed", home + "\n" + home + "\r\n" + home + "\n\r" + home + "\r", []outcome{frame(home), frame(home), frame(home), frame(home)}},
	{"no terminator", home, []outcome{frame(home)}},
	{"several with no terminator", home + move + home, []outcome{frame(home), frame(move), frame(home)}},
	{"several with spaces between", home + "  " + move + "\t" + home, []outcome{frame(home), frame(move), frame(home)}},
	{"empty lines between", home + "\n\n\r\r\n" + home, []outcome{frame(home), frame(home)}},
	{"white space around", " \t " + home + " \n " + home + "\t", []outcome{frame(home), frame(home)}},
	{"smallest object", "{}{}\n{}", []outcome{frame("{}"), frame("{}"), frame("{}")}},

	{"braces in strings", `{"a":"}{"}{"}":"{{"}`, []outcome{frame(`{"a":"}{"}`), frame(`{"}":"{{"}`)}},
	{"escaped quotes", `{"a":"\"}"}{"b":"\\"}{"c":"\\\"}"}`, []outcome{frame(`{"a":"\"}"}`), frame(`{"b":"\\"}`), frame(`{"c":"\\\"}"}`)}},
	{"escaped terminators in a string", `{"a":"\n\r"}` + "\n", []outcome{frame(`{"a":"\n\r"}`)}},
	{"nested objects and arrays", `{"a":[{"b":{}},{}]}{}`, []outcome{frame(`{"a":[{"b":{}},{}]}`), frame("{}")}},
	{"spaces inside are kept", `{ "a" : 1 }` + "\n", []outcome{frame(`{ "a" : 1 }`)}},
	{"characters of two, three and four bytes", `{"a":"ä€😀"}` + home, []outcome{frame(`{"a":"ä€😀"}`), frame(home)}},
	{"bytes that are not UTF-8 are for others to judge", "{\"a\":\"\xff\xc3\"}" + home, []outcome{frame("{\"a\":\"\xff\xc3\"}"), frame(home)}},
	{"halt of the 2016 MATLAB client", `{"message":{"halt":}}` + "\n\r", []outcome{frame(`{"message":{"halt":}}`)}},
	{"brackets that do not match are for others to judge", `{"a":[}` + home, []outcome{frame(`{"a":[}`), frame(home)}},
	{"NUL inside", "{\"a\":\x00}\n", []outcome{frame("{\"a\":\x00}")}},

	{"byte order mark first", byteOrderMark + home + "\n" + home, []outcome{frame(home), frame(home)}},
	{"byte order mark, then a space", byteOrderMark + " " + home, []outcome{frame(home)}},
	{"byte order mark alone", byteOrderMark, nil},
	{"byte order mark before each message", byteOrderMark + home + byteOrderMark + home + "\n" + byteOrderMark + home, []outcome{frame(home), frame(home), frame(home)}},
	{"part of a byte order mark", "\xEF\xBB" + home, []outcome{notObject("\xEF\xBB"), frame(home)}},
	{"part of a byte order mark, then the end", "\xEF", []outcome{notObject("\xEF")}},
	{"byte order mark and junk", byteOrderMark + "hi\n" + home, []outcome{notObject(byteOrderMark + "hi"), frame(home)}},
	{"byte order mark twice", byteOrderMark + byteOrderMark + home, []outcome{notObject(byteOrderMark + byteOrderMark), frame(home)}},

	{"text", "G28 X\n" + home + "\n", []outcome{notObject("G28 X"), frame(home)}},
	{"text, then the end", "hello", []outcome{notObject("hello")}},
	{"text directly before an object", "move" + home, []outcome{notObject("move"), frame(home)}},
	{"text after an object", home + ";\n" + home, []outcome{frame(home), notObject(";"), frame(home)}},
	{"commas between objects", home + "," + home, []outcome{frame(home), notObject(","), frame(home)}},
	{"an array", `[` + home + "]\n" + home, []outcome{notObject("["), frame(home), notObject("]"), frame(home)}},
	{"a lone closing brace", "}\n" + home, []outcome{notObject("}"), frame(home)}},
	{"one closing brace too many", home + "}\n" + home, []outcome{frame(home), notObject("}"), frame(home)}},
	{"NUL after each message, as C strings end", home + "\x00" + home + "\x00", []outcome{frame(home), notObject("\x00"), frame(home), notObject("\x00")}},
	{"an HTTP request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + home, []outcome{notObject("GET / HTTP/1.1"), notObject("Host: x"), frame(home)}},
	{"UTF-16", "\xff\xfe{\x00}\x00", []outcome{notObject("\xff\xfe"), frame("{\x00}"), notObject("\x00")}},

	{"cut short by a terminator", `{"a":1` + "\n" + home + "\n", []outcome{incomplete(`{"a":1`), frame(home)}},
	{"cut short by the end", home + `{"a":1`, []outcome{frame(home), incomplete(`{"a":1`)}},
	{"cut short after the brace", "{\n\r" + home, []outcome{incomplete("{"), frame(home)}},
	{"cut short in a string", `{"a":"b` + "\r" + home, []outcome{incomplete(`{"a":"b`), frame(home)}},
	{"cut short after a backslash", `{"a":"\` + "\n" + home, []outcome{incomplete(`{"a":"\`), frame(home)}},
	{"cut short inside a character", "{\"a\":\"\xe2\x82\n" + home, []outcome{incomplete("{\"a\":\"\xe2\x82"), frame(home)}},
	{"raw newline in a string", `{"a":"b` + "\n" + `c"}` + "\n" + home, []outcome{incomplete(`{"a":"b`), notObject(`c"}`), frame(home)}},
	{"a quote that is never closed takes no more than its line", `{"a":"b}` + "\n" + home, []outcome{incomplete(`{"a":"b}`), frame(home)}},
	{"a backslash outside strings", `{"a":\"}` + "\n" + home, []outcome{incomplete(`{"a":\"}`), frame(home)}},
	{"pretty-printed", "{\n \"a\": 1\n}\n" + home, []outcome{incomplete("{"), notObject(`"a": 1`), notObject("}"), frame(home)}},

	{"exactly the limit", move + "\n", []outcome{frame(move)}},
	{"exactly the limit, no terminator", move, []outcome{frame(move)}},
	{"one byte over the limit", `{` + pad(sampleMax-1) + "}\n" + home, []outcome{tooLarge(`{` + pad(sampleMax-1) + "}"), frame(home)}},
	{"over the limit, and the next in the same line", `{` + pad(99) + "}" + home, []outcome{tooLarge(`{` + pad(sampleMax)), frame(home)}},
	{"over the limit with objects inside", `{"a":"` + pad(40) + `","b":{"move":{}}}` + home, []outcome{tooLarge(`{"a":"` + pad(35)), frame(home)}},
	{"over the limit with braces in strings", `{` + pad(40) + `"}"}` + home, []outcome{tooLarge(`{` + pad(40)), frame(home)}},
	{"over the limit, cut short by a terminator", `{` + pad(50) + "\n" + home, []outcome{tooLarge(`{` + pad(40)), frame(home)}},
	{"over the limit in a string, cut short", `{"` + pad(50) + "\r" + home, []outcome{tooLarge(`{"` + pad(39)), frame(home)}},
	{"over the limit, then the end", `{` + pad(50), []outcome{tooLarge(`{` + pad(40))}},
	{"the limit reached, cut short", `{` + pad(39) + "\n" + home, []outcome{incomplete(`{` + pad(39)), frame(home)}},
	{"junk of exactly the limit", pad(40) + "\n" + home, []outcome{notObject(pad(40)), frame(home)}},
	{"junk over the limit", pad(400) + "\n" + home, []outcome{tooLarge(pad(41)), frame(home)}},
	{"junk over the limit, then an object", pad(41) + home, []outcome{tooLarge(pad(41)), frame(home)}},
	{"junk over the limit, then the end", pad(41), []outcome{tooLarge(pad(41))}},
	{"two too large in a row", `{` + pad(50) + "}{" + pad(60) + "}" + home, []outcome{tooLarge(`{` + pad(40)), tooLarge(`{` + pad(40)), frame(home)}},
	{"every kind of bad frame in a row", "x{\n{" + pad(50) + "}" + pad(50) + "\n" + home,
		[]outcome{notObject("x"), incomplete("{"), tooLarge("{" + pad(40)), tooLarge(pad(41)), frame(home)}},
}

func pad(n int) string { return strings.Repeat("x", n) }
