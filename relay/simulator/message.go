package simulator

import (
	"encoding/json"
	"time"
)

// Topics of the 2016 stack that the driver knows by an alias.
const (
	topicPrefix    = "com.opentrons."
	driverTopic    = topicPrefix + "driver"
	handshakeTopic = topicPrefix + "driver_handshake"
	frontendTopic  = topicPrefix + "frontend"
)

// topicOf gives the topic for an alias. The driver looks a reply's topic up
// here before it looks among its clients, so a client that calls itself
// "frontend" is answered there.
func topicOf(alias string) (string, bool) {
	switch alias {
	case "frontend", "driver", "labware", "bootstrapper":
		return topicPrefix + alias, true
	}
	return "", false
}

// ident is a client's id or session id as it came: nearly always a string, but
// the driver never checks.
type ident struct {
	name string // the string, if it is one
	json string // the value as json.dumps writes it
}

func newIdent(name string) ident { return ident{name, pythonString(name)} }

func parseIdent(raw json.RawMessage) ident {
	if s, ok := text(raw); ok {
		return newIdent(s)
	}
	return ident{json: string(raw)}
}

// empty reports whether the id is the empty string.
func (i ident) empty() bool { return i.json == `""` }

// hashable reports whether Python can look the value up in a dictionary; the
// driver drops a message at the first list or object it tries to.
func hashable(raw json.RawMessage) bool {
	return len(raw) > 0 && raw[0] != '{' && raw[0] != '['
}

// request is one message on the driver's topic, as far as the driver reads it.
type request struct {
	typ     string
	from    ident
	session ident
	name    string // data.name; empty if it is no string
	message json.RawMessage
}

// parseRequest reports false where the driver drops the message without a word.
func parseRequest(payload []byte) (request, bool) {
	envelope, ok := parseObject(payload)
	if !ok {
		return request{}, false
	}
	typ, _ := envelope.get("type")
	from, _ := envelope.get("from")
	session, okSession := envelope.get("sessionID")
	data, okData := envelope.get("data")
	if !hashable(typ) || !hashable(from) || !okSession || !okData {
		return request{}, false
	}
	inner, ok := splitObject(data)
	if !ok {
		return request{}, false
	}
	name, _ := inner.get("name")
	message, okMessage := inner.get("message")
	if !hashable(name) || !okMessage {
		return request{}, false
	}
	r := request{from: parseIdent(from), session: parseIdent(session), message: message}
	r.typ, _ = text(typ)
	r.name, _ = text(name)
	return r, true
}

// command returns the command and its parameter: the first key of the message
// and its value, or the message itself if it is a string (param is then nil).
func (r request) command() (name string, param json.RawMessage, ok bool) {
	if name, ok := text(r.message); ok {
		return name, nil, true
	}
	o, ok := splitObject(r.message)
	if !ok || len(o) == 0 {
		return "", nil, false
	}
	return o[0].key, o[0].value, true
}

// reply is one event for the robot to publish.
type reply struct {
	topic   string
	payload string
	value   any // the argument, where it is no string
}

func (r reply) argument() any {
	if r.value != nil {
		return r.value
	}
	return r.payload
}

// envelope writes a message of the driver with the keys in its order. value is
// JSON.
func envelope(now time.Time, driver, typ string, to, session ident, name, key, value string) string {
	b := make([]byte, 0, 256+len(value))
	b = append(b, `{"time": "`...)
	b = appendPythonTime(b, now)
	b = append(b, `", "type": `...)
	b = appendPythonString(b, typ)
	b = append(b, `, "to": `...)
	b = append(b, to.json...)
	b = append(b, `, "from": `...)
	b = appendPythonString(b, driver)
	b = append(b, `, "sessionID": `...)
	b = append(b, session.json...)
	b = append(b, `, "data": {"name": `...)
	b = appendPythonString(b, name)
	b = append(b, `, "message": {`...)
	b = appendPythonString(b, key)
	b = append(b, `: `...)
	b = append(b, value...)
	b = append(b, `}}}`...)
	return string(b)
}
