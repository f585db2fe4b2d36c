package wire

import (
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/recorded"
)

var steady = []struct {
	name, in string
	allocs   float64 // by Parse, at most; one or two are the race detector's
}{
	{"flat", flat(`"move_to"`, `{"Y": 12.5, "X": 100}`), 8},
	{"enveloped", command(`{"move_to":{"Y": 12.5,"X": 100}}`), 8},
	{"halt", matlabHalt, 18},
	{"4kB", command(`{"move_to":{"Y":12.5,"X":0.` + strings.Repeat("1", 4000) + `}}`), 9},
}

func TestParsingAllocatesLittleMoreThanTheMessage(t *testing.T) {
	for _, c := range steady {
		frame := []byte(c.in)
		allocs := testing.AllocsPerRun(100, func() {
			if _, e := Parse(frame, Rules{CheckKnown: true}); e != nil {
				t.Fatal(e)
			}
		})
		if allocs > c.allocs {
			t.Errorf("%s: %v allocations, not %v", c.name, allocs, c.allocs)
		}
	}
}

func TestEnvelopesAndRepliesAllocateNothing(t *testing.T) {
	dst := make([]byte, 0, 1000)
	data := []byte(`{"name": "smoothie", "message": {"home": ""}}`)
	payload := []byte(recorded.Events(t, "commands")[1].Payload) // a handshake
	for name, f := range map[string]func(){
		"AppendEnvelope": func() { AppendEnvelope(dst, noon, `"command"`, "d1", "c1", "c1", data) },
		"AppendNotice":   func() { AppendNotice(dst, noon, "c1", Success) },
		"ParseReply": func() {
			if r, err := ParseReply(payload); err != nil || len(r.Result) == 0 {
				t.Fatal(err)
			}
		},
		"Line": func() { Line(payload) },
	} {
		if allocs := testing.AllocsPerRun(100, f); allocs > 1 || allocs > 0 && name != "AppendNotice" {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, c := range steady {
		for _, check := range []string{"", " checked"} {
			b.Run(c.name+check, func(b *testing.B) {
				frame := []byte(c.in)
				rules := Rules{CheckKnown: check != ""}
				b.SetBytes(int64(len(frame)))
				b.ReportAllocs()
				for b.Loop() {
					if _, e := Parse(frame, rules); e != nil {
						b.Fatal(e)
					}
				}
			})
		}
	}
}

func BenchmarkAppendEnvelope(b *testing.B) {
	m, e := Parse([]byte(steady[0].in), Rules{})
	if e != nil {
		b.Fatal(e)
	}
	var dst []byte
	id := "7a316086-7fff-4f71-a068-f873119cd309"
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendEnvelope(dst[:0], now, m.Type, id, id, id, m.Data)
	}
}

func BenchmarkParseReply(b *testing.B) {
	payload := []byte(recorded.Events(b, "commands")[5].Payload)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseReply(payload); err != nil {
			b.Fatal(err)
		}
	}
}
