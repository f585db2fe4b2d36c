package wire

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"rawtcpcom/relay/recorded"
)

func FuzzParse(f *testing.F) {
	for _, c := range accepted {
		f.Add([]byte(c.in), false)
	}
	for _, c := range refused {
		if len(c.in) < 2000 {
			f.Add([]byte(c.in), false)
		}
	}
	f.Add([]byte(matlabHalt), false)
	f.Add([]byte(matlabFlatHalt), false)
	f.Add([]byte(meta(`{"flow":"","connect":""}`)), true)
	for _, line := range recorded.Socket(f, "meta") {
		f.Add([]byte(strings.TrimRight(line.Bytes, "\r\n")), false)
	}
	f.Fuzz(func(t *testing.T, in []byte, allow bool) {
		frame := bytes.Clone(in)
		m, e := Parse(frame, Rules{AllowDangerousMeta: allow})
		if !bytes.Equal(frame, in) {
			t.Fatalf("the frame %q was changed to %q", in, frame)
		}
		if e != nil {
			if e.Text == "" || e.Code != BadJSON && e.Code != BadMessage && e.Code != UnknownTopic && e.Code != Refused {
				t.Fatalf("%q: %q", in, e)
			}
			checkError(t, e, in)
			return
		}
		checkAccepted(t, in, m)
		_, e = Parse(frame, Rules{AllowDangerousMeta: allow, CheckKnown: true})
		switch {
		case e == nil:
		case m.Urgent() || e.Code != UnknownCommand && e.Code != BadArgument:
			t.Fatalf("%q, checked: %v", in, e)
		default:
			checkError(t, e, in)
		}
	})
}

// checkAccepted checks against encoding/json what Parse made of a frame.
func checkAccepted(t *testing.T, in []byte, m Message) {
	t.Helper()
	var typ string
	if !utf8.Valid(m.Data) || !json.Valid(m.Data) || m.Data[0] != '{' || json.Unmarshal([]byte(m.Type), &typ) != nil || typ == "" {
		t.Fatalf("%q gave type %s and data %q", in, m.Type, m.Data)
	}
	if _, ok := ServiceOf(m.Topic); !ok && m.Topic != Frontend {
		t.Fatalf("%q goes to %s", in, m.Topic)
	}
	checkLine(t, AppendEnvelope(nil, noon, m.Type, "d1", "c1", "c1", m.Data)) // which has no newline, as a frame has none
	if !json.Valid(in) {
		if !m.Halt {
			t.Fatalf("%q is not JSON and no halt", in)
		}
		return
	}
	var sent map[string]json.RawMessage
	if err := json.Unmarshal(in, &sent); err != nil {
		t.Fatalf("%q: %v", in, err)
	}
	if data, ok := sent["data"]; ok {
		if !bytes.Equal(data, m.Data) {
			t.Fatalf("%q: data became %q", in, m.Data)
		}
		return
	}
	if param := sent["param"]; string(param) != "null" && !bytes.HasSuffix(m.Data, append(append([]byte(": "), param...), "}}"...)) {
		t.Fatalf("%q: param %q became %q", in, param, m.Data)
	}
	var data struct {
		Name    string
		Message map[string]json.RawMessage
	}
	if err := json.Unmarshal(m.Data, &data); err != nil || len(data.Message) != 1 {
		t.Fatalf("%q: data %q, %v", in, m.Data, err)
	}
}

func FuzzParseReply(f *testing.F) {
	for _, session := range recorded.Sessions {
		for _, e := range recorded.Events(f, session) {
			f.Add([]byte(e.Payload))
		}
	}
	for _, in := range []string{``, `{}`, `{"type":"handshake","data":{"name":"driver","message":{"result":NaN}}}`,
		"{\n\"to\":\"\\u00e4\"}", `{"to":"c1\q"}`, `{"data":{"a":[}]}`, `{"type":"handshake","data":[`} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		payload := bytes.Clone(in)
		r, err := ParseReply(payload)
		s, ok := r.Handshake()
		line := Line(payload)
		if !bytes.Equal(payload, in) {
			t.Fatalf("the payload %q was changed to %q", in, payload)
		}
		if bytes.ContainsAny(line, "\n\r") {
			t.Fatalf("%q became the line %q", in, line)
		}
		if !json.Valid(in) || !utf8.Valid(in) {
			return
		}
		if !json.Valid(line) {
			t.Fatalf("%q became %q, which is not JSON", in, line)
		}
		var sent map[string]any
		if json.Unmarshal(in, &sent) != nil || sent == nil {
			if err == nil {
				t.Fatalf("%q is no object", in)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", in, err)
		}
		for key, got := range map[string][]byte{"type": r.Type, "to": r.To, "from": r.From} {
			// A key written with escapes is not the driver's; it is not looked for.
			if want, _ := sent[key].(string); string(got) != want && !bytes.Contains(in, []byte(`\u`)) {
				t.Fatalf("%q: %s is %q", in, key, got)
			}
		}
		if ok && (string(r.Type) != "handshake" || string(s) != string(r.Name)) {
			t.Fatalf("%q: handshake of %q", in, s)
		}
	})
}
