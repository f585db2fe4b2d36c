package commands

import (
	"fmt"
	"unicode/utf8"

	"rawtcpcom/relay/rawjson"
)

// Complaint says what the robot's software would not carry out as it is written.
type Complaint struct {
	Unknown bool   // there is no such command; otherwise an argument is at fault
	Text    string // for a person: what is wrong, and what to do
}

func unknown(format string, args ...any) *Complaint {
	return &Complaint{Unknown: true, Text: fmt.Sprintf(format, args...)}
}

func wrong(format string, args ...any) *Complaint {
	return &Complaint{Text: fmt.Sprintf(format, args...)}
}

// own is what to do about a command that the relay does not know and the robot does.
const own = " For a robot with commands of its own, start the relay with -check off"

// longest is how much of a name or value a complaint repeats, in bytes.
const longest = 40

// shown is raw JSON for a sentence: as it is written, cut if it is long.
func shown(raw []byte) string {
	if len(raw) <= longest {
		return string(raw)
	}
	cut := longest
	for cut > 0 && !utf8.RuneStart(raw[cut]) {
		cut--
	}
	return string(raw[:cut]) + "..."
}

// word is the text of a JSON string, or nil.
func word(raw []byte) []byte {
	text, _ := rawjson.Text(raw)
	return text
}
