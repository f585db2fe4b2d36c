package wire

import (
	"time"

	"rawtcpcom/relay/rawjson"
)

// timeLayout is Python's str(datetime.now()), local time, to the microsecond.
const timeLayout = "2006-01-02 15:04:05.000000"

// AppendEnvelope appends one message in the form of Python's json.dumps, key
// by key as the original wrote it. rawType is a JSON string in its quotes and
// data a JSON object; both are copied as they are.
func AppendEnvelope(dst []byte, t time.Time, rawType, to, from, sessionID string, data []byte) []byte {
	dst = append(dst, `{"time": "`...)
	dst = t.Local().AppendFormat(dst, timeLayout)
	dst = append(dst, `", "type": `...)
	dst = append(dst, rawType...)
	dst = append(dst, `, "to": `...)
	dst = rawjson.AppendString(dst, to)
	dst = append(dst, `, "from": `...)
	dst = rawjson.AppendString(dst, from)
	dst = append(dst, `, "sessionID": `...)
	dst = rawjson.AppendString(dst, sessionID)
	dst = append(dst, `, "data": `...)
	dst = append(dst, data...)
	return append(dst, '}')
}

// The "data" of the relay's own messages to a client (relay/wire/README.md,
// "From connect to command", steps 2 and 4). Clients compare these strings,
// "initalized" included.
const (
	StartUp          = `{"name": "TCP relay", "message": {"Start-up": "initalized"}}`
	Success          = `{"name": "TCP relay", "message": {"result": "success"}}`
	AlreadyConnected = `{"name": "TCP relay", "message": {"result": "already_connected"}}`
	Failed           = `{"name": "TCP relay", "message": {"result": "failed"}}`
)

// FailedBecause is Failed with the reason beside it.
func FailedBecause(reason string) string {
	return string(append(rawjson.AppendString([]byte(`{"name": "TCP relay", "message": {"result": "failed", "reason": `), reason), `}}`...))
}

// Stopped tells a client that the robot was stopped for somebody else: what was
// published, in whose name, and why. It is said in a "TCP handshake", of which
// clients of 2016 pass over all that is no result.
func Stopped(what, by, reason string) string {
	b := rawjson.AppendString([]byte(`{"name": "TCP relay", "message": {"stopped": `), what)
	b = rawjson.AppendString(append(b, `, "by": `...), by)
	b = rawjson.AppendString(append(b, `, "reason": `...), reason)
	return string(append(b, `}}`...))
}

// Waits tells a client why its handshake does not come yet, and what to do,
// likewise.
func Waits(code Code, why, do string) string {
	b := rawjson.AppendString([]byte(`{"name": "TCP relay", "message": {"waits": `), why)
	b = rawjson.AppendString(append(b, `, "code": `...), string(code))
	b = rawjson.AppendString(append(b, `, "do": `...), do)
	return string(append(b, `}}`...))
}

// AlsoCommands tells a client who else commands the robot, likewise.
func AlsoCommands(id, reason string) string {
	b := rawjson.AppendString([]byte(`{"name": "TCP relay", "message": {"also_commands": `), id)
	b = rawjson.AppendString(append(b, `, "reason": `...), reason)
	return string(append(b, `}}`...))
}

// AppendNotice appends a "TCP handshake" line for a client, without a
// terminator; data is one of the above.
func AppendNotice(dst []byte, t time.Time, id, data string) []byte {
	return AppendEnvelope(dst, t, `"TCP handshake"`, id, RelayID, id, []byte(data))
}

// AppendExtend appends the handshake that asks a service for a slot for id
// (relay/wire/README.md, "From connect to command", step 1). serviceID is the
// service's own id, empty until known.
func AppendExtend(dst []byte, t time.Time, s Service, serviceID, id string) []byte {
	return AppendEnvelope(dst, t, `"handshake"`, serviceID, id, id, []byte(`{"name": "`+string(s)+`", "message": {"extend": "true"}}`))
}

// AppendFlow appends the question to the driver how it and its board stand, in the
// name of a client, since the driver answers nobody else. The answer has the
// relay's own sessionID, which tells it from what the client has asked.
func AppendFlow(dst []byte, t time.Time, driverID, id string) []byte {
	return AppendEnvelope(dst, t, `"meta"`, driverID, id, RelayID, []byte(`{"name": "smoothie", "message": {"flow": ""}}`))
}

// AppendShake appends the handshake that follows a success
// (relay/wire/README.md, "From connect to command", step 4).
func AppendShake(dst []byte, t time.Time, s Service, id string) []byte {
	return AppendEnvelope(dst, t, `"handshake"`, string(s), id, id, []byte(`{"name": "TCP comm", "message": {"shake": "true"}}`))
}
