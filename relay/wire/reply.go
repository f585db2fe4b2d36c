package wire

import (
	"bytes"
	"encoding/json"
	"fmt"

	"rawtcpcom/relay/rawjson"
)

// Reply is what the relay needs to know of a message from the robot's side.
// The slices refer to the payload.
type Reply struct {
	Type, To, From []byte // empty where missing or not a string
	SessionID      []byte // likewise; of an answer, that of the question
	Name           []byte // data.name
	Result         []byte // data.message.result

	data []byte
}

// feedbackSize is what the "data" of a stat or of an empty queue stays below, in
// bytes; the driver's own have half as many.
const feedbackSize = 128

// Feedback reads how far the driver has come: stat is the board's, 0 for ready,
// and nil where the reply is none; empty says that the driver's queue is.
func (r Reply) Feedback() (stat []byte, empty bool) {
	if len(r.data) > feedbackSize {
		return nil, false
	}
	if string(r.Type) == "queue" {
		_, result := resultOf(r.data)
		return nil, string(result) == "empty"
	}
	if !bytes.Contains(r.data, []byte(`"stat"`)) {
		return nil, false // for speed: most lines of the driver have none
	}
	_ = rawjson.Members(r.data, func(key, value []byte) bool {
		if string(key) == `"message"` {
			_ = rawjson.Members(value, func(key, value []byte) bool {
				if string(key) == `"stat"` {
					stat = value
				}
				return true
			})
		}
		return true
	})
	return stat, false
}

// Handshake is the service that this reply shakes hands for, if it is an
// answer to "extend": type handshake, data.name a service, and a result.
// Anything else, the list of ids included, is an ordinary reply.
func (r Reply) Handshake() (s Service, ok bool) {
	if string(r.Type) != "handshake" || len(r.Result) == 0 {
		return "", false
	}
	for _, s := range Services {
		if string(s) == string(r.Name) {
			return s, true
		}
	}
	return "", false
}

// ParseReply reads the envelope of a payload. It is as forgiving as it can
// be, since what the driver says is to reach its client even when it is odd;
// the error means that not even the outer object could be read.
func ParseReply(payload []byte) (Reply, error) {
	var r Reply
	err := rawjson.Members(payload, func(key, value []byte) bool {
		switch string(key) {
		case `"type"`:
			r.Type, _ = rawjson.Text(value)
		case `"to"`:
			r.To, _ = rawjson.Text(value)
		case `"from"`:
			r.From, _ = rawjson.Text(value)
		case `"sessionID"`:
			r.SessionID, _ = rawjson.Text(value)
		case `"data"`:
			r.data = value
		}
		return true
	})
	if err != nil {
		return Reply{}, fmt.Errorf("reading a message from the robot: %w", err)
	}
	if string(r.Type) == "handshake" {
		r.Name, r.Result = resultOf(r.data)
	}
	return r, nil
}

func resultOf(data []byte) (name, result []byte) {
	_ = rawjson.Members(data, func(key, value []byte) bool {
		switch string(key) {
		case `"name"`:
			name, _ = rawjson.Text(value)
		case `"message"`:
			_ = rawjson.Members(value, func(key, value []byte) bool {
				if string(key) == `"result"` {
					result, _ = rawjson.Text(value)
				}
				return true
			})
		}
		return true
	})
	return name, result
}

// Line makes a payload one line. One that is a line already stays as it is,
// byte for byte; a pretty-printed one is compacted.
func Line(payload []byte) []byte {
	payload = bytes.Trim(payload, " \t\r\n")
	if bytes.IndexByte(payload, '\n') < 0 && bytes.IndexByte(payload, '\r') < 0 {
		return payload
	}
	var b bytes.Buffer
	if json.Compact(&b, payload) == nil {
		return b.Bytes()
	}
	// Not JSON (a NaN, say): white space for line ends keeps it one line and
	// says the same to any parser that can read it at all.
	line := bytes.Clone(payload)
	for i, c := range line {
		if c == '\n' || c == '\r' {
			line[i] = ' '
		}
	}
	return line
}
