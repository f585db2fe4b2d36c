package wire

import (
	"bytes"
	"slices"
	"strings"

	"rawtcpcom/relay/rawjson"
)

// Effect is what a message has to do with the robot's halt. A halted robot takes
// whatever it is sent, says the same as after a command that was carried out, and
// does nothing (relay/wire/README.md, "A halted robot").
type Effect int

const (
	Obeyed  Effect = iota // halted or not: a question, or something that is not for the motor board
	Halts                 // from here on the robot is halted
	Resets                // from here on it is not
	Dropped               // in silence, by a robot that is halted
)

// haltCode and resetCode are the G-codes of a halt and of what ends it. The word
// reset, which is no G-code, starts the motor board anew.
const (
	haltCode  = "M112"
	resetCode = "M999"
	resetWord = "reset"
)

// driverEffect is that of a command of the driver. Those that the relay does not
// know count as ones for the motor board, as driverQuestions says.
func driverEffect(command []byte) Effect {
	name, _ := rawjson.Text(command)
	switch string(name) {
	case "halt", haltCode:
		return Halts
	case "reset_from_halt", resetCode, resetWord:
		return Resets
	}
	if slices.Contains(driverQuestions, string(name)) {
		return Obeyed
	}
	return Dropped
}

// offBoard are the verbs of otone that its motor board has no part in. Its stop and
// its reset fail, and so are among them. A verb that the relay does not know
// counts as one for the board.
var offBoard = append([]string{
	"stop", "reset", "eraseJob", "pauseJob", "connectPort",
	"calibratePipette", "calibrateContainer", "saveVolume", "createDeck", "configureHead", "containerDepthOverride",
	"update", "wifimode", "wifiscan", "hostname", "poweroff", "reboot", "shareinet", "restart",
}, questions...)

// boardQuestions are the G-codes that a halted board still answers.
var boardQuestions = []string{"M114", "M119"}

func otoneEffect(verb string, data []byte) Effect {
	switch {
	case slices.Contains(offBoard, verb):
		return Obeyed
	case verb == "home" && len(data) > 0 && string(data) != "null":
		return Resets // it begins with a halt and a reset
	case (verb == "instructions" || verb == "infinity") && len(data) > len("[]") && string(data) != "null":
		return Resets // a job homes first
	case verb == "raw":
		text, _ := rawjson.Text(data)
		return boardEffect(string(text))
	}
	return Dropped
}

// boardEffect is that of a line for the motor board: of several words that halt
// and reset it, the last one counts.
func boardEffect(line string) Effect {
	words := strings.Fields(line)
	for _, word := range slices.Backward(words) {
		switch word {
		case haltCode:
			return Halts
		case resetCode, resetWord:
			return Resets
		}
	}
	if len(words) == 1 && slices.Contains(boardQuestions, words[0]) {
		return Obeyed
	}
	return Dropped
}

// Overheard is what somebody else's message to the driver has to do with its halt.
// One that the driver cannot read does nothing.
func Overheard(payload []byte) Effect {
	r, err := ParseReply(payload)
	if err != nil || string(r.Type) != "command" {
		return Obeyed
	}
	name, command, params, ok := overheardCommand(r)
	if !ok || !driverTakes(name, command, params) {
		return Obeyed // the driver drops it
	}
	return driverEffect(command)
}

// OverheardClear reports whether somebody else's message has the driver drop what it has
// queued, and as whom he gives himself, empty where he does not.
func OverheardClear(payload []byte) (from string, clears bool) {
	if !bytes.Contains(payload, []byte(`queue`)) && !bytes.Contains(payload, []byte(`\u`)) {
		return "", false // for speed
	}
	r, err := ParseReply(payload)
	if err != nil || string(r.Type) != "meta" {
		return "", false
	}
	name, command, _, ok := overheardCommand(r)
	return string(r.From), ok && isOneOf(command, "clear_queue") && driverTakes(name, command, nil)
}

// overheardCommand is the first command in somebody else's message to the driver, which
// carries out that one; raw.
func overheardCommand(r Reply) (name, command, params []byte, ok bool) {
	var message []byte
	_ = rawjson.Members(r.data, func(key, value []byte) bool {
		switch string(key) {
		case `"name"`:
			name = value
		case `"message"`:
			message = value
		}
		return true
	})
	if message == nil {
		return nil, nil, nil, false
	}
	names, params, _ := commandsOf(message)
	if len(names) == 0 {
		return nil, nil, nil, false
	}
	return name, names[0], params, true
}

// BoardEffect reads what otone tells everybody that it gave its motor board, and
// returns what that has to do with the halt; Obeyed where payload is about something
// else.
func BoardEffect(payload []byte) (effect Effect) {
	if !bytes.Contains(payload, []byte(haltCode)) && !bytes.Contains(payload, []byte(resetCode)) && !bytes.Contains(payload, []byte(resetWord)) {
		return Obeyed // for speed
	}
	if line, given := bytes.CutPrefix(boardLine(payload), []byte("-->")); given {
		return boardEffect(string(line))
	}
	return Obeyed
}

// boardLine is the line to or from the motor board that payload tells of, nil where
// it tells of none.
func boardLine(payload []byte) (line []byte) {
	r, err := ParseReply(payload)
	if err != nil || string(r.Type) != "smoothie" {
		return nil
	}
	_ = rawjson.Members(r.data, func(key, value []byte) bool {
		if string(key) == `"string"` {
			line, _ = rawjson.Text(value)
		}
		return true
	})
	return line
}
