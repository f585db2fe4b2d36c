package simulator

import (
	"testing"
)

func TestRepliesToACommand(t *testing.T) {
	r := newRig(t, true)
	wantReplies(t, r.do(`{"home": ""}`), empty, stat0, empty)
	wantReplies(t, r.do(`{"feedback_on": "true"}`), stat0, empty)
	wantReplies(t, r.do(`{"home": ""}`), stat0, empty)
	wantReplies(t, r.do(`"home"`), stat0, empty)
	wantReplies(t, r.do(`{"M112": ""}`), stat0, empty)
	wantReplies(t, r.do(`"G28"`), stat0, empty)
	wantReplies(t, r.do(`{"positions": ""}`),
		`frontend driver {"adj_pos": {"X": 0.5, "Y": 0.5, "Z": 0.0, "A": 0.1, "B": 0.1, "C": 0.0}}`,
		`frontend driver {"pos": {"X": 0.0, "Y": 0.0, "Z": 0.0, "A": 0.0, "B": 0.0, "C": 0.0}}`, stat0, empty)
	wantReplies(t, r.do(`{"feedback_off": "true"}`), empty, stat0, empty)
}

// TestLines: what a command becomes for the board, or that it is dropped.
func TestLines(t *testing.T) {
	for _, c := range []struct{ message, line string }{
		{`{"move_to": {"Y": 12.5, "X": 100}}`, "G90 G0 Y12.5 X100"},
		{`{"move_to":{"X":"1.50","Z":2.50}}`, "G90 G0 X1.50 Z2.50"},
		{`{"move": {"Z": -3}}`, "G91 G0 Z-3"},
		{`{"move": {"Z": 1e1}}`, "G91 G0 Z1e1"},
		{`{"linear_move": {"": "F300", "X": 1}}`, "G1 F300 X1"},
		{`{"home": {"X": "true", "B": true}}`, "G28 Xtrue BTrue"},
		{`{"home": {"C": "true"}}`, "G28"}, // no parameter of the driver's: all axes
		{`{"home": "X"}`, "G28"},
		{`{"speed": 300}`, "F"}, // the driver has no way to pass the speed
		{`{"acceleration": {"S": 1, "X": 2}}`, "M204 S1"},
		{`{"home": "", "halt": ""}`, "G28"}, // the first key alone
		{`{"halt": "", "home": ""}`, "M112"},
		{`{"\u0068ome": ""}`, "G28"},
		{`"G91 G0"`, "G91 G0"},
		{`{"M999": {}}`, "M999"},
		{`{"nothing": {"a": 5}}`, " a5"},
		{`""`, ""}, // the code of "nothing"

		{`{"nosuchcommand": ""}`, "-"},
		{`{"HOME": ""}`, "-"},
		{`{}`, "-"},
		{`[]`, "-"},
		{`5`, "-"},
		{`null`, "-"},
		{`{"G28": {"X": 1}}`, "-"},
		{`{"move_to": {"X": "left"}}`, "-"},
		{`{"move_to": {"Y": 1, "X": null}}`, "-"},
		{`{"move": {"X": {"Y": 1}}}`, "-"},
	} {
		r := newRig(t, true)
		line := "-"
		if r.do(c.message); r.d.current.from.name == "me" {
			line = r.d.current.line
		}
		if line != c.line {
			t.Errorf("%s: the board got %q, want %q", c.message, line, c.line)
		}
	}
}

// TestUnreadable: what the driver drops without a word.
func TestUnreadable(t *testing.T) {
	for _, payload := range []string{
		``, `x`, `null`, `[]`, `"home"`, `{}`, `{"type": "command"}`,
		`{"type": "command", "from": "me", "sessionID": "me", "data": "home"}`,
		`{"type": "command", "from": "me", "sessionID": "me", "data": {"name": "smoothie"}}`,
		`{"type": "command", "from": "me", "sessionID": "me", "data": {"message": {"home": ""}}}`,
		`{"type": "command", "from": ["me"], "sessionID": "me", "data": {"name": "smoothie", "message": {"home": ""}}}`,
		`{"type": ["command"], "from": "me", "sessionID": "me", "data": {"name": "smoothie", "message": {"home": ""}}}`,
		`{"type": "command", "from": "me", "sessionID": "me", "data": {"name": ["smoothie"], "message": {"home": ""}}}`,
		`{"type": "command", "from": "me", "data": {"name": "smoothie", "message": {"home": ""}}}`,
		`{"type": "command", "from": "me", "sessionID": "me", "data": {"name": "smoothie", "message": {"move_to": {"X": NaN}}}}`,
		says("me", "handshake", "smoothie", `{"home": ""}`),
		says("me", "command", "smoothie", `{"halt":}`),
		"{\"type\": \"command\", \"from\": \"\xff", "\x00",
	} {
		r := newRig(t, true)
		wantReplies(t, briefs(r.dispatch(payload)))
		wantReplies(t, r.do(`{"home": ""}`), empty, stat0, empty)
	}
}

func TestUnknownDriver(t *testing.T) {
	r := newRig(t, true)
	wantReplies(t, briefs(r.dispatch(says("me", "command", "nosuch", `{"home": ""}`))),
		`me driver {"error": [null, null, null]}`)
	wantReplies(t, briefs(r.dispatch(says("", "command", "nosuch", `{"home": ""}`))),
		`frontend driver {"error": [null, null, null]}`)
	wantReplies(t, briefs(r.dispatch(says("stranger", "command", "nosuch", `{"home": ""}`))))
}

// TestUnknownID: a client without a slot moves the robot, and is told nothing
// in private.
func TestUnknownID(t *testing.T) {
	r := newRig(t, true)
	replies := r.dispatch(commands("stranger", `{"move_to": {"X": 5}}`))
	wantReplies(t, briefs(replies), stat0)
	want := `{"time": "TIME", "type": "driver", "to": "stranger", "from": "DRIVER", "sessionID": "stranger", "data": {"name": "smoothie", "message": {"stat": 0}}}`
	if got := timeless(replies[0].payload, "DRIVER"); got != want {
		t.Errorf("got %s", got)
	}
	r.wantPosition("X", 5)
	wantReplies(t, briefs(r.dispatch(says("stranger", "meta", "smoothie", `{"flow": ""}`))))
}

// TestSessionUnlikeID: who gives another session than its id gets stat twice.
func TestSessionUnlikeID(t *testing.T) {
	r := newRig(t, true)
	replies := r.dispatch(`{"type": "command", "from": "me", "sessionID": 5, "data": {"name": "smoothie", "message": {"home": ""}}}`)
	wantReplies(t, briefs(replies), empty, stat0, `me driver {"stat": 0}`, empty)
	want := `{"time": "TIME", "type": "queue", "to": "me", "from": "DRIVER", "sessionID": 5, "data": {"name": "driver", "message": {"result": "empty"}}}`
	if got := timeless(replies[0].payload, "DRIVER"); got != want {
		t.Errorf("got %s", got)
	}
}

// TestNamesOfTopics: the driver takes a client called "frontend" for the topic.
func TestNamesOfTopics(t *testing.T) {
	r := newRig(t, true)
	wantReplies(t, briefs(r.dispatch(says("labware", "meta", "smoothie", `{"drivers": ""}`))),
		`labware driver {"drivers": ["smoothie"]}`)
}

// TestAttribution: feedback goes to whoever sent last, not to whose motion it is.
func TestAttribution(t *testing.T) {
	r := newRig(t, false)
	r.d.handshake(extends("you"), r.now)
	wantReplies(t, r.do(`{"move": {"X": 10}}`), empty, stat1, empty)
	wantReplies(t, briefs(r.dispatch(commands("you", `{"absolute": ""}`))), `you queue {"result": "empty"}`)
	r.now = r.now.Add(second)
	replies := r.d.tick(r.now)
	wantReplies(t, briefs(replies), stat0, `you queue {"result": "empty"}`, stat0, `you queue {"result": "empty"}`)
	o, _ := parseObject([]byte(replies[0].payload))
	if to, _ := o.get("to"); string(to) != `"you"` {
		t.Errorf("the end of my motion was told to %s", to)
	}
}
