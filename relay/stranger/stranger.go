// Package stranger tells a lab's program from what else connects to its port.
//
// The port takes plain text, so anything inside the network that can be made to
// open a connection to it can be made to speak there. A browser can: any web
// page may have it send a request to any address, with a body of the page's
// choice, and the lines of that body would be the lab's commands. Who may
// connect does not help, since the browser stands in the lab.
//
// What a page cannot choose is how the connection begins. It begins with the
// method of an HTTP request, with a TLS record, or with a STUN message (which
// can hold a whole line of the page's choice), and never with the "{" of a
// message. So the rules are:
//   - Nothing of a connection is handed on before its first line is judged.
//   - From the first line that begins with "{", the connection is a program's,
//     and passes as it is. Until then each line is kept back until it has ended.
//   - A first line that is binary is nobody's that could be served.
//   - A line of HTTP, a request line or a header of one, ends the connection
//     wherever it comes, also after good messages.
//   - Any other line is what a person typed, and handed on to be answered.
package stranger

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// Kind is what a connection that is no lab program's speaks.
type Kind string

const (
	HTTP    Kind = "HTTP"
	TLS     Kind = "TLS"
	Binary  Kind = "binary"
	SSH     Kind = "SSH"
	Proxy   Kind = "PROXY" // the header that some proxies put first
	Endless Kind = "endless"
)

// Error is the end of a connection that is a stranger's.
type Error struct{ Kind Kind }

// Error says what to do in a sentence for who opened the connection.
func (e *Error) Error() string {
	const lines = "this port takes JSON objects as plain text, one a line"
	switch e.Kind {
	case HTTP:
		return "this is no web server: " + lines
	case TLS:
		return "what came is TLS: " + lines + ", without TLS"
	case SSH:
		return "what came is SSH: " + lines
	case Proxy:
		return "what came is the PROXY header of a load balancer, which is to be switched off: " + lines
	case Endless:
		return "the line did not end: " + lines
	}
	return "what came is no text in UTF-8: " + lines
}

// MaxLine is how much of a line is kept back, in bytes. No person types more.
const MaxLine = 4 << 10

// Line judges a line that came to a program's connection and is no message: its
// beginning is enough. It returns nil where the line is no HTTP.
func Line(line []byte) *Error {
	if kind := request(trim(line)); kind != "" {
		return &Error{kind}
	}
	return nil
}

// first judges by its beginning the line that comes first, as far as it has
// come; an empty kind is no verdict yet, or none at all.
func first(line []byte, whole bool) Kind {
	switch {
	case line[0] == 0x16:
		return TLS
	case control(rune(line[0])):
		return Binary
	case line[0] >= utf8.RuneSelf && (whole || utf8.FullRune(line)):
		if r, size := utf8.DecodeRune(line); r == utf8.RuneError && size < 2 {
			return Binary
		}
	case bytes.HasPrefix(line, []byte("SSH-")):
		return SSH
	case bytes.HasPrefix(line, []byte("PROXY ")):
		return Proxy
	}
	return ""
}

// control reports what no text has in it.
func control(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f }

// request looks for HTTP in a line, as far as it has come.
func request(line []byte) Kind {
	n := bytes.IndexFunc(line, func(r rune) bool { return !tokenByte(r) })
	if n < 0 {
		return ""
	}
	token, rest := string(line[:n]), line[n:]
	space := rest[0] == ' ' || rest[0] == '\t'
	target := bytes.TrimLeft(rest, " \t")
	switch {
	case rest[0] == ':' && slices.Contains(headers, strings.ToLower(token)):
		return HTTP
	case space && slices.Contains(unmistakable, token):
		return HTTP
	case space && token == strings.ToUpper(token) && bytes.HasPrefix(target, []byte("/")):
		return HTTP // whatever the method is called
	case token == "HTTP" && rest[0] == '/':
		return HTTP // a response
	case slices.Contains(methods, token) && (bytes.HasPrefix(target, []byte("*")) || bytes.Contains(target, []byte("://"))):
		return HTTP
	case versioned(line):
		return HTTP
	}
	return ""
}

// versioned reports whether a line names a version of HTTP, as the request of
// any method does at its end.
func versioned(line []byte) bool {
	for _, space := range []string{" HTTP/", "\tHTTP/"} {
		if at := bytes.Index(line, []byte(space)); at >= 0 && len(line) > at+len(space) {
			if b := line[at+len(space)]; '0' <= b && b <= '9' {
				return true
			}
		}
	}
	return false
}

// tokenByte reports what a method and the name of a header consist of
// (RFC 9110, "tchar"). A "{" is not among it.
func tokenByte(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

// unmistakable are methods that nobody means otherwise.
var unmistakable = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI"}

// methods are those of the IANA's registry. Many are words as a person may
// type them, so that one alone tells nothing.
var methods = append([]string{
	"ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "LABEL", "LINK", "LOCK", "MERGE",
	"MKACTIVITY", "MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE", "ORDERPATCH", "PROPFIND",
	"PROPPATCH", "QUERY", "REBIND", "REPORT", "SEARCH", "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE",
	"UPDATEREDIRECTREF", "VERSION-CONTROL",
}, unmistakable...)

// headers are those of a browser's request, and of what passes one on.
var headers = []string{
	"host", "connection", "proxy-connection", "keep-alive", "user-agent", "accept", "accept-encoding", "accept-language",
	"content-type", "content-length", "transfer-encoding", "origin", "referer", "cookie", "upgrade", "authorization",
	"cache-control", "pragma", "upgrade-insecure-requests", "sec-websocket-key", "sec-fetch-mode", "sec-fetch-site",
	"sec-fetch-dest", "sec-ch-ua", "forwarded", "via", "x-forwarded-for", "x-forwarded-host",
}

// trim leaves out what may stand before a message: white space and byte order
// marks.
func trim(line []byte) []byte {
	for {
		rest := bytes.TrimPrefix(bytes.TrimLeft(line, " \t\r\n"), []byte("\xEF\xBB\xBF"))
		if len(rest) == len(line) {
			return line
		}
		line = rest
	}
}
