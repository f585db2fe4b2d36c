package commands

import (
	"embed"
	"slices"
	"strings"
	"testing"
)

//go:embed testdata
var sources embed.FS

// lines are those of a file of facts, without its comments.
func lines(t *testing.T, name string) (rows []string) {
	t.Helper()
	text, err := sources.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	return rows
}

func toDriver(typ, name, command, params string) DriverMessage {
	return DriverMessage{Type: `"` + typ + `"`, Name: []byte(name), Commands: [][]byte{[]byte(`"` + command + `"`)}, Parameters: []byte(params)}
}

func obeyed(t *testing.T, m DriverMessage) {
	t.Helper()
	if e := CheckDriver(m); e != nil {
		t.Errorf("the driver obeys %s %s %s, which is refused: %s", m.Type, m.Commands[0], m.Parameters, e.Text)
	}
}

// Nothing that the driver obeys is refused: each command by its name, with every
// form of no parameters, with each parameter that it lets through, and by its
// G-code.
func TestWhatTheDriverObeysPasses(t *testing.T) {
	rows := lines(t, "driver.txt")
	if len(rows) != len(DriverCommands)+len(DriverMeta) {
		t.Errorf("the sources have %d commands, the tables %d", len(rows), len(DriverCommands)+len(DriverMeta))
	}
	for _, row := range rows {
		before, rest, _ := strings.Cut(row, ` "`)
		code, after, _ := strings.Cut(rest, `"`)
		typ, name, _ := strings.Cut(before, " ")
		keys := strings.Fields(after)
		for _, none := range []string{"", `""`, "null", "true", `"true"`, `"True"`, "[]", "[ ]", "{}", "{ }"} {
			if name == "set_config" && strings.HasPrefix(none, "{") {
				continue // fails on every object
			}
			obeyed(t, toDriver(typ, `"smoothie"`, name, none))
			if typ == "command" {
				obeyed(t, toDriver(typ, `"smoothie"`, code, none))
			}
		}
		obeyed(t, toDriver(`c\u006fmmand`, `"smo\u006fthie"`, "home", `{"\u0058":1}`))
		if keys[0] == "-" {
			for _, any := range []string{"1", `"on"`, `[1]`, "false"} {
				if !strings.HasPrefix(name, "speed") {
					obeyed(t, toDriver(typ, `"smoothie"`, name, any))
				}
			}
			continue
		}
		for _, key := range keys {
			key = strings.Trim(key, "'")
			values := []string{"0", "-12.5", "1E2", `"2.50"`, `" -1 "`, `"+.5"`, `"1e1"`}
			switch {
			case name == "home":
				values = append(values, "true", `"true"`, `""`, `"abc"`)
			case key == "":
				values = append(values, `""`, `"X10 F3000"`, "true", `"abc"`)
			case name != "move" && name != "move_to":
				values = append(values, `"10 F3000"`, `"10mm"`)
			}
			for _, value := range values {
				obeyed(t, toDriver(typ, `"smoothie"`, name, `{"`+key+`":`+value+`}`))
			}
		}
	}
	for _, name := range []string{"drivers", "meta_commands"} { // answered whatever the name
		obeyed(t, toDriver("meta", `"None"`, name, ""))
		obeyed(t, toDriver("meta", "null", name, `""`))
	}
}

// A stop passes, whatever is wrong with it.
func TestAStopPasses(t *testing.T) {
	for _, m := range []DriverMessage{
		toDriver("command", `"nosuch"`, "halt", `{"Q":1}`), toDriver("command", "null", "M112", `{"X":1}`), toDriver("meta", `"nosuch"`, "clear_queue", "5"),
	} {
		m.Commands = append(m.Commands, []byte(`"home"`))
		obeyed(t, m)
	}
}

// Nothing that otone obeys is refused.
func TestWhatOToneObeysPasses(t *testing.T) {
	var verbs []string
	for _, row := range lines(t, "otone.txt") {
		verb, data, _ := strings.Cut(row, " ")
		verbs = append(verbs, verb)
		if data == "fails" {
			for _, any := range []string{"", "null", `{"axis":"a"}`, "1", `"x"`} {
				if e := CheckOTone(verb, []byte(any)); e == nil || e.Unknown {
					t.Errorf("%s %s, which never works, got %v", verb, any, e)
				}
			}
			continue
		}
		if e := CheckOTone(verb, []byte(strings.TrimPrefix(data, "-"))); e != nil {
			t.Errorf("otone obeys %s, which is refused: %s", row, e.Text)
		}
	}
	var known []string
	for _, v := range OToneVerbs {
		known = append(known, v.Name)
	}
	if verbs = slices.Compact(verbs); !slices.Equal(verbs, known) {
		t.Errorf("the sources have the verbs\n%q, the table\n%q", verbs, known)
	}
}
