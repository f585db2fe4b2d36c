package stranger

import "strings"

// home is a command that moves the robot.
const home = `{"topic":"driver","type":"command","name":"smoothie","message":"home","param":{"X":"true"}}`

// rest is the end of a request of a browser, with a command for a body.
const rest = " HTTP/1.1\r\nHost: 10.0.0.5:7887\r\nConnection: keep-alive\r\nContent-Type: text/plain;charset=UTF-8\r\n\r\n" + home + "\n"

// stun is the beginning of a STUN message (RFC 8489): type, length, magic
// cookie, transaction, and a USERNAME that holds a line of the page's choice.
func stun(kind string) string {
	name := "\n" + home + "\n"
	return kind + "\x00\x7c\x21\x12\xa4\x42abcdefghijkl\x00\x06\x00" + string(rune(len(name))) + name
}

// hello is the beginning of a TLS record with a ClientHello.
func hello(version string) string {
	return "\x16" + version + "\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("r", 32) + "\x00\n" + home + "\n"
}

// samples are how connections begin, whose they are ("" for a program or a
// person), and how many messages of them are handed on.
var samples = []struct {
	name, in string
	kind     Kind
	messages int
}{
	// What a program or a person sends is served.
	{"a message", home + "\n", "", 1},
	{"a message with LF CR", home + "\n\r" + home + "\n\r", "", 2},
	{"a message without an end", home, "", 1},
	{"messages without an end", home + home, "", 2},
	{"white space first", " \t" + home + "\n", "", 1},
	{"CR LF first", "\r\n" + home + "\r\n", "", 1},
	{"LF CR twice first", "\n\r\n\r" + home + "\r\n", "", 1},
	{"a byte order mark first", "\xEF\xBB\xBF" + home + "\r\n", "", 1},
	{"a byte order mark before each", "\xEF\xBB\xBF" + home + "\r\n\xEF\xBB\xBF" + home + "\r\n", "", 2},
	{"a byte order mark and a space", "\xEF\xBB\xBF " + home, "", 1},
	{"a message that names HTTP", `{"topic":"driver","type":"GET / HTTP/1.1"}` + "\n" + home, "", 2},
	{"a message of control bytes", "{\"a\":\"\x00\x16\"}\n" + home, "", 2},
	{"the broken halt of 2016", `{"topic":"driver","type":"command","data":{"name":"smoothie","message":{"halt":}}}` + "\n\r", "", 1},
	{"a lone brace", "{\n" + home + "\n", "", 1},
	{"a lone closing brace", "}\n" + home + "\n", "", 1},
	{"an array", "[1,2]\n" + home + "\n", "", 1},
	{"a string", "\"home\"\n" + home + "\n", "", 1},
	{"halt, typed", "halt\n" + home + "\n", "", 1},
	{"help, typed", "help\r\n" + home + "\r\n", "", 1},
	{"a sentence, typed", "will this work at all?\n" + home + "\n", "", 1},
	{"G-code, typed", "G28 X10 Y5\n" + home + "\n", "", 1},
	{"words that are methods of WebDAV", "MOVE X100\nLOCK\nREPORT all\n" + home + "\n", "", 1},
	{"a method in small letters", "get positions\n" + home + "\n", "", 1},
	{"a path, typed", "ls /tmp\n" + home + "\n", "", 1},
	{"a path alone", "/home\n" + home + "\n", "", 1},
	{"a colon, typed", "X: 100\n" + home + "\n", "", 1},
	{"an umlaut, typed", "Übung\n" + home + "\n", "", 1},
	{"a sign of four bytes, typed", "\U0001F9EA\n" + home + "\n", "", 1},
	{"many lines, typed", strings.Repeat("what?\n", 5000) + home + "\n", "", 1},
	{"a word before a message", "hello " + home + "\n", "", 1},
	{"nothing", "", "", 0},
	{"white space alone", " \r\n\t", "", 0},
	{"a word and the end", "hello", "", 0},
	{"bytes after a person's line", "what?\n\xff\xfe\x00\n" + home + "\n", "", 1},

	// What a page can make a browser send is not.
	{"GET", "GET /" + rest, HTTP, 0},
	{"HEAD", "HEAD /" + rest, HTTP, 0},
	{"POST", "POST /" + rest, HTTP, 0},
	{"PUT", "PUT /a/b" + rest, HTTP, 0},
	{"DELETE", "DELETE /" + rest, HTTP, 0},
	{"PATCH", "PATCH /" + rest, HTTP, 0},
	{"TRACE", "TRACE /" + rest, HTTP, 0},
	{"OPTIONS of all", "OPTIONS *" + rest, HTTP, 0},
	{"CONNECT", "CONNECT 10.0.0.5:7887" + rest, HTTP, 0},
	{"a message in the query", "GET /?" + home + " HTTP/1.1\r\n\r\n", HTTP, 0},
	{"a message in the query of a method in small letters", "foo /?" + home + rest, HTTP, 0},
	{"a long query in small letters", "foo /?" + strings.Repeat("x", 10*MaxLine) + home + rest, Endless, 0},
	{"a page's own method", "ROBOT /" + rest, HTTP, 0},
	{"a page's own method in small letters", "robot /" + rest, HTTP, 0},
	{"a method of odd signs", "!#$%&'*+-.^_`|~ /" + rest, HTTP, 0},
	{"a method of digits", "123 /" + rest, HTTP, 0},
	{"PROPFIND", "PROPFIND /" + rest, HTTP, 0},
	{"VERSION-CONTROL", "VERSION-CONTROL /" + rest, HTTP, 0},
	{"M-SEARCH", "M-SEARCH *" + rest, HTTP, 0},
	{"MOVE to another", "MOVE http://10.0.0.5/a" + rest, HTTP, 0},
	{"through a proxy", "GET http://10.0.0.5:7887/" + rest, HTTP, 0},
	{"WebSocket", "GET / HTTP/1.1\r\nHost: 10.0.0.5:7887\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n" + home + "\n", HTTP, 0},
	{"HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x12\x04\n" + home + "\n", HTTP, 0},
	{"HTTP/1.0", "POST / HTTP/1.0\r\n\r\n" + home + "\n", HTTP, 0},
	{"HTTP/0.9", "GET /\r\n" + home + "\n", HTTP, 0},
	{"LF alone", "POST / HTTP/1.1\nHost: x\n\n" + home + "\n", HTTP, 0},
	{"CR alone", "POST / HTTP/1.1\rHost: x\r\r" + home + "\r", HTTP, 0},
	{"empty lines first", "\r\n\r\nPOST /" + rest, HTTP, 0},
	{"a response", "HTTP/1.1 200 OK\r\n\r\n" + home + "\n", HTTP, 0},
	{"a header first", "Host: 10.0.0.5\r\n\r\n" + home + "\n", HTTP, 0},
	{"a header after a person's line", "what?\nhost:x\n" + home + "\n", HTTP, 0},
	{"a request after a person's line", "what?\nPOST / HTTP/1.1\n" + home + "\n", HTTP, 0},
	{"RTSP as HTTP", "DESCRIBE rtsp://10.0.0.5/ HTTP/1.0\r\n\r\n" + home + "\n", HTTP, 0},
	{"TLS 1.0's ClientHello", hello("\x03\x01"), TLS, 0},
	{"TLS 1.2's ClientHello", hello("\x03\x03"), TLS, 0},
	{"SSL 2's ClientHello", "\x80\x2e\x01\x00\x02\n" + home + "\n", Binary, 0},
	{"STUN's binding request", stun("\x00\x01"), Binary, 0},
	{"TURN's allocate request", stun("\x00\x03"), Binary, 0},
	{"TURN's connection bind", stun("\x00\x0b"), Binary, 0},
	{"ICE over TCP (RFC 4571)", "\x00\x90" + stun("\x00\x01"), Binary, 0},
	{"TURN's channel data", "\x40\x00\x00\x60\n" + home + "\n", Binary, 0},

	// Nor is what else finds an open port.
	{"SSH", "SSH-2.0-OpenSSH_9.2\r\n" + home + "\n", SSH, 0},
	{"the PROXY header", "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n" + home + "\n", Proxy, 0},
	{"the PROXY header 2", "\r\n\r\n\x00\r\nQUIT\n" + home + "\n", Binary, 0},
	{"RDP", "\x03\x00\x00\x13\x0e\xe0\n" + home + "\n", Binary, 0},
	{"SMB", "\x00\x00\x00\x85\xffSMB\n" + home + "\n", Binary, 0},
	{"Postgres", "\x00\x00\x00\x08\x04\xd2\x16\x2f\n" + home + "\n", Binary, 0},
	{"AMQP", "AMQP\x00\x00\x09\x01\n" + home + "\n", Binary, 0},
	{"X11", "l\x00\x0b\x00\n" + home + "\n", Binary, 0},
	{"zeros", strings.Repeat("\x00", 100) + "\n" + home + "\n", Binary, 0},
	{"telnet's negotiation", "\xff\xfb\x1f\xff\xfb\x20\n" + home + "\n", Binary, 0},
	{"UTF-16", "\xff\xfe{\x00\"\x00\n" + home + "\n", Binary, 0},
	{"half a rune", "\xc3\n" + home + "\n", Binary, 0},
	{"half a byte order mark", "\xEF\xBB" + home + "\n", Binary, 0},
	{"DEL", "\x7f\n" + home + "\n", Binary, 0},
	{"a line without an end", strings.Repeat("x", 10*MaxLine) + home + "\n", Endless, 0},
}
