package wire

import (
	"fmt"
	"time"

	"rawtcpcom/relay/rawjson"
)

// A Code names what became of a message. Clients may
// switch on it, so a code never changes its meaning.
type Code string

const (
	BadJSON        Code = "bad_json"
	BadMessage     Code = "bad_message"
	TooLarge       Code = "too_large"
	UnknownTopic   Code = "unknown_topic"
	Refused        Code = "refused"
	UnknownCommand Code = "unknown_command"
	BadArgument    Code = "bad_argument"
	RouterDown     Code = "router_down"
	DriverAbsent   Code = "driver_absent"
	DriverFull     Code = "driver_full"
	// RobotNotConnected is for a robot whose software runs without its motor board.
	RobotNotConnected Code = "robot_not_connected"
	OutcomeUnknown    Code = "outcome_unknown"
	Busy              Code = "busy"
	RobotHalted       Code = "robot_halted"
)

// Codes are all codes, as relay/wire/README.md explains them.
var Codes = [...]struct {
	Code   Code
	Became string // what became of the message
	Do     string // what its sender is to do
}{
	{BadJSON, "It is not one whole JSON object. It was not sent.", "See `text`. Bare `NaN` and `Inf` get this code; `\"NaN\"` in quotes and `null` for an axis get `refused`."},
	{BadMessage, "It is JSON, but not a message. It was not sent.", "See `text`."},
	{TooLarge, "It is larger than `-max-message`, or a stop over 4 KiB. It was not sent.", "Send less at once, and a stop by itself."},
	{UnknownTopic, "There is no such topic. It was not sent.", "Use one of the four topics."},
	{Refused, "It is not allowed, or not safe. It was not sent.", "See `text`."},
	{UnknownCommand, "The robot's software has no such command, and would drop it in silence. It was not sent.", "See `text` for the nearest name, and [the commands](COMMANDS.md). For a robot with commands of its own, start the relay with `-check off`."},
	{BadArgument, "The robot's software would drop an argument, or take it for another. It was not sent.", "See `text`, and [the commands](COMMANDS.md)."},
	{RouterDown, "The relay has no session with the router, or the router has frozen. It was not sent.", "Wait for the next handshake, then send it again. If it was a stop, use the robot's own switch."},
	{DriverAbsent, "Nobody is there to take it. It was not sent.", "Switch on or restart what `text` names, wait for the handshake, then send it again. If it was a stop, use the robot's own switch."},
	{DriverFull, "The driver has given all its ids away and would answer no further client. It was not sent.", "Close other front ends, then restart the robot."},
	{RobotNotConnected, "Nothing moves, since the robot's motor board is not connected. `text` says whether it was sent.", "With otone_backend, send `connectPort`, then home: see [Open the motor board's port](#open-the-motor-boards-port). With the driver, check the board's power and cable, then restart the robot."},
	{OutcomeUnknown, "It was sent, and nobody knows whether the robot carried it out. Either the session ended before the router acknowledged it, or the robot has given no sign of life since, or somebody has emptied the robot's queue.", "Look at the robot before you send it again."},
	{Busy, "There is no free id, connection or memory, or the robot is still at work for the client that had your id before. It was not sent.", "See `text`: disconnect another client, or wait for the handshake."},
	{RobotHalted, "Somebody has halted the robot, which would drop it in silence. It was not sent. Where `received` is empty, what the robot had queued is gone.", "See `text`: look at the robot, reset it, home it, then send it again."},
}

// Error is what a client is told when something went wrong.
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
