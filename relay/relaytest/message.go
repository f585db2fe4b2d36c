package relaytest

import (
	"encoding/json"
	"fmt"
)

// Message is one line to a client, or one event's payload.
type Message struct {
	Line      string // as it came, without terminator
	Time      string
	Type      string
	To        string
	From      string
	SessionID string
	Name      string          // data.name
	Body      json.RawMessage // data.message
}

// ParseMessage reads one line.
func ParseMessage(line string) (Message, error) {
	var m struct {
		Time, Type, To, From string
		SessionID            string `json:"sessionID"`
		Data                 json.RawMessage
	}
	var data struct {
		Name    string
		Message json.RawMessage
	}
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		return Message{}, fmt.Errorf("%w in %q", err, line)
	}
	_ = json.Unmarshal(m.Data, &data) // otone's is of any kind
	return Message{line, m.Time, m.Type, m.To, m.From, m.SessionID, data.Name, data.Message}, nil
}

// Result is data.message.result, empty where there is none.
func (m Message) Result() string {
	var body struct{ Result string }
	_ = json.Unmarshal(m.Body, &body) // another kind of message has none
	return body.Result
}

// Error is what an error line says.
type Error struct {
	Code, Text, Received string
}

// Error is data.message.error, empty where there is none.
func (m Message) Error() Error {
	var body struct{ Error Error }
	_ = json.Unmarshal(m.Body, &body) // another kind of message has none
	return body.Error
}

// Waits is why a client's handshake does not come.
type Waits struct {
	Waits, Code, Do string
}

// Waits is the data.message that says so, empty where it does not.
func (m Message) Waits() Waits {
	var body Waits
	if !m.IsNotice() || json.Unmarshal(m.Body, &body) != nil || body.Waits == "" {
		return Waits{}
	}
	return body
}

// IsNotice reports whether the line is the relay's own "TCP handshake".
func (m Message) IsNotice() bool { return m.Type == "TCP handshake" }
