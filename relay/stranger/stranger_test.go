package stranger

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"rawtcpcom/relay/frame"
)

// read reads a connection to its end as the relay does: whose it is, and the
// messages that are handed on.
func read(t testing.TB, src io.Reader) (kind Kind, messages []string) {
	t.Helper()
	r := frame.NewReader(NewGate(src), frame.NewBuffers(1, 1<<20), nil)
	defer r.Close()
	for {
		f, err := r.Next()
		var bad *frame.Error
		var stranger *Error
		switch {
		case err == nil:
			messages = append(messages, string(f))
		case errors.As(err, &bad):
			if bad.Kind == frame.NotObject && Line(bad.Head) != nil {
				return Line(bad.Head).Kind, messages
			}
		case errors.As(err, &stranger):
			return stranger.Kind, messages
		case err == io.EOF:
			return "", messages
		default:
			t.Fatal(err)
		}
	}
}

func TestFirstBytes(t *testing.T) {
	if len(samples) < 60 {
		t.Errorf("there are %d samples", len(samples))
	}
	for _, s := range samples {
		if s.kind != "" && !strings.Contains(s.in, home) {
			t.Errorf("%s: no command is in it", s.name)
		}
		check := func(how string, src io.Reader) {
			t.Helper()
			kind, messages := read(t, src)
			got := 0
			for _, m := range messages {
				if m != "{}" {
					got++
				}
			}
			if kind != s.kind || got != s.messages {
				t.Errorf("%s, %s: %q with %d messages %q, want %q with %d", s.name, how, kind, got, messages, s.kind, s.messages)
			}
		}
		check("at once", strings.NewReader(s.in))
		check("byte by byte", iotest.OneByteReader(strings.NewReader(s.in)))
		for cut := range min(len(s.in), 400) {
			check("in two", io.MultiReader(strings.NewReader(s.in[:cut]), strings.NewReader(s.in[cut:])))
		}
	}
}

// From its first message a connection is a program's, and is no further kept
// back; HTTP ends it all the same.
func TestHTTPAfterAMessage(t *testing.T) {
	for _, in := range []string{
		home + "\nPOST / HTTP/1.1\r\n\r\n" + home, home + "\nHost: x\r\n\r\n" + home, home + "GET /?" + home,
		home + "\n\rPRI * HTTP/2.0\r\n" + home, home + "\n" + strings.Repeat("x", 99) + "\nCookie: " + home,
	} {
		if kind, messages := read(t, strings.NewReader(in)); kind != HTTP || len(messages) != 1 {
			t.Errorf("%q: %q with %d messages", in, kind, len(messages))
		}
	}
}

// What a person types is answered line by line, while the next is being typed.
func TestALineIsHandedOnWithItsEnd(t *testing.T) {
	typed, conn := io.Pipe()
	gate := NewGate(typed)
	go func() {
		_, _ = io.WriteString(conn, "what?\nPO") // the reader is there
	}()
	b := make([]byte, 100)
	if n, err := gate.Read(b); err != nil || string(b[:n]) != "what?\n" {
		t.Errorf("%q, %v", b[:n], err)
	}
}

// The list is that of the registry, as Go's own names of methods show in part.
func TestMethods(t *testing.T) {
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace} {
		if Line([]byte(m+" x")) == nil {
			t.Errorf("%s is not known", m)
		}
	}
	for _, m := range methods {
		for _, target := range []string{"/", "*", "http://x/", "x HTTP/1.1"} {
			if Line([]byte(m+" "+target)) == nil {
				t.Errorf("%s %s is let in", m, target)
			}
		}
	}
}

// FuzzBrowser shows that no message is handed on of a connection that began as
// a browser's, whatever the page chose, and however it comes in pieces.
func FuzzBrowser(f *testing.F) {
	for _, s := range samples {
		f.Add("POST", "/", []byte(s.in), uint16(7), uint8(0))
		f.Add(s.in, s.in, []byte(s.in), uint16(1), uint8(1))
	}
	f.Add("robot", "/?{}", []byte(home), uint16(30), uint8(2))
	f.Fuzz(func(t *testing.T, method, target string, body []byte, cut uint16, kind uint8) {
		stream := begin(method, target, kind)
		stream = append(append(stream, body...), "\n"+home+"\n"...)
		at := int(cut) % len(stream)
		for how, src := range map[string]io.Reader{
			"whole":     bytes.NewReader(stream),
			"in two":    io.MultiReader(bytes.NewReader(stream[:at]), bytes.NewReader(stream[at:])),
			"in pieces": iotest.OneByteReader(bytes.NewReader(stream[:min(len(stream), 2*MaxLine)])),
		} {
			if kind, messages := read(t, src); len(messages) > 0 || kind == "" && how != "in pieces" {
				t.Errorf("%s: %q with %d messages of %q", how, kind, len(messages), stream)
			}
		}
	})
}

// begin is how a browser begins a connection, with what the page may choose:
// the method, which is a token, and the target, in which white space and
// control bytes are escaped.
func begin(method, target string, kind uint8) []byte {
	switch kind % 4 {
	case 1:
		return []byte("\x16\x03\x01\x02\x00" + target)
	case 2:
		return []byte("\x00\x03\x00\x7c\x21\x12\xa4\x42" + target)
	}
	method = strings.Map(func(r rune) rune {
		if tokenByte(r) {
			return r
		}
		return -1
	}, method)
	if method == "" {
		method = "x"
	}
	target = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, target)
	return []byte(method + " /" + target + " HTTP/1.1\r\nHost: 10.0.0.5:7887\r\n")
}
