package hub_test

import (
	"testing"
	"testing/synctest"

	"rawtcpcom/relay/session"
	"rawtcpcom/relay/wire"
)

// reply is an event for the client with that id.
func reply(id string) session.Event {
	return session.Event{Topic: wire.Frontend, Payload: []byte(
		`{"time": "2016-07-20 15:01:55.123456", "type": "driver", "to": "` + id + `", "from": "driver-1", "sessionID": "driver-1", ` +
			`"data": {"name": "smoothie", "message": {"pos": {"X": 100.25, "Y": 50, "Z": 0, "A": 0, "B": 0}}}}`)}
}

// What comes from the robot goes to its client, or is passed over, without
// memory of its own.
func TestFanOutAllocatesNothing(t *testing.T) {
	bubble(t, settings{}, func(r *rig) {
		c := r.ready()
		for name, e := range map[string]session.Event{"its client's": reply(c.id), "somebody else's": reply("a-browser")} {
			if allocs := testing.AllocsPerRun(1000, func() { r.Event(e) }); allocs != 0 {
				t.Errorf("%s: %v allocations", name, allocs)
			}
		}
		r.EventsIdle()
		synctest.Wait()
		expect(t, "lines", len(c.take()), 1001)
	})
}

func BenchmarkFanOut(b *testing.B) {
	r := newRig(b, settings{})
	r.Joined(r.router)
	e := reply("a-browser")
	b.SetBytes(int64(len(e.Payload)))
	b.ReportAllocs()
	for b.Loop() {
		r.Event(e)
	}
}
