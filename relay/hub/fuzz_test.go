package hub_test

import (
	"errors"
	"testing"

	"rawtcpcom/relay/session"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/relay/wire"
)

// FuzzEvent gives the hub any payload, on each kind of topic, in each state of
// a handshake. It must not panic, and must go on shaking hands afterwards.
func FuzzEvent(f *testing.F) {
	const id = "7a316086-7fff-4f71-a068-f873119cd309"
	for _, payload := range []string{
		handshake("driver-1", id, "success"), handshake("driver-2", id, "already_connected"), handshake("driver-1", "", "fail"),
		`{"type": "driver", "to": "` + id + `", "from": "driver-1", "sessionID": "` + id + `", "data": {"name": "smoothie", "message": {"stat": 0}}}`,
		`{"type": "handshake", "data": {"name": "labware", "message": {"result": null}}}`,
		`{"type": "handshake", "to": ["x"], "from": {}, "data": {"name": "driver", "message": "result"}}`,
		"{\n \"to\": \"" + id + "\",\n\r \"x\": NaN}", `{"to": "\ud800"}`, `{`, `[]`, ``, "\xff\x00", `{"to":"` + id,
	} {
		for topic := range 4 {
			f.Add([]byte(payload), uint8(topic), true, "")
		}
		f.Add([]byte(payload), uint8(0), false, "it has 2 arguments")
	}
	pool := newPool(f, 1)
	f.Fuzz(func(t *testing.T, payload []byte, topic uint8, joined bool, problem string) {
		r := newRig(t, settings{pool: pool})
		r.router.driver = nil // silent: the payload is the only answer
		mine := r.pool.IDs()[0]
		if joined {
			r.Joined(r.router)
		}
		e := session.Event{Payload: payload}
		e.Topic = []string{wire.Frontend, wire.PrivateTopic(mine), wire.PrivateTopic(id), wire.Labware.Topic()}[topic%4]
		if problem != "" {
			e.Problem = errors.New(problem)
		}
		for range 2 {
			r.Event(e)
		}
		r.Lost(errors.New("gone"))
		r.Event(e)
		r.Joined(r.router)
		r.Event(e)
		r.State()
	})
}

var _ tcp.Handler = (*rig)(nil) // what the server tells of clients goes to the hub
