package wire

import (
	"fmt"
	"strings"
	"testing"
)

// refused are frames of clients, with the code and a word of the text that the
// client is to be told.
var refused = []struct {
	name, in string
	code     Code
	word     string
}{
	{"nothing", ``, BadJSON, "unexpected end"},
	{"only a brace", `{`, BadJSON, "unexpected end"},
	{"cut short", `{"topic":"driver"`, BadJSON, "unexpected end"},
	{"single quotes", `{'topic':'driver'}`, BadJSON, "at byte 2"},
	{"trailing comma", `{"topic":"driver",}`, BadJSON, "at byte 19"},
	{"missing comma", `{"topic":"driver" "type":"command"}`, BadJSON, "at byte 19"},
	{"key without quotes", `{topic:"driver"}`, BadJSON, "at byte 2"},
	{"comment", `{"topic":"driver"/* */}`, BadJSON, "at byte 18"},
	{"control character in a string", "{\"topic\":\"dri\tver\"}", BadJSON, "in string"},
	{"broken escape", `{"topic":"\driver"}`, BadJSON, "escape"},
	{"leading zero", command(`{"move":{"X":01}}`), BadJSON, "at byte"},
	{"leading plus", command(`{"move":{"X":+1}}`), BadJSON, "at byte"},
	{"number without digits", command(`{"move":{"X":.5}}`), BadJSON, "at byte"},
	{"decimal comma", command(`{"move":{"X":1,5}}`), BadJSON, "at byte"},
	{"two objects", `{}{}`, BadJSON, "after top-level value"},
	{"not UTF-8", "{\"topic\":\"dri\xffver\"}", BadJSON, "UTF-8"},
	{"a surrogate as UTF-8", "{\"topic\":\"\xed\xa0\x80\"}", BadJSON, "UTF-8"},
	{"a character cut in two", "{\"topic\":\"\xe2\x82\"}", BadJSON, "UTF-8"},

	{"move with its parameter missing", command(`{"move":}`), BadJSON, "at byte"},
	{"flat move with its parameter missing", flat(`"move"`, ``), BadJSON, "at byte"},
	{"reset with its parameter missing", command(`{"reset_from_halt":}`), BadJSON, "at byte"},
	{"meta halt with its parameter missing", meta(`{"halt":}`), BadJSON, "at byte"},
	{"halt second, with its parameter missing", command(`{"move":{"X":1},"halt":}`), BadJSON, "at byte"},
	{"halt in a string", command(`{"move":"\"halt\":","x":}`), BadJSON, "at byte"},
	{"halt with two values missing", `{"topic":"driver","to":},` + command(`{"halt":}`)[1:], BadJSON, "at byte"},
	{"halt with a missing value and other damage", command(`{"halt":}`) + "}", BadJSON, "at byte"},
	{"halt of nobody", `{"type":"command","data":{"message":{"halt":}}}`, BadJSON, "at byte"},

	{"an array", `[1]`, BadMessage, `"topic" is missing`},
	{"null", `null`, BadMessage, `"topic" is missing`},
	{"empty object", `{}`, BadMessage, `"topic" is missing`},
	{"topic is null", `{"topic":null,"type":"command","data":{}}`, BadMessage, `"topic" is missing`},
	{"topic is a number", `{"topic":1,"type":"command","data":{}}`, BadMessage, `"topic"`},
	{"no type", `{"topic":"driver","data":{}}`, BadMessage, `"type" is missing`},
	{"empty type", `{"topic":"driver","type":"","data":{}}`, BadMessage, `"type"`},
	{"type is null", `{"topic":"driver","type":null,"data":{}}`, BadMessage, `"type"`},
	{"data is null", enveloped(`null`), BadMessage, `"data" is not an object`},
	{"data is a string", enveloped(`"home"`), BadMessage, `"data" is not an object`},
	{"data is an array", enveloped(`[{}]`), BadMessage, `"data" is not an object`},
	{"flat without a name", `{"topic":"driver","type":"command","message":"home","param":""}`, BadMessage, `"name" is missing`},
	{"flat without a message", `{"topic":"driver","type":"command","name":"smoothie","param":""}`, BadMessage, `"message" is missing`},
	{"flat without a param", `{"topic":"driver","type":"command","name":"smoothie","message":"home"}`, BadMessage, `"param" is missing`},
	{"keys in capitals", `{"Topic":"driver","Type":"command","Data":{}}`, BadMessage, `"topic" is missing`},
	{"flat, message is an object", flat(`{"home":""}`, `""`), BadMessage, "must each be a string or null"},
	{"flat, name is a number", strings.Replace(flat(`"home"`, `""`), `"smoothie"`, `1`, 1), BadMessage, "must each be a string or null"},

	{"topic twice", `{"topic":"labware",` + command(`{"home":""}`)[1:], BadMessage, `"topic" is there twice`},
	{"topic twice, once escaped", `{"t\u006fpic":"labware",` + command(`{"home":""}`)[1:], BadMessage, `"topic" is there twice`},
	{"type twice", `{"type":"meta",` + command(`{"home":""}`)[1:], BadMessage, `"type" is there twice`},
	{"data twice", `{"data":{},` + command(`{"home":""}`)[1:], BadMessage, `"data" is there twice`},
	{"param twice", flat(`"move"`, `{"X":1},"param":{"X":100}`), BadMessage, `"param" is there twice`},
	{"name twice in data", enveloped(`{"name":"a","name":"b","message":{"home":""}}`), BadMessage, "twice in"},
	{"message twice in data", enveloped(`{"name":"a","message":{"home":""},"message":{"move":{"X":1}}}`), BadMessage, "twice in"},
	{"message twice in data, once escaped", enveloped(`{"name":"a","message":{"home":""},"mess\u0061ge":{"move":{"X":1}}}`), BadMessage, "twice in"},
	{"command twice", command(`{"move":{"X":1},"move":{"X":100}}`), BadMessage, `"move" is there twice`},
	{"command twice, once escaped", command(`{"move":{"X":1},"m\u006fve":{"X":100}}`), BadMessage, "is there twice"},
	{"third command is the second again", command(`{"home":"","move":{"X":1},"move":{"X":100}}`), BadMessage, "is there twice"},

	{"no name in data", enveloped(`{"message":{"home":""}}`), BadMessage, `needs a "name"`},
	{"no message in data", enveloped(`{"name":"smoothie"}`), BadMessage, `needs a "name"`},
	{"name in data is an object", enveloped(`{"name":{},"message":{"home":""}}`), BadMessage, `"name" in "data"`},
	{"no command", command(`{}`), BadMessage, "holds no command"},
	{"message is null", command(`null`), BadMessage, "holds no command"},
	{"message is a number", command(`1`), BadMessage, "holds no command"},
	{"message is an array", command(`["home"]`), BadMessage, "holds no command"},

	{"nested one deeper than allowed", command(`{"a":` + strings.Repeat("[", 98) + strings.Repeat("]", 98) + `}`), BadMessage, "deeper than 100"},
	{"nested as deep as a stack breaks", command(strings.Repeat(`{"a":`, 5000) + `1` + strings.Repeat(`}`, 5000)), BadMessage, "deeper than 100"},
	{"nested beyond what JSON allows here", command(strings.Repeat(`[`, 20000) + strings.Repeat(`]`, 20000)), BadJSON, "depth"},

	{"no such topic", topic("nosuch"), UnknownTopic, `"nosuch"`},
	{"empty topic", topic(""), UnknownTopic, "driver, labware, bootstrapper or frontend"},
	{"alias in capitals", topic("Driver"), UnknownTopic, `"Driver"`},
	{"alias with a space", topic("driver "), UnknownTopic, `"driver "`},
	{"prefix alone", topic("com.opentrons."), UnknownTopic, "com.opentrons."},
	{"prefix twice", topic("com.opentrons.com.opentrons.driver"), UnknownTopic, "com.opentrons.com"},
	{"a topic of WAMP", topic("wamp.session.kill"), UnknownTopic, "wamp."},
	{"another client's private topic", topic("com.opentrons.7a316086-7fff-4f71-a068-f873119cd309"), UnknownTopic, "7a316086"},
	{"the relay's own name", topic("com.opentrons.tcpRelay"), UnknownTopic, "tcpRelay"},
	{"a very long topic", topic(strings.Repeat("ä", 1000)), UnknownTopic, `ää...`},
	{"driver's handshake topic", topic("com.opentrons.driver_handshake"), Refused, "leave this message out"},
	{"driver's handshake alias", topic("driver_handshake"), Refused, "leave this message out"},
	{"labware's handshake topic", topic("com.opentrons.labware_handshake"), Refused, "labware"},
	{"bootstrapper's handshake topic, escaped", topic(`com.opentrons.bootstrapper\u005fhandshake`), Refused, "bootstrapper"},
}

func topic(name string) string {
	return `{"topic":"` + name + `","type":"command","name":"smoothie","message":"home","param":""}`
}

func TestMalformedMessagesAreRefusedWithCodeAndReason(t *testing.T) {
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) { refuse(t, c.in, c.code, c.word) })
	}
}

func refuse(t *testing.T, in string, code Code, word string) {
	t.Helper()
	m, e := Parse([]byte(in), Rules{})
	if e == nil {
		t.Fatalf("%s was accepted as %s", in, m.Data)
	}
	if e.Code != code || !strings.Contains(e.Text, word) {
		t.Errorf("%s:\n got %v\nwant %s: ...%s...", in, e, code, word)
	}
	if len(e.Text) > 300 {
		t.Errorf("a text of %d bytes is no answer to a person: %s", len(e.Text), e.Text)
	}
}

func TestWhatIsNoPlaceToMoveToIsRefused(t *testing.T) {
	for _, bare := range []string{`NaN`, `nan`, `-NaN`, `Inf`, `-Inf`, `inf`, `Infinity`, `-Infinity`, `-nan(ind)`, `1.#INF`, `1.#QNAN`, `-1.#IND`} {
		word := strings.TrimLeft(strings.TrimSuffix(bare, "(ind)"), "-1.#")
		refuse(t, command(`{"move_to":{"Z":1,"X":`+bare+`}}`), BadJSON, word+" is no JSON number and no place to move to")
		refuse(t, flat(`"move_to"`, `{"X": `+bare+` ,"Y":1}`), BadJSON, "no place to move to")
		refuse(t, flat(`"speed"`, bare), BadJSON, "no place to move to")
		refuse(t, strings.Replace(flat(`"x"`, bare), "driver", "labware", 1), BadJSON, "no place to move to")
	}
	for _, value := range []string{
		`"NaN"`, `"nan"`, `"NAN"`, `"+nan"`, `"-nan"`, `"N\u0061N"`, `" NaN "`, `"\tNaN\n"`, `"-nan(ind)"`, `"nan(0x8000)"`, `"NaN mm"`,
		`"Inf"`, `"-Inf"`, `"+inf"`, `"INF"`, `"Infinity"`, `"-infinity"`, `"1.#INF"`, `"-1.#IND"`, `"1.#QNAN"`,
		`"` + strings.Repeat(" ", 70) + `NaN"`, `"NaN` + strings.Repeat(" ", 70) + `"`, `"` + strings.Repeat(`\t`, 70) + `-Inf"`,
		`"` + strings.Repeat(`\u0020`, 70) + `1e999"`, `"` + strings.Repeat("\u00a0", 70) + `infinity"`, `"` + strings.Repeat(`\u001c`, 70) + `nan"`,
		`"NaN(` + strings.Repeat("0", 70) + `)"`,
		`1e999`, `-1e999`, `"1e999"`, `" -1E+400"`, strings.Repeat("9", 400), `"` + strings.Repeat("9", 500) + `"`,
	} {
		refuse(t, command(`{"move_to":{"Z":1,"X":`+value+`}}`), Refused, `"X" is `)
		refuse(t, flat(`"move_to"`, `{"X":`+value+`}`), Refused, "no place to move to")
		refuse(t, flat(`"speed"`, value), Refused, "the parameter is ")
	}
	for _, value := range []string{`null`, `[]`, `[1]`, `{}`, `{"x":1}`} {
		refuse(t, command(`{"linear_move":{"Y":`+value+`}}`), Refused, `"Y" is `)
	}
}

// What is no number may be as long as it likes, and begin like one.
func TestLongWordsAreNoPlaceEither(t *testing.T) {
	for _, text := range []string{
		strings.Repeat(" ", 70) + "true", "inform the person at the robot of what nan, inf and ind are: no numbers, and no places",
		"nanometres are what this is in, and there is nothing wrong with them but their size", strings.Repeat(" ", 70), strings.Repeat(" ", 70) + "1.5",
	} {
		if _, e := Parse([]byte(command(`{"home":{"X":"`+text+`"}}`)), Rules{}); e != nil {
			t.Errorf("%q: %v", text, e)
		}
	}
}

// What nobody needs to be large is not held while others wait.
func TestWhatIsAbsurdlyLargeIsRefused(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for _, stop := range []string{command(`{"halt":"` + long + `"}`), meta(`{"clear_queue":"` + long + `"}`), flat(`"halt"`, `"`+long+`"`)} {
		refuse(t, stop, TooLarge, "the robot is not stopped")
	}
	refuse(t, command(`{"halt":"`+strings.Repeat("x", 10000)+`","x":}`), BadJSON, "not valid JSON")
	refuse(t, strings.Replace(command(`{"home":""}`), `"command"`, `"`+long+`"`, 1), BadMessage, `"type" is longer than 256 bytes`)
	var many strings.Builder
	for i := range 101 {
		fmt.Fprintf(&many, `"c%d":"",`, i)
	}
	refuse(t, command(`{`+strings.TrimSuffix(many.String(), ",")+`}`), BadMessage, "more than 100 commands")
	for _, in := range []string{
		`{"type":"eraseJob","data":"` + long + `"}`, `{"type":"stop","data":"` + long + `"}`,
	} {
		if _, e := ParseOTone([]byte(in)); e == nil || e.Code != TooLarge {
			t.Errorf("%.30s: %v", in, e)
		}
	}
	if _, e := ParseOTone([]byte(`{"type":"` + long + `"}`)); e == nil || e.Code != BadMessage {
		t.Errorf("a long type: %v", e)
	}
}

func TestNaNInsideAWordIsNotBlamed(t *testing.T) {
	for _, in := range []string{`{"a":finance}`, `{"a":"NaN",}`, `{"Inf":"NaN" "b"}`, `{"nan`} {
		_, e := Parse([]byte(in), Rules{})
		if e == nil || strings.Contains(e.Text, "no place") {
			t.Errorf("%s: %v", in, e)
		}
	}
}

func TestMetaCommandsThatBreakTheDriverAreRefusedUnlessAllowed(t *testing.T) {
	for _, name := range []string{"connect", "disconnect", "add_driver", "remove_driver", "add_callback", "remove_callback", "set_meta_callback"} {
		escaped := `\u00` + "0123456789abcdef"[name[0]>>4:][:1] + "0123456789abcdef"[name[0]&15:][:1] + name[1:]
		for how, in := range map[string]string{
			"object":           meta(`{"` + name + `":{"a":"b"}}`),
			"string":           meta(`"` + name + `"`),
			"escaped":          meta(`{"` + escaped + `":""}`),
			"escaped string":   meta(`"` + escaped + `"`),
			"second":           meta(`{"flow":"","` + name + `":""}`),
			"last, escaped":    meta(`{"flow":"","configs":"","` + escaped + `":""}`),
			"flat":             strings.Replace(flat(`"`+name+`"`, `null`), "command", "meta", 1),
			"type escaped":     strings.Replace(meta(`{"`+name+`":""}`), `"meta"`, `"m\u0065ta"`, 1),
			"full topic":       strings.Replace(meta(`{"`+name+`":""}`), `"driver"`, `"com.opentrons.driver"`, 1),
			"topic escaped":    strings.Replace(meta(`{"`+name+`":""}`), `"driver"`, `"\u0064river"`, 1),
			"keys escaped":     strings.Replace(meta(`{"`+name+`":""}`), `"message"`, `"m\u0065ssage"`, 1),
			"with white space": strings.Replace(meta(`{ "`+name+`" : "" }`), `"meta"`, ` "meta" `, 1),
		} {
			refuse(t, in, Refused, "-allow-dangerous-meta")
			if _, e := Parse([]byte(in), Rules{AllowDangerousMeta: true}); e != nil {
				t.Errorf("%s %s is refused although allowed: %v", name, how, e)
			}
		}
	}
	for _, name := range []string{"flow", "drivers", "configs", "Connect", "connect ", "connected"} {
		if _, e := Parse([]byte(meta(`{"`+name+`":{"connect":"disconnect"}}`)), Rules{}); e != nil {
			t.Errorf("%s: %v", name, e)
		}
	}
	if _, e := Parse([]byte(command(`{"connect":""}`)), Rules{}); e != nil {
		t.Errorf("connect is no dangerous command, only meta: %v", e)
	}
}
