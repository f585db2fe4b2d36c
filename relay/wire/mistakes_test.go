package wire

import (
	"strings"
	"testing"
)

// The usual mistakes of programs that write JSON by hand, and what each is told.
func TestUsualMistakesAreNamed(t *testing.T) {
	home := `{"topic":"driver","type":"command","name":"smoothie","message":"home","param":null}`
	quotes := func(open, end string) string {
		odd := true
		return string(mapQuotes(home, func() string { odd = !odd; return map[bool]string{false: open, true: end}[odd] }))
	}
	for _, c := range []struct{ name, in, says string }{
		{"curly quotes", quotes("“", "”"), `JSON wants double quotes, "home" and not “home”`},
		{"German quotes", quotes("„", "“"), "JSON wants double quotes"},
		{"French quotes", quotes("«", "»"), "JSON wants double quotes"},
		{"back quotes", quotes("`", "`"), "JSON wants double quotes"},
		{"curly quotes of Windows", quotes("\x93", "\x94"), "not UTF-8; JSON wants double quotes"},
		{"one curly quote", strings.Replace(home, `"driver"`, `“driver"`, 1), "JSON wants double quotes"},
		{"single quotes", quotes("'", "'"), `JSON wants double quotes, "home" and not 'home'`},
		{"single quotes around a value", strings.Replace(home, `"driver"`, `'driver'`, 1), "JSON wants double quotes"},
		{"no quotes around a key", strings.Replace(home, `"topic"`, `topic`, 1), "around keys too"},
		{"no quotes around a value", strings.Replace(home, `"driver"`, `driver`, 1), "around each text"},
		{"Python's None", strings.Replace(home, "null", "None", 1), "JSON has null and not None"},
		{"Python's True", strings.Replace(home, "null", `{"X":True}`, 1), "JSON has true and not True"},
		{"a decimal comma", strings.Replace(home, "null", `{"X":1,5}`, 1), "1.5 and not 1,5"},
		{"a comma too many", strings.Replace(home, "null", `{"X":1,}`, 1), "the comma before } is one too many"},
		{"a comma too few", strings.Replace(home, `"driver",`, `"driver"`, 1), "a comma is missing"},
		{"a colon too few", strings.Replace(home, `"topic":`, `"topic"`, 1), "a colon is missing"},
		{"no leading zero", strings.Replace(home, "null", `{"X":.5}`, 1), "0.5 and not .5"},
		{"a plus", strings.Replace(home, "null", `{"X":+5}`, 1), "a digit or a minus"},
		{"a zero too many", strings.Replace(home, "null", `{"X":05}`, 1), "1 and not 01"},
		{"a comment", strings.Replace(home, ",", `,/* go */`, 1), "no comments"},
	} {
		t.Run(c.name, func(t *testing.T) { refuse(t, c.in, BadJSON, c.says) })
	}
}

func mapQuotes(s string, quote func() string) (out []byte) {
	for _, b := range []byte(s) {
		if b == '"' {
			out = append(out, quote()...)
		} else {
			out = append(out, b)
		}
	}
	return out
}

// A message for the other robot is told which relay takes it.
func TestMessageForTheOtherRobot(t *testing.T) {
	refuse(t, `{"type":"home","data":{"x":true}}`, BadMessage, "-backend otone")
	if _, e := ParseOTone([]byte(DriverDialect.Example)); e == nil || !strings.Contains(e.Text, "-backend driver") {
		t.Errorf("otone: %v", e)
	}
}

// The example that a lost client is shown can be sent, and moves nothing.
func TestExampleIsHarmless(t *testing.T) {
	for _, d := range []Dialect{DriverDialect, OToneDialect} {
		if m, e := d.Parse([]byte(d.Example), Rules{}); e != nil || m.Command {
			t.Errorf("%s: %s: %v, moves: %v", d.Name, d.Example, e, m.Command)
		}
	}
}
