package wire

import (
	"bytes"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"rawtcpcom/relay/rawjson"
)

// maxDepth bounds the nesting of a message: Python's decoder gives up near a
// thousand, in silence, and no real message passes ten.
const maxDepth = 100

// Bounds of what nobody needs to be large, in bytes. A stop has room reserved
// for it wherever others wait, and so has to be small.
const (
	MaxStop = 4 << 10 // of a stop's type and data
	maxType = 256
)

// Message is what a client asked to be published.
type Message struct {
	Topic string // the full name
	Type  string // raw JSON string, in its quotes
	Data  []byte // raw JSON object: what is published of the message

	Command    bool // for the robot to carry out; it may move it
	Queued     bool // takes its turn in the driver's queue, where feedback comes of it later
	Halt       bool // the robot's software stop
	ClearQueue bool // the robot is to forget what it has queued

	Effect Effect  // what it has to do with the robot's halt
	Course *Course // and with the driver's directions; nil for nothing, and with -check off
}

// Urgent reports whether the message passes ahead of its sender's backlog.
func (m Message) Urgent() bool { return m.Halt || m.ClearQueue }

// Begin is how what is published of it begins, for an error line that comes later.
// It keeps no more than that in memory.
func (m Message) Begin() []byte {
	if len(m.Data) <= ReceivedSize {
		return m.Data
	}
	return bytes.Clone(m.Data[:ReceivedSize])
}

// Rules are the parts of the check that can be set.
type Rules struct {
	AllowDangerousMeta bool // let through the meta commands that break the driver
	CheckKnown         bool // refuse what the known software would drop or mistake
}

// fields are the members of a client's message, raw; nil where missing.
type fields struct {
	topic, typ, data, name, message, param []byte
}

// Parse checks one frame of a client and makes it a Message, which does not
// refer to the frame's memory.
func Parse(frame []byte, rules Rules) (Message, *Error) {
	if e := checkText(frame); e != nil {
		return Message{}, e
	}
	if !json.Valid(frame) {
		repaired := repairHalt(frame)
		if repaired == nil {
			return Message{}, syntaxError(frame)
		}
		frame = repaired
	}
	if tooDeep(frame) {
		return Message{}, errorf(BadMessage, "the message is nested deeper than %d", maxDepth)
	}
	f, e := split(frame)
	if e != nil {
		return Message{}, e
	}
	name, ok := rawjson.Text(f.topic)
	if !ok && f.topic == nil && f.typ != nil && f.name == nil && f.message == nil {
		return Message{}, errorf(BadMessage, `"topic" is missing; use driver, labware, bootstrapper or frontend (a message of "type" and "data" alone is for a robot with otone_backend, and a relay with -backend otone)`)
	}
	if !ok {
		return Message{}, errorf(BadMessage, `"topic" is missing or not a string; use driver, labware, bootstrapper or frontend`)
	}
	topic, e := resolveTopic(string(name))
	if e != nil {
		return Message{}, e
	}
	if _, e := checkType(f.typ, "command"); e != nil {
		return Message{}, e
	}
	m := Message{Topic: topic, Type: string(f.typ)}
	if m.Data, e = data(f); e != nil {
		return Message{}, e
	}
	if topic == Driver.Topic() {
		if e := m.checkDriver(rules); e != nil {
			return Message{}, e
		}
	}
	if e := m.checkStop(); e != nil {
		return Message{}, e
	}
	return m, nil
}

// checkType returns the text of a message's type.
func checkType(raw []byte, example string) (text []byte, e *Error) {
	if len(raw) > maxType {
		return nil, errorf(BadMessage, `"type" is longer than %d bytes; it is a word such as %q`, maxType, example)
	}
	text, ok := rawjson.Text(raw)
	if !ok || len(text) == 0 {
		return nil, errorf(BadMessage, `"type" is missing or not a string, e.g. %q`, example)
	}
	return text, nil
}

// checkStop refuses a stop that is no small one.
func (m *Message) checkStop() *Error {
	if m.Urgent() && len(m.Type)+len(m.Data) > MaxStop {
		return errorf(TooLarge, "a stop of more than %d bytes was not sent, so the robot is not stopped; send the stop alone, without parameters", MaxStop)
	}
	return nil
}

// checkText refuses what is no line of text.
func checkText(frame []byte) *Error {
	switch {
	case bytes.ContainsAny(frame, "\n\r"): // package frame gives no such frame
		return errorf(BadJSON, "the message is broken over several lines; send it on one")
	case !utf8.Valid(frame):
		return errorf(BadJSON, "the message holds bytes that are not UTF-8%s", notUTF8(frame))
	}
	return nil
}

// split takes the message apart. A key given twice is refused: the relay and
// the driver could each believe another one.
func split(frame []byte) (f fields, e *Error) {
	slots := []struct {
		key string
		raw *[]byte
	}{{"topic", &f.topic}, {"type", &f.typ}, {"data", &f.data}, {"name", &f.name}, {"message", &f.message}, {"param", &f.param}}
	_ = rawjson.Members(frame, func(key, value []byte) bool {
		k, _ := rawjson.Text(key)
		for _, slot := range slots {
			if slot.key != string(k) {
				continue
			}
			if *slot.raw != nil {
				e = errorf(BadMessage, "%q is there twice", slot.key)
				return false
			}
			*slot.raw = value
			break
		}
		return true
	})
	return f, e
}

// data copies the enveloped form's data, or builds it from the flat form.
func data(f fields) ([]byte, *Error) {
	if f.data != nil {
		if f.data[0] != '{' {
			return nil, errorf(BadMessage, `"data" is not an object`)
		}
		return bytes.Clone(f.data), nil
	}
	for _, field := range []struct {
		key string
		raw []byte
	}{{"name", f.name}, {"message", f.message}, {"param", f.param}} {
		if field.raw == nil {
			return nil, errorf(BadMessage, `%q is missing; a flat message has "topic", "type", "name", "message" and "param" (null for none), an enveloped one has "data"`, field.key)
		}
	}
	name := orNull(f.name, `"None"`)
	message := orNull(f.message, `""`)
	param := orNull(f.param, `""`)
	if name[0] != '"' || message[0] != '"' {
		return nil, errorf(BadMessage, `"name" and "message" must each be a string or null`)
	}
	d := make([]byte, 0, len(name)+len(message)+len(param)+32)
	d = append(d, `{"name": `...)
	d = append(d, name...)
	d = append(d, `, "message": {`...)
	d = append(d, message...)
	d = append(d, `: `...)
	d = append(d, param...)
	return append(d, `}}`...), nil
}

func orNull(raw []byte, substitute string) []byte {
	if string(raw) == "null" {
		return []byte(substitute)
	}
	return raw
}

func tooDeep(frame []byte) bool {
	if bytes.Count(frame, []byte{'{'})+bytes.Count(frame, []byte{'['}) <= maxDepth {
		return false
	}
	depth := 0
	for i := 0; i < len(frame); i++ {
		switch frame[i] {
		case '"':
			i = rawjson.SkipString(frame, i) - 1
		case '{', '[':
			if depth++; depth > maxDepth {
				return true
			}
		case '}', ']':
			depth--
		}
	}
	return false
}

// isOneOf reports whether the raw string is one of the words.
func isOneOf(raw []byte, words ...string) bool {
	s, ok := rawjson.Text(raw)
	return ok && slices.Contains(words, string(s))
}
