package simulator

import (
	"encoding/json"
	"testing"
	"time"
)

func TestParseObjectKeepsOrder(t *testing.T) {
	o, ok := parseObject([]byte(" {\"b\" : 2.50 ,\"a\":[{\"x\":\"]}\\\"\"}, 1] , \"\\u0063\":\"\",\"b\":{\"y\":{}}\n} "))
	if !ok || len(o) != 3 {
		t.Fatalf("got %v", o)
	}
	want := object{{"b", json.RawMessage(`{"y":{}}`)}, {"a", json.RawMessage(`[{"x":"]}\""}, 1]`)}, {"c", json.RawMessage(`""`)}}
	for i, m := range o {
		if m.key != want[i].key || string(m.value) != string(want[i].value) {
			t.Errorf("member %d is %s: %s, want %s: %s", i, m.key, m.value, want[i].key, want[i].value)
		}
	}
}

// FuzzParseObject holds the splitting of objects to encoding/json.
func FuzzParseObject(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1}`, ` { "a" : [ 1 , {"b":"\"}"} ] , "c" : null } `, `{"a":{"a":{}}}`, `[]`, `"a"`, ``, `{`,
		`{"\u0061":1,"a":2}`, `{"a":-1.5e3,"b":true}`, "{\"a\xff\":1}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var want map[string]json.RawMessage
		isObject := json.Unmarshal(raw, &want) == nil && want != nil
		got, ok := parseObject(raw)
		if ok != isObject {
			t.Fatalf("object: %v, want %v", ok, isObject)
		}
		for key, value := range want {
			if v, ok := got.get(key); (!ok || string(v) != string(value)) && validText(key) {
				t.Errorf("%q is %s, want %s", key, v, value)
			}
		}
	})
}

// validText leaves out keys with a mark in place of broken UTF-8.
func validText(s string) bool {
	for _, r := range s {
		if r == '\ufffd' {
			return false
		}
	}
	return true
}

// FuzzDispatch: nothing that arrives makes the driver panic.
func FuzzDispatch(f *testing.F) {
	f.Add(commands("me", `{"move_to": {"X": 1, "Y": "2"}}`))
	f.Add(commands("me", `"home"`))
	f.Add(says("me", "meta", "smoothie", `{"flow": ""}`))
	f.Add(extends("me"))
	f.Add(`{"from": {}}`)
	f.Fuzz(func(t *testing.T, payload string) {
		r := newRig(t, false)
		for _, replies := range [][]reply{r.d.handshake(payload, r.now), r.dispatch(payload), r.d.tick(r.now.Add(time.Minute))} {
			for _, out := range replies {
				if !json.Valid([]byte(out.payload)) {
					t.Errorf("said %s", out.payload)
				}
			}
		}
		newCommand(payload)
	})
}

func TestPythonForms(t *testing.T) {
	for s, want := range map[string]string{
		"":                   `""`,
		`a"b\c/d`:            `"a\"b\\c/d"`,
		"\n\r\t\b\f\x00\x7f": `"\n\r\t\b\f\u0000\u007f"`,
		"<>&":                `"<>&"`,
		"é\u2028":            `"\u00e9\u2028"`,
		"\U0001f916":         `"\ud83e\udd16"`,
	} {
		if got := pythonString(s); got != want {
			t.Errorf("%q is %s, want %s", s, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0.0", 100: "100.0", -12.5: "-12.5", 1e9: "1000000000.0", 0.0001: "0.0001", 1e-5: "1e-05", 1e16: "1e+16"} {
		if got := pythonFloat(v); got != want {
			t.Errorf("%v is %s, want %s", v, got, want)
		}
	}
}
