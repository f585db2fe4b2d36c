package wire

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"rawtcpcom/relay/rawjson"
)

// OTone is the one service of the otone backend (relay/wire/README.md, "The
// otone backend").
const OTone Service = "robot"

// Topics of the otone backend.
const (
	BrowserToRobot = Prefix + "browser_to_robot"
	RobotToBrowser = Prefix + "robot_to_browser"
	BrowserReady   = Prefix + "browser_ready"
	RobotReady     = Prefix + "robot_ready"
)

// What stops a robot with otone_backend: EraseJob drops what is queued, RawHalt
// gives the motor board its halt, past every queue in the releases from 18
// July 2016 on, after the motion under way in those before. The verb "stop"
// would be meant for it, but its handler fails in the published software.
const (
	EraseJob  = `{"type": "eraseJob"}`
	ListPorts = `{"type": "listPorts"}`
	RawHalt   = `{"type": "raw", "data": "` + haltCode + `"}`
)

// ParseOTone checks one frame of a client for the otone backend and makes it a
// Message whose Data is the whole of it, byte for byte: there is nothing to add
// to {"type","data"}. It does not refer to the frame's memory.
func ParseOTone(frame []byte) (Message, *Error) { return parseOTone(frame, Rules{}) }

func parseOTone(frame []byte, rules Rules) (Message, *Error) {
	if e := checkText(frame); e != nil {
		return Message{}, e
	}
	if !json.Valid(frame) {
		return Message{}, syntaxError(frame)
	}
	if tooDeep(frame) {
		return Message{}, errorf(BadMessage, "the message is nested deeper than %d", maxDepth)
	}
	typ, data, e := splitOTone(frame)
	if e != nil {
		return Message{}, e
	}
	verb, e := checkType(typ, "home")
	if e != nil {
		return Message{}, e
	}
	m := Message{Topic: BrowserToRobot, Type: string(typ)}
	putRight := false // as a halt alone
	switch string(verb) {
	case "stop":
		m.Halt, putRight = true, rules.CheckKnown // the published software fails on it
	case "reset":
		m.Halt = true
	case "eraseJob":
		m.ClearQueue = true
	case "raw":
		line, _ := rawjson.Text(data)
		m.Halt = boardEffect(string(line)) == Halts
		putRight = m.Halt && strings.TrimSpace(string(line)) != haltCode // a stop passes all that waits: nothing else may come with it
	case "move", "step":
		e = checkLocations(data)
	}
	if e == nil && !m.Halt {
		e = checkValues(data)
	}
	if e != nil {
		return Message{}, e
	}
	if e := rules.checkOTone(m, string(verb), data); e != nil {
		return Message{}, e
	}
	m.Command = !m.Urgent() && !slices.Contains(questions, string(verb))
	m.Effect = otoneEffect(string(verb), data)
	m.Data = bytes.Clone(frame)
	if putRight {
		m.Effect, m.Data = Halts, []byte(RawHalt)
	}
	if e := m.checkStop(); e != nil {
		return Message{}, e
	}
	return m, nil
}

// questions are the verbs that only ask. A verb that the relay does not know
// counts as one that moves.
var questions = []string{"getCalibrations", "getContainers", "listPorts"}

// splitOTone takes the message apart. A member that the robot does not read is
// refused rather than lost, and so is a member given twice, of which the relay
// and the robot could each believe another one.
func splitOTone(frame []byte) (typ, data []byte, e *Error) {
	_ = rawjson.Members(frame, func(key, value []byte) bool {
		slot := &data
		switch k, _ := rawjson.Text(key); string(k) {
		case "type":
			slot = &typ
		case "data":
		default:
			e = errorf(BadMessage, `%s does not belong in a message for this robot, which is {"type": ...} or {"type": ..., "data": ...}; the driver's messages are for a relay with -backend driver`, clip(string(key)))
			return false
		}
		if *slot != nil {
			e = errorf(BadMessage, "%s is there twice", key)
			return false
		}
		*slot = value
		return true
	})
	return typ, data, e
}

// checkLocations refuses axes with no place to move to in a location or a list
// of them. The robot stumbles over a null, a list or an object, or takes it for 0.
func checkLocations(data []byte) (e *Error) {
	if len(data) == 0 {
		return nil
	}
	if data[0] == '[' {
		_ = rawjson.Elements(data, func(location []byte) bool {
			e = checkLocation(location)
			return e == nil
		})
		return e
	}
	return checkLocation(data)
}

func checkLocation(location []byte) (e *Error) {
	_ = rawjson.Members(location, func(key, value []byte) bool {
		k, _ := rawjson.Text(key)
		if len(k) == 1 && strings.Contains("xyzabcXYZABC", string(k)) && !finite(value) {
			e = noPlace(key, value)
		}
		return e == nil
	})
	return e
}

// checkValues refuses numbers too large to be told from infinity, and texts
// that Python reads as NaN or infinity, wherever they stand.
func checkValues(value []byte) (e *Error) {
	if len(value) == 0 {
		return nil
	}
	switch value[0] {
	case '{':
		_ = rawjson.Members(value, func(key, value []byte) bool {
			if e = checkValues(value); e != nil && value[0] != '{' && value[0] != '[' {
				e = noPlace(key, value)
			}
			return e == nil
		})
	case '[':
		_ = rawjson.Elements(value, func(value []byte) bool {
			e = checkValues(value)
			return e == nil
		})
	default:
		word := trimmed(value)
		if len(word) == 0 || bytes.IndexByte([]byte("+-.0123456789iInN"), word[0]) < 0 {
			return nil
		}
		if v, _ := strconv.ParseFloat(string(word), 64); math.IsInf(v, 0) || math.IsNaN(v) {
			return noPlace([]byte("a value"), value)
		}
	}
	return e
}

func noPlace(key, value []byte) *Error {
	return errorf(Refused, "%s is %s, which is no place to move to; write a number, or leave it out", clip(string(key)), clip(string(value)))
}
