package wire

import (
	"slices"

	"rawtcpcom/relay/rawjson"
)

// boardVerbs are the verbs of otone that end in lines for its motor board.
var boardVerbs = []string{"home", "move", "step", "raw", "speed", "movePipette", "movePlunger", "instructions", "infinity"}

// ForBoard reports whether a message for otone needs its motor board, and whether
// the board has to be given a line for it at once, whatever else it is at:
// "home" begins with a halt.
func ForBoard(m Message) (needs, atOnce bool) {
	verb, _ := rawjson.Text([]byte(m.Type))
	if !slices.Contains(boardVerbs, string(verb)) {
		return false, false
	}
	if string(verb) == "home" {
		_, data, _ := splitOTone(m.Data)
		atOnce = len(data) > 0 && data[0] == '{'
	}
	return true, atOnce
}

// OToneReply takes apart what otone says. typ is empty where it is no message, or
// none with a type.
func OToneReply(payload []byte) (typ string, data []byte) {
	err := rawjson.Members(payload, func(key, value []byte) bool {
		switch string(key) {
		case `"type"`:
			text, _ := rawjson.Text(value)
			typ = string(text)
		case `"data"`:
			data = value
		}
		return true
	})
	if err != nil {
		return "", nil
	}
	return typ, data
}
