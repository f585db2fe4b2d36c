package simulator

import (
	"encoding/json"
	"strings"
)

// Command is a message that arrived on com.opentrons.driver, whatever became
// of it. The fields are as far as they could be read; Payload is the whole
// text as it came.
type Command struct {
	From      string
	To        string
	SessionID string
	Type      string          // "command" or "meta"
	Name      string          // data.name
	Command   string          // the first key of data.message, or the string itself
	Param     json.RawMessage // its value, byte for byte; nil if the message is a string
	Payload   string
}

func newCommand(payload string) Command {
	c := Command{Payload: payload}
	envelope, ok := parseObject([]byte(payload))
	if !ok {
		return c
	}
	field := func(o object, key string) string {
		value, _ := o.get(key)
		s, _ := text(value)
		return s
	}
	c.From, c.To = field(envelope, "from"), field(envelope, "to")
	c.SessionID, c.Type = field(envelope, "sessionID"), field(envelope, "type")
	data, _ := envelope.get("data")
	inner, _ := splitObject(data)
	c.Name = field(inner, "name")
	var r request
	r.message, _ = inner.get("message")
	c.Command, c.Param, _ = r.command()
	return c
}

// isRelaysQuestion tells the relay's own question how the board stands, which comes
// when the relay thinks fit, from what clients send. A record of it would be in the
// way of whoever counts that.
func isRelaysQuestion(payload string) bool {
	return strings.Contains(payload, `"sessionID": "com.opentrons.tcpRelay"`) && strings.Contains(payload, `{"flow": ""}`)
}

// record keeps the latest payloads, up to a limit.
type record struct {
	limit   int
	kept    []string
	arrived int // all of them, kept or not
}

func (r *record) add(payload string) {
	r.arrived++
	if r.limit <= 0 {
		return
	}
	if len(r.kept) == 2*r.limit {
		r.kept = append(r.kept[:0], r.kept[r.limit:]...)
		clear(r.kept[len(r.kept):cap(r.kept)])
	}
	r.kept = append(r.kept, payload)
}

// latest are those kept; not to be changed.
func (r *record) latest() []string {
	if len(r.kept) > r.limit && r.limit > 0 {
		return r.kept[len(r.kept)-r.limit:]
	}
	return r.kept
}
