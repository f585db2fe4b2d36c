package wire

import (
	"strings"
	"testing"
)

// What is right for otone is published as it came, to the byte.
func TestMessagesForTheRobotAreWhatTheClientWrote(t *testing.T) {
	for _, c := range []struct {
		in              string
		urgent, command bool
	}{
		{`{"type":"home"}`, false, true},
		{`{"type":"home","data":{"x":true,"a":true}}`, false, true},
		{` { "data" : { "y" : 2.50, "x" : 1E2 } , "type" : "move" } `, false, true},
		{`{"type":"move","data":[{"z":-0,"speed":3000,"axis":"z"},{"relative":true,"x":"1.5"},{"home":{"x":true}},{"delay":0.1}]}`, false, true},
		{`{"type":"home","data":null}`, false, true},
		{`{"t\u0079pe":"step","d\u0061ta":{"x":1}}`, false, true},
		{`{"type":"createDeck","data":{"inf":{"labware":"nanotubes","note":"inf of it"}}}`, false, true},
		{`{"type":"unheard of","data":[null,{"a":null},"ä😀\ud83d\ude00"]}`, false, true},
		{`{"type":"getCalibrations"}`, false, false},
		{`{"type":"getContainers"}`, false, false},
		{`{"type":"listPorts"}`, false, false},
		{`{"type":"pauseJob"}`, false, true},
		{`{"type":"raw","data":"G0X1"}`, false, true},
		{`{"type":"raw","data":"M1120"}`, false, true},
		{`{"type":"raw","data":"M112"}`, true, false},
		{`{"type":"raw","data":" M112\r\n"}`, true, false},
		{`{"type":"stop"}`, true, false},
		{`{"type":"st\u006fp","data":true}`, true, false},
		{`{"type":"reset"}`, true, false},
		{`{"type":"eraseJob"}`, true, false},
	} {
		frame := []byte(c.in)
		m, e := ParseOTone(frame)
		clear(frame) // the message is to be its own
		if e != nil || string(m.Data) != c.in || m.Topic != "com.opentrons.browser_to_robot" {
			t.Errorf("%s became %s on %s, %v", c.in, m.Data, m.Topic, e)
		}
		if m.Urgent() != c.urgent || m.Command != c.command {
			t.Errorf("%s: urgent %v, command %v", c.in, m.Urgent(), m.Command)
		}
	}
}

func TestWhatIsNoMessageForTheRobot(t *testing.T) {
	for _, c := range []struct {
		in   string
		code Code
		word string
	}{
		{``, BadJSON, "unexpected end"},
		{`{"type":"home"`, BadJSON, "unexpected end"},
		{`{"type":"move","data":{"x":NaN}}`, BadJSON, "no place to move to"},
		{`{"type":"move","data":{"x":-Inf}}`, BadJSON, "no place to move to"},
		{`{"type":"move","data":{"x":}}`, BadJSON, "at byte"},
		{"{\"type\":\n\"home\"}", BadJSON, "several lines"},
		{"{\"type\":\"\xff\"}", BadJSON, "UTF-8"},
		{`{"type":"x","data":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, BadMessage, "nested"},

		{`[]`, BadMessage, `"type" is missing`},
		{`{}`, BadMessage, `"type" is missing`},
		{`{"data":{}}`, BadMessage, `"type" is missing`},
		{`{"type":null}`, BadMessage, `"type" is missing`},
		{`{"type":1}`, BadMessage, `"type" is missing`},
		{`{"type":""}`, BadMessage, `"type" is missing`},
		{`{"type":"home","type":"move"}`, BadMessage, `"type" is there twice`},
		{`{"type":"move","data":{},"d\u0061ta":{}}`, BadMessage, "is there twice"},
		{`{"type":"home","to":"robot"}`, BadMessage, `"to" does not belong`},
		{`{"topic":"driver","type":"command","name":"smoothie","message":"home","param":null}`, BadMessage, "-backend driver"},

		{`{"type":"move","data":{"x":null}}`, Refused, "no place to move to"},
		{`{"type":"move","data":{"X":[]}}`, Refused, "no place to move to"},
		{`{"type":"move","data":[{"x":1},{"y":{}}]}`, Refused, "no place to move to"},
		{`{"type":"step","data":{"z":" NaN "}}`, Refused, "no place to move to"},
		{`{"type":"move","data":{"a":"-nan(ind)"}}`, Refused, "no place to move to"},
		{`{"type":"move","data":{"x":1e999}}`, Refused, "no place to move to"},
		{`{"type":"speed","data":{"axis":"x","value":"Infinity"}}`, Refused, `"value" is "Infinity"`},
		{`{"type":"speed","data":{"axis":"x","value":"\u001cNaN"}}`, Refused, `"value" is `},
		{`{"type":"move","data":{"x":"` + strings.Repeat(" ", 70) + `NaN"}}`, Refused, `"x" is `},
		{`{"type":"movePlunger","data":{"axis":"a","locations":[{"plunger":"+inf"}]}}`, Refused, `"plunger" is "+inf"`},
		{`{"type":"instructions","data":[[-1e400]]}`, Refused, "a value is -1e400"},
	} {
		_, e := ParseOTone([]byte(c.in))
		if e == nil || e.Code != c.code || !strings.Contains(e.Text, c.word) {
			t.Errorf("%s: %v, not %s with %q", c.in, e, c.code, c.word)
		}
	}
}

func TestMessagesForTheRobotAllocateLittle(t *testing.T) {
	frame := []byte(`{"type":"move","data":{"x":100,"y":12.5}}`)
	allocs := testing.AllocsPerRun(100, func() {
		if _, e := ParseOTone(frame); e != nil {
			t.Fatal(e)
		}
	})
	if allocs > 8 {
		t.Errorf("%v allocations", allocs)
	}
}

// FuzzParseOTone: no crash, and what passes is published as it came.
func FuzzParseOTone(f *testing.F) {
	for _, in := range []string{`{"type":"home"}`, `{"type":"move","data":[{"x":"1e9"},null]}`, `{"type":"raw","data":"M112"}`, `{"data":1,"type":""}`} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if m, e := ParseOTone(in); e == nil && string(m.Data) != string(in) {
			t.Errorf("%q became %q", in, m.Data)
		}
	})
}
