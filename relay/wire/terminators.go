package wire

// Terminators are what a line to a client can end with, the default first. What
// a client's own lines end with is for package frame to say.
var Terminators = [...]struct{ Name, Bytes string }{
	{"lfcr", "\n\r"}, // as in 2016
	{"crlf", "\r\n"},
	{"lf", "\n"},
}
