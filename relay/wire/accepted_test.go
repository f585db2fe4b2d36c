package wire

import (
	"strings"
	"testing"
)

// flat and enveloped make a message for the driver of type command.
func flat(message, param string) string {
	return `{"topic":"driver","type":"command","name":"smoothie","message":` + message + `,"param":` + param + `}`
}

func enveloped(data string) string {
	return `{"topic":"driver","to":"d1","from":"c1","sessionID":"c1","type":"command","data":` + data + `}`
}

// command makes an enveloped command out of the raw "message".
func command(message string) string {
	return enveloped(`{"name":"smoothie","message":` + message + `}`)
}

func meta(message string) string {
	return strings.Replace(command(message), `"type":"command"`, `"type":"meta"`, 1)
}

// accepted are frames of clients and the "data" that is to be published.
var accepted = []struct{ name, in, data string }{
	{"flat", flat(`"home"`, `{"X":"true"}`), `{"name": "smoothie", "message": {"home": {"X":"true"}}}`},
	{"flat, keys in another order", `{"param":{"X":1},"message":"move","name":"smoothie","type":"command","topic":"driver"}`,
		`{"name": "smoothie", "message": {"move": {"X":1}}}`},
	{"flat, white space", " {\t\"topic\" : \"driver\" , \"type\" : \"command\" , \"name\" : \"smoothie\" , \"message\" : \"move\" , \"param\" : { \"X\" : 1 } } ",
		`{"name": "smoothie", "message": {"move": { "X" : 1 }}}`},
	{"flat, all null", `{"topic":"driver","type":"command","name":null,"message":null,"param":null}`, `{"name": "None", "message": {"": ""}}`},
	{"flat, null name", `{"topic":"driver","type":"meta","name":null,"message":"drivers","param":null}`, `{"name": "None", "message": {"drivers": ""}}`},
	{"flat, null name with spaces", `{"topic":"driver","type":"meta","name": null ,"message":"drivers","param": null }`, `{"name": "None", "message": {"drivers": ""}}`},
	{"flat, string parameter", flat(`"feedback_on"`, `"true"`), `{"name": "smoothie", "message": {"feedback_on": "true"}}`},
	{"flat, number parameter", flat(`"speed"`, `3000`), `{"name": "smoothie", "message": {"speed": 3000}}`},
	{"flat, escapes in the command", flat(`"a\"b\\\u0063"`, `1`), `{"name": "smoothie", "message": {"a\"b\\\u0063": 1}}`},
	{"flat, keys unknown to us", `{"topic":"driver","type":"command","name":"n","message":"m","param":"p","x":[1],"to":3,"from":null,"sessionID":{}}`, `{"name": "n", "message": {"m": "p"}}`},

	{"enveloped", command(`{"home":{"X":"true"}}`), `{"name":"smoothie","message":{"home":{"X":"true"}}}`},
	{"enveloped, without to, from and sessionID", `{"topic":"driver","type":"command","data":{"name":"smoothie","message":{"home":""}}}`, `{"name":"smoothie","message":{"home":""}}`},
	{"enveloped, plain string command", command(`"home"`), `{"name":"smoothie","message":"home"}`},
	{"enveloped, null name", enveloped(`{"name":null,"message":{"home":""}}`), `{"name":null,"message":{"home":""}}`},
	{"enveloped, more in data", enveloped(`{"x":[{}],"message":{"home":""},"name":"smoothie","y":"}"}`), `{"x":[{}],"message":{"home":""},"name":"smoothie","y":"}"}`},
	{"enveloped, several commands", command(`{"move":{"X":1},"home":""}`), `{"name":"smoothie","message":{"move":{"X":1},"home":""}}`},

	{"key order", command(`{"move_to":{"Z":1,"X":2.50,"A":0,"Y":-3}}`), `{"name":"smoothie","message":{"move_to":{"Z":1,"X":2.50,"A":0,"Y":-3}}}`},
	{"number literals", command(`{"move":{"X":2.50,"Y":1E5,"Z":-0,"A":1e-7,"B":0.0,"C":100000000000000000001}}`),
		`{"name":"smoothie","message":{"move":{"X":2.50,"Y":1E5,"Z":-0,"A":1e-7,"B":0.0,"C":100000000000000000001}}}`},
	{"number literals, flat", flat(`"move"`, `{"Z":1,"X":2.50,"Y":1E5,"A":-0}`), `{"name": "smoothie", "message": {"move": {"Z":1,"X":2.50,"Y":1E5,"A":-0}}}`},
	{"a tiny number is a number", command(`{"move":{"X":1e-999}}`), `{"name":"smoothie","message":{"move":{"X":1e-999}}}`},
	{"numbers as strings", command(`{"move":{"X":"2.50","Y":" -1 "}}`), `{"name":"smoothie","message":{"move":{"X":"2.50","Y":" -1 "}}}`},
	{"a number of 500 digits", command(`{"move":{"X":0.` + strings.Repeat("1", 500) + `}}`), `{"name":"smoothie","message":{"move":{"X":0.` + strings.Repeat("1", 500) + `}}}`},
	{"escapes and HTML", command(`{"a":"<>&\u003c\/\"\\\n\u00e4"}`), `{"name":"smoothie","message":{"a":"<>&\u003c\/\"\\\n\u00e4"}}`},
	{"characters beyond ASCII", command(`{"ä€":"😀\ud83d\ude00"}`), `{"name":"smoothie","message":{"ä€":"😀\ud83d\ude00"}}`},
	{"spaces in data", enveloped("{ \"name\" : \"smoothie\",\t\"message\" : {\"home\" : {} } }"), "{ \"name\" : \"smoothie\",\t\"message\" : {\"home\" : {} } }"},
	{"braces in strings", command(`{"a":"}{]["}`), `{"name":"smoothie","message":{"a":"}{]["}}`},

	{"words are no numbers to check", command(`{"home":{"X":"true","Y":"information","Z":"nano"}}`), `{"name":"smoothie","message":{"home":{"X":"true","Y":"information","Z":"nano"}}}`},
	{"a command without parameters, as MATLAB's empty matrix", command(`{"home":[]}`), `{"name":"smoothie","message":{"home":[]}}`},
	{"a command with null for parameters", command(`{"home":null}`), `{"name":"smoothie","message":{"home":null}}`},
	{"escaped keys", `{"\u0074opic":"driver","t\u0079pe":"c\u006fmmand","d\u0061ta":{"n\u0061me":"smoothie","mess\u0061ge":{"home":""}}}`,
		`{"n\u0061me":"smoothie","mess\u0061ge":{"home":""}}`},
	{"nested as deep as allowed", command(`{"a":` + strings.Repeat("[", 97) + strings.Repeat("]", 97) + `}`),
		`{"name":"smoothie","message":{"a":` + strings.Repeat("[", 97) + strings.Repeat("]", 97) + `}}`},
	{"deep, and much beside it", command(`{"a":` + strings.Repeat("[", 97) + strings.Repeat("]", 97) + `,"b":[[],[],{}]}`),
		`{"name":"smoothie","message":{"a":` + strings.Repeat("[", 97) + strings.Repeat("]", 97) + `,"b":[[],[],{}]}}`},
	{"brackets in strings are no nesting", command(`{"a":"` + strings.Repeat("[{", 200) + `"}`), `{"name":"smoothie","message":{"a":"` + strings.Repeat("[{", 200) + `"}}`},
}

func TestDataIsPublishedByteForByte(t *testing.T) {
	for _, c := range accepted {
		t.Run(c.name, func(t *testing.T) {
			frame := []byte(c.in)
			m, e := Parse(frame, Rules{})
			if e != nil {
				t.Fatal(e)
			}
			clear(frame) // the message is to be its own
			if string(m.Data) != c.data {
				t.Errorf("data is\n %s, want\n %s", m.Data, c.data)
			}
			if m.Topic != "com.opentrons.driver" || m.Urgent() {
				t.Errorf("topic %s, urgent %v", m.Topic, m.Urgent())
			}
		})
	}
}

func TestTopicsAreAliasesOrFullNames(t *testing.T) {
	for name, want := range map[string]string{
		"driver": "com.opentrons.driver", "com.opentrons.driver": "com.opentrons.driver", `dr\u0069ver`: "com.opentrons.driver",
		"labware": "com.opentrons.labware", "com.opentrons.labware": "com.opentrons.labware",
		"bootstrapper": "com.opentrons.bootstrapper", "com.opentrons.bootstrapper": "com.opentrons.bootstrapper",
		"frontend": "com.opentrons.frontend", "com.opentrons.frontend": "com.opentrons.frontend",
	} {
		m, e := Parse([]byte(strings.Replace(flat(`"home"`, `""`), `"driver"`, `"`+name+`"`, 1)), Rules{})
		if e != nil || m.Topic != want {
			t.Errorf("%s: %q, %v", name, m.Topic, e)
		}
	}
}

func TestTypeTravelsAsItIs(t *testing.T) {
	for _, raw := range []string{`"command"`, `"c\u006fmmand"`, `"ä \"x\""`} {
		m, e := Parse([]byte(`{"topic":"labware","data":{},"type":`+raw+`}`), Rules{})
		if e != nil || m.Type != raw {
			t.Errorf("type %s became %s, %v", raw, m.Type, e)
		}
	}
}

// What other services understand is not ours to judge.
func TestOnlyMessagesForTheDriverAreLookedInto(t *testing.T) {
	for _, topic := range []string{"labware", "bootstrapper", "frontend"} {
		for _, data := range []string{`{}`, `{"name":1,"name":2}`, `{"name":"x","message":{"connect":"","move":{"X":"NaN"}}}`} {
			m, e := Parse([]byte(`{"topic":"`+topic+`","type":"meta","data":`+data+`}`), Rules{})
			if e != nil || string(m.Data) != data {
				t.Errorf("%s %s: %s, %v", topic, data, m.Data, e)
			}
		}
	}
}

func TestServiceOfATopic(t *testing.T) {
	for _, s := range Services {
		if got, ok := ServiceOf(s.Topic()); !ok || got != s {
			t.Errorf("service of %s is %q, %v", s.Topic(), got, ok)
		}
		if _, ok := ServiceOf(s.HandshakeTopic()); ok {
			t.Errorf("%s takes no messages", s.HandshakeTopic())
		}
	}
	if _, ok := ServiceOf(Frontend); ok {
		t.Error("the frontend is no service")
	}
	if Driver.HandshakeTopic() != "com.opentrons.driver_handshake" || PrivateTopic("c1") != "com.opentrons.c1" {
		t.Error("topics changed their names")
	}
}
