package commands

import (
	"encoding/json"
	"strings"
	"testing"

	"rawtcpcom/relay/nearest"
)

func TestWhatTheDriverDropsIsRefused(t *testing.T) {
	for _, c := range []struct {
		typ, name, command, params string
		unknown                    bool
		says                       string
	}{
		{"comand", `"smoothie"`, "home", "", true, `did you mean "command"?`},
		{"x", `"smoothie"`, "home", "", true, `there are command and meta`},
		{"command", `"smoothie"`, "hoome", `""`, true, `no command "hoome"; did you mean "home"?`},
		{"command", `"smoothie"`, "moveto", `{"X":1}`, true, `did you mean "move_to"?`},
		{"command", `"smoothie"`, "Home", ``, true, `did you mean "home"?`},
		{"command", `"smoothie"`, "unlock", `"true"`, true, "relay/wire/COMMANDS.md"},
		{"command", `"smoothie"`, "G29", ``, true, `-check off`},
		{"command", `"smoothy"`, "home", ``, true, `"name" is "smoothy"`},
		{"command", `null`, "home", ``, true, `"smoothie"`},
		{"command", `"None"`, "G28", ``, true, `"smoothie"`},
		{"command", `"smoothie"`, "move_to", `{"Q":100}`, false, `"Q" is no axis of move_to`},
		{"command", `"smoothie"`, "move_to", `{"X":100,"q":100}`, false, `there are X, Y, Z, A and B`},
		{"command", `"smoothie"`, "move_to", `{"x":100}`, false, `did you mean "X"?`},
		{"command", `"smoothie"`, "move", `{"C":100}`, false, `"C" is no axis`},
		{"command", `"smoothie"`, "move_to", `{"X":"abc"}`, false, `"X" is "abc" in move_to; write a number`},
		{"command", `"smoothie"`, "move_to", `{"X":""}`, false, "write a number"},
		{"command", `"smoothie"`, "linear_move", `{"":"F3000\nM112"}`, false, "one command at a time"},
		{"command", `"smoothie"`, "linear_move", `{"":" M999"}`, false, "one command at a time"},
		{"command", `"smoothie"`, "move_to", `{"X":"1,5"}`, false, "write a number"},
		{"command", `"smoothie"`, "move_to", `{"X":"10mm"}`, false, "write a number"},
		{"command", `"smoothie"`, "move_to", `{"X":"0x10"}`, false, "write a number"},
		{"command", `"smoothie"`, "move_to", `{"X":true}`, false, "write a number"},
		{"command", `"smoothie"`, "move_to", `{"X":1,"X":2}`, false, `"X" is there twice`},
		{"command", `"smoothie"`, "linear_move", `{"X":"abc"}`, false, "write a number"},
		{"command", `"smoothie"`, "linear_move", `{"F":3000}`, false, `"F" is no axis`},
		{"command", `"smoothie"`, "move_to", `100`, false, `drops 100`},
		{"command", `"smoothie"`, "move_to", `[100,50]`, false, `drops [100,50]`},
		{"command", `"smoothie"`, "home", `"X"`, false, `drops "X", and carries out home as if`},
		{"command", `"smoothie"`, "home", `false`, false, `drops false`},
		{"command", `"smoothie"`, "home", `{"X":"true","Y":false}`, false, "leave it out"},
		{"command", `"smoothie"`, "home", `{"X":"False"}`, false, "leave it out"},
		{"command", `"smoothie"`, "absolute", `{"X":5}`, false, "takes no parameters"},
		{"command", `"smoothie"`, "speed", `3000`, false, "drops the number 3000"},
		{"command", `"smoothie"`, "speed_a", `"300"`, false, "drops the number"},
		{"command", `"smoothie"`, "F", `3000`, false, "drops the number"},
		{"command", `"smoothie"`, "G28", `{"X":1}`, false, `send the command "home"`},
		{"command", `"smoothie"`, "G28", `"X"`, false, `drops "X"`},
		{"meta", `"smoothie"`, "flwo", ``, true, `did you mean "flow"?`},
		{"meta", `"nosuch"`, "flow", ``, true, `"smoothie"`},
		{"meta", `"smoothie"`, "home", ``, true, `no meta command "home"`},
		{"meta", `"smoothie"`, "set_config", `{"delimiter":"x"}`, false, "nothing is set"},
	} {
		complains(t, c.command+c.params, CheckDriver(toDriver(c.typ, c.name, c.command, c.params)), c.unknown, c.says)
	}
	two := toDriver("command", `"smoothie"`, "move", `{"X":1}`)
	two.Commands = append(two.Commands, []byte(`"home"`))
	complains(t, "two commands", CheckDriver(two), false, `drops "home"`)
}

func complains(t *testing.T, what string, e *Complaint, unknown bool, says string) {
	t.Helper()
	switch {
	case e == nil:
		t.Errorf("%s passes", what)
	case e.Unknown != unknown || !strings.Contains(e.Text, says) || len(e.Text) > 300:
		t.Errorf("%s: unknown %v, %s; not %q", what, e.Unknown, e.Text, says)
	}
}

func TestWhatOToneDropsIsRefused(t *testing.T) {
	for _, c := range []struct {
		verb, data string
		unknown    bool
		says       string
	}{
		{"hoome", `{}`, true, `no "hoome"; did you mean "home"?`},
		{"Move", `{"x":1}`, true, `did you mean "move"?`},
		{"unheard of", ``, true, `COMMANDS.md`},
		{strings.Repeat("x", 200), ``, true, `xxx...`},
		{"home", ``, false, `needs "data"`},
		{"home", `null`, false, `needs "data"`},
		{"getCalibrations", `{}`, false, `takes no "data"`},
		{"home", `{"q":true}`, false, `"q" is no axis to home`},
		{"home", `{"c":true}`, false, `"c" is no axis to home`},
		{"home", `{"x":true,"y":false}`, false, `leave it out`},
		{"home", `true`, false, `true is no axis`},
		{"home", `"true"`, false, `"true" is no axis`},
		{"home", `"all"`, false, `is no axis`},
		{"home", `["x","q"]`, false, `"q" is no axis`},
		{"move", `{"x":"abc"}`, false, `"x" is "abc", which is no place`},
		{"move", `{"x":""}`, false, `no place`},
		{"move", `{"x":true}`, false, `no place`},
		{"move", `{"Q":100}`, false, `"Q" is no axis`},
		{"move", `{"c":100}`, false, `"c" is no axis`},
		{"move", `{"x":1,"container":"trash"}`, false, `"container" is no axis`},
		{"move", `{"x":1,"relativ":true}`, false, `did you mean "relative"?`},
		{"move", `{"x":1,"relative":"true"}`, false, `write true`},
		{"move", `{"relative":true,"X":5}`, false, `in capitals`},
		{"move", `{"x":"5","relative":true}`, false, `write a number`},
		{"move", `{"wait":true}`, false, `"wait" is no axis`},
		{"move", `{"delay":1,"x":5}`, false, `does the delay`},
		{"move", `{"delay":"soon"}`, false, `seconds`},
		{"move", `{"speed":3000}`, false, `"axis"`},
		{"move", `{"speed":3000,"axis":"x"}`, false, `"axis" is "x"`},
		{"move", `{"speed":"fast","axis":"a"}`, false, `"speed" is "fast"`},
		{"move", `{"home":{"q":1}}`, false, `"q" is no axis to home`},
		{"move", `"x"`, false, `write a location`},
		{"move", `[1]`, false, `stumbles over 1`},
		{"step", `{"Z":-5}`, false, `write "z"`},
		{"step", `[{"X":5}]`, false, `in capitals`},
		{"speed", `{"axis":"x","value":1}`, false, `"axis" is "x"`},
		{"speed", `{"axis":"a","value":"fast"}`, false, `"value" is "fast"`},
		{"speed", `{"axis":"a"}`, false, `"value" is missing`},
		{"speed", `300`, false, `no object`},
		{"calibratePipette", `{"axis":"a","property":"botom"}`, false, `did you mean "bottom"?`},
		{"calibrateContainer", `{"axis":"c","name":"x"}`, false, `"axis" is "c"`},
		{"movePipette", `{"axis":"a"}`, false, `"property" is missing`},
		{"movePlunger", `{"axis":"a","locations":[{"plunger":"top"}]}`, false, `"plunger" is "top"`},
		{"movePlunger", `{"axis":"a","locations":{"plunger":1}}`, false, `no list`},
		{"createDeck", `"trash"`, false, `write an object`},
		{"instructions", `[{"tool":"robot","x":1}]`, false, `"tool" is "robot"`},
		{"instructions", `[{"tool":"pipette","groups":[{"command":"mix","axis":"a"}]}]`, false, `"command" is "mix"`},
		{"instructions", `{"tool":"pipette"}`, false, `no list`},
		{"raw", `5`, false, `no text`},
		{"wifiscan", `true`, false, `never carries out wifiscan`},
	} {
		complains(t, c.verb+c.data, CheckOTone(c.verb, []byte(c.data)), c.unknown, c.says)
	}
}

func TestNearest(t *testing.T) {
	for slip, want := range map[string]string{
		"hmoe": "home", "hom": "home", "HOME": "home", "movee_to": "move_to", "move-to": "move_to", "linearmove": "linear_move",
		"dance": "", "": "", "q": "", strings.Repeat("h", 1000): "",
	} {
		if got := nearest.To(slip, commandNames()); got != want {
			t.Errorf("nearest to %.20q is %q, not %q", slip, got, want)
		}
	}
}

// FuzzCheck: no crash on any JSON that package wire lets through.
func FuzzCheckOTone(f *testing.F) {
	f.Add("move", `[{"x":1,"relative":true}]`)
	f.Add("instructions", `[{"tool":"pipette","groups":[{}]}]`)
	f.Fuzz(func(_ *testing.T, verb, data string) { fuzzed(verb, data) })
}

func fuzzed(verb, data string) {
	if !json.Valid([]byte(data)) {
		return
	}
	data = strings.TrimSpace(data)
	CheckOTone(verb, []byte(data))
	for _, c := range DriverCommands {
		CheckDriver(toDriver("command", `"smoothie"`, c.Name, data))
	}
}
