package wire

import (
	"fmt"
	"time"

	"rawtcpcom/relay/rawjson"
)

// A Code names what became of a message that was not published. The set is
// closed: clients may switch on it.
type Code string

const (
	BadJSON        Code = "bad_json"        // the bytes are not one whole JSON object
	BadMessage     Code = "bad_message"     // JSON, but not a message
	TooLarge       Code = "too_large"       // over -max-message, or a stop over MaxStop
	UnknownTopic   Code = "unknown_topic"   // no such topic
	Refused        Code = "refused"         // understood, and not allowed or not safe
	RouterDown     Code = "router_down"     // no session with the router; nothing was sent
	DriverAbsent   Code = "driver_absent"   // nobody answers on the driver's side; nothing was sent
	OutcomeUnknown Code = "outcome_unknown" // sent, and the link broke before the router acknowledged it, or the robot went without a sign of life since
	Busy           Code = "busy"            // no room at this moment; nothing was sent
)

// Codes are all codes there are.
var Codes = [...]Code{BadJSON, BadMessage, TooLarge, UnknownTopic, Refused, RouterDown, DriverAbsent, OutcomeUnknown, Busy}

// Error is what a client is told of a message that was not published.
type Error struct {
	Code Code
	Text string // what was wrong and what to do
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Text }

func errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...)}
}

// ReceivedSize is how much of a client's message its error line repeats, in bytes.
const ReceivedSize = 200

// AppendError appends the error line for a client, without a terminator:
// the usual envelope with type "error". received is what the client had sent.
func AppendError(dst []byte, t time.Time, id string, e *Error, received []byte) []byte {
	data := append([]byte(nil), `{"name": "TCP relay", "message": {"error": {"code": `...)
	data = rawjson.AppendString(data, string(e.Code))
	data = append(data, `, "text": `...)
	data = rawjson.AppendString(data, e.Text)
	data = append(data, `, "received": `...)
	data = rawjson.AppendString(data, string(received[:min(len(received), ReceivedSize)]))
	data = append(data, `}}}`...)
	return AppendEnvelope(dst, t, `"error"`, id, RelayID, id, data)
}
