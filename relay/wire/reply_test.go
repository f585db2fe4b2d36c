package wire

import (
	"encoding/json"
	"strings"
	"testing"

	"rawtcpcom/relay/recorded"
)

func TestOddRepliesAreReadAsFarAsTheyGo(t *testing.T) {
	for _, c := range []struct{ name, in, typ, to, from string }{
		{"empty object", `{}`, "", "", ""},
		{"compact", `{"type":"driver","to":"c1","from":"d1"}`, "driver", "c1", "d1"},
		{"pretty-printed", "{\n  \"type\": \"driver\",\r\n  \"to\": \"c1\"\n}", "driver", "c1", ""},
		{"other keys, other order", `{"x":[1,{"to":"c2"}],"from":"d1","to":"c1","data":{"to":"c3"},"type":"stat"}`, "stat", "c1", "d1"},
		{"bare NaN", `{"data":{"message":{"X":NaN,"Y":-Infinity}},"to":"c1"}`, "", "c1", ""},
		{"not strings", `{"type":1,"to":null,"from":["d1"]}`, "", "", ""},
		{"escaped", `{"to":"c\u0031","from":"\"d\\1"}`, "", "c1", `"d\1`},
		{"broken escape", `{"to":"c1\q","from":"d1\u12"}`, "", "", ""},
		{"twice, Python takes the last", `{"to":"c1","to":"c2"}`, "", "c2", ""},
		{"no UTF-8", "{\"to\":\"c1\",\"data\":{\"name\":\"\xff\"}}", "", "c1", ""},
		{"data is no object", `{"type":"handshake","to":"c1","data":"x"}`, "handshake", "c1", ""},
		{"data is missing", `{"type":"handshake","to":"c1"}`, "handshake", "c1", ""},
	} {
		r, err := ParseReply([]byte(c.in))
		if err != nil || string(r.Type) != c.typ || string(r.To) != c.to || string(r.From) != c.from {
			t.Errorf("%s: got %q %q %q, %v", c.name, r.Type, r.To, r.From, err)
		}
	}
}

func TestWhatIsNoReplyIsAnError(t *testing.T) {
	for _, in := range []string{``, ` `, `[]`, `"x"`, `null`, `true`, `{`, `{"to":"c1"`, `{"to":`, `{"to":"c1}`, `x{}`} {
		if r, err := ParseReply([]byte(in)); err == nil || r.To != nil {
			t.Errorf("%s: %q, %v", in, r.To, err)
		} else if !strings.Contains(err.Error(), "from the robot") {
			t.Errorf("%v does not say what was being read", err)
		}
	}
}

func TestOnlyAServicesAnswerToExtendIsAHandshake(t *testing.T) {
	reply := func(typ, data string) string {
		return `{"time": "now", "type": "` + typ + `", "to": "", "from": "d1", "data": ` + data + `}`
	}
	for _, c := range []struct{ name, in, service, result string }{
		{"success", reply("handshake", `{"name": "driver", "message": {"result": "success"}}`), "driver", "success"},
		{"full", reply("handshake", `{"name": "driver", "message": {"result": "fail"}}`), "driver", "fail"},
		{"already connected", reply("handshake", `{"message": {"result": "already_connected"}, "name": "driver"}`), "driver", "already_connected"},
		{"labware", reply("handshake", `{"name": "labware", "message": {"result": "success"}}`), "labware", "success"},
		{"bootstrapper", reply("handshake", `{"name": "bootstrapper", "message": {"result": "success"}}`), "bootstrapper", "success"},
		{"escaped", reply(`h\u0061ndshake`, `{"name": "dri\u0076er", "message": {"result": "succ\u0065ss"}}`), "driver", "success"},
		{"compact", `{"type":"handshake","data":{"name":"driver","message":{"result":"success"}}}`, "driver", "success"},
		{"the list of ids", reply("handshake", `{"name": "driver", "message": {"ids": ["c1"]}}`), "", ""},
		{"another service", reply("handshake", `{"name": "smoothie", "message": {"result": "success"}}`), "", ""},
		{"no name", reply("handshake", `{"message": {"result": "success"}}`), "", ""},
		{"result is no string", reply("handshake", `{"name": "driver", "message": {"result": true}}`), "", ""},
		{"empty result", reply("handshake", `{"name": "driver", "message": {"result": ""}}`), "", ""},
		{"message is a string", reply("handshake", `{"name": "driver", "message": "success"}`), "", ""},
		{"message is null", reply("handshake", `{"name": "driver", "message": null}`), "", ""},
		{"data is an array", reply("handshake", `[{"name": "driver"}]`), "", ""},
		{"another type", reply("queue", `{"name": "driver", "message": {"result": "empty"}}`), "", ""},
		{"no type", `{"data": {"name": "driver", "message": {"result": "success"}}}`, "", ""},
	} {
		r, err := ParseReply([]byte(c.in))
		s, ok := r.Handshake()
		if err != nil || string(s) != c.service || ok != (c.service != "") || ok && string(r.Result) != c.result {
			t.Errorf("%s: %q %q %v, %v", c.name, s, r.Result, ok, err)
		}
	}
}

func TestLineMakesAPayloadOneLineAndElseLeavesItAlone(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a line", `{"a": 2.50, "b":"<>&\n\u2028"}`, `{"a": 2.50, "b":"<>&\n\u2028"}`},
		{"terminators around", "\r\n {\"a\": 1} \n\r\t", `{"a": 1}`},
		{"pretty-printed", "{\n  \"a\": 2.50,\n  \"b\": [\n    1E5,\n    -0\n  ]\n}\n", `{"a":2.50,"b":[1E5,-0]}`},
		{"pretty-printed with CR LF", "{\r\n\t\"a\": \"x  y <>&\"\r\n}\r\n", `{"a":"x  y <>&"}`},
		{"pretty-printed with CR", "{\r\"a\": 1\r}", `{"a":1}`},
		{"pretty-printed, escapes are kept", "{\n\"a\": \"\\n\\u00e4<\\/\u2028\"}", "{\"a\":\"\\n\\u00e4<\\/\u2028\"}"},
		{"pretty-printed with NaN", "{\n  \"a\": NaN\r\n}", `{   "a": NaN  }`},
		{"line end in a string", "{\"a\": \"x\ny\"}", `{"a": "x y"}`},
		{"no JSON", "Traceback:\n  boom\r\n", "Traceback:   boom"},
		{"nothing", "", ""},
		{"only line ends", "\r\n\n", ""},
		{"no UTF-8", "{\n\"a\": \"\xff\"}", "{\"a\":\"\xff\"}"},
	} {
		in := []byte(c.in)
		if got := string(Line(in)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if string(in) != c.in {
			t.Errorf("%s: the payload was changed to %q; other clients get it too", c.name, in)
		}
	}
}

func TestLineSaysTheSame(t *testing.T) {
	for _, e := range recorded.Events(t, "meta") {
		var v any
		if err := json.Unmarshal([]byte(e.Payload), &v); err != nil {
			t.Fatal(err)
		}
		pretty, _ := json.MarshalIndent(v, "", "  ")
		compact, _ := json.Marshal(v)
		if got := Line(pretty); string(got) != string(compact) {
			t.Errorf("%s became %s", pretty, got)
		}
	}
}

func TestFeedbackOfTheDriver(t *testing.T) {
	for in, want := range map[string]struct {
		stat  string
		empty bool
	}{
		`{"type": "driver", "data": {"name": "smoothie", "message": {"stat": 0}}}`:         {"0", false},
		`{"type": "driver", "data": {"name": "smoothie", "message": {"stat": 1}}}`:         {"1", false},
		`{"type": "queue", "data": {"name": "driver", "message": {"result": "empty"}}}`:    {"", true},
		`{"type": "queue", "data": {"name": "driver", "message": {"result": "full"}}}`:     {"", false},
		`{"type": "driver", "data": {"name": "driver", "message": {"result": "empty"}}}`:   {"", false},
		`{"type": "driver", "data": {"name": "smoothie", "message": {"pos": {"X": 1}}}}`:   {"", false},
		`{"type": "driver", "data": {"name": "stat", "message": {"name": "\"stat\": 1"}}}`: {"", false},
		`{"type": "driver", "data": "stat"}`:                                               {"", false},
		`{"type": "driver"}`:                                                               {"", false},
	} {
		r, err := ParseReply([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if stat, empty := r.Feedback(); string(stat) != want.stat || empty != want.empty {
			t.Errorf("%s: %q, %v", in, stat, empty)
		}
	}
}
