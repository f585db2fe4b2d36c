package frame

import (
	"io"
	"slices"
	"strings"
	"testing"
)

// reference reads a whole stream at once, in the plainest way: what the
// Reader must give however the stream is cut.
func reference(in string, max int) (want []outcome) {
	for in != "" {
		switch {
		case strings.IndexByte(" \t\r\n", in[0]) >= 0:
			in = in[1:]
		case in[0] == '{':
			n, closed := objectLen(in)
			switch {
			case n > max:
				want = append(want, tooLarge(in[:min(max+1, HeadSize)]))
			case closed:
				want = append(want, frame(in[:n]))
			default:
				want = append(want, incomplete(in[:min(n, HeadSize)]))
			}
			in = in[n:]
		default:
			n := strings.IndexAny(in, "\r\n{")
			if n < 0 {
				n = len(in)
			}
			switch {
			case n > max:
				want = append(want, tooLarge(in[:min(max+1, HeadSize)]))
			case n <= HeadSize && strings.TrimRight(in[:n], " \t") == "\xEF\xBB\xBF":
			default:
				want = append(want, notObject(in[:min(n, HeadSize)]))
			}
			in = in[n:]
		}
	}
	return want
}

// objectLen is the length of the object that begins in, up to the brace that
// closes it or to the end of the line.
func objectLen(in string) (n int, closed bool) {
	depth, quoted := 0, false
	for i := 0; i < len(in); i++ {
		switch c := in[i]; {
		case c == '\n' || c == '\r':
			return i, false
		case quoted && c == '\\' && i+1 < len(in) && in[i+1] != '\n' && in[i+1] != '\r':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	return len(in), false
}

// cutter gives its text in packets whose sizes come from a pattern.
type cutter struct {
	text string
	cuts []byte // a packet of cuts[i]+1 bytes each, in turn; all at once if empty
	turn int
}

func (s *cutter) Read(p []byte) (int, error) {
	if s.text == "" {
		return 0, io.EOF
	}
	n := len(s.text)
	if len(s.cuts) > 0 {
		n = min(n, int(s.cuts[s.turn%len(s.cuts)])+1)
		s.turn++
	}
	n = copy(p, s.text[:n])
	s.text = s.text[n:]
	return n, nil
}

func FuzzReader(f *testing.F) {
	for _, s := range samples {
		f.Add(s.in, []byte{0}, uint16(sampleMax))
		f.Add(s.in+s.in, []byte{2, 0, 6}, uint16(HeadSize+1))
	}
	f.Fuzz(func(t *testing.T, in string, cuts []byte, limit uint16) {
		max := 1 + int(limit)
		want := reference(in, max)
		for _, src := range []*cutter{{text: in}, {text: in, cuts: cuts}, {text: in, cuts: []byte{0}}} {
			got, err := read(t, src, max)
			if err != io.EOF {
				t.Fatalf("final error %v", err)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("cut by %v:\n got %q\nwant %q", src.cuts, got, want)
			}
			for _, o := range got {
				if o.kind == aFrame && (o.text[0] != '{' || strings.ContainsAny(o.text, "\r\n") || len(o.text) > max) {
					t.Fatalf("%q is no frame", o.text)
				}
			}
			if len(in) <= min(max, HeadSize) {
				account(t, in, got)
			}
		}
	})
}

// account checks that each byte but white space and byte order marks is in a
// frame or in the head of an error; only short streams keep their heads whole.
func account(t *testing.T, in string, got []outcome) {
	t.Helper()
	space := strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "", byteOrderMark, "")
	var all strings.Builder
	for _, o := range got {
		all.WriteString(o.text + "\n")
	}
	if space.Replace(all.String()) != space.Replace(in) {
		t.Fatalf("of %q only %q is accounted for", in, all.String())
	}
}
