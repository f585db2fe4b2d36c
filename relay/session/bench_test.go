package session

import "testing"

// Events and acknowledgements are nearly all that a session reads; publishes
// nearly all that it writes.
var (
	anEvent   = []byte(`[36,5512315355,4429313566,{},["{\"time\": \"2016-07-20 15:01:55.123456\", \"type\": \"driver\", \"to\": \"c1\", \"from\": \"d1\", \"data\": {\"name\": \"smoothie\", \"message\": {\"stat\": 1}}}"]]`)
	published = []byte(`[17,4,4429313566]`)
	publish   = request{topic: "com.opentrons.driver", payload: []byte(`{"time": "2016-07-20 15:01:55.123456", "type": "command", "to": "d1", "from": "c1", "sessionID": "c1", "data": {"name": "smoothie", "message": {"home": ""}}}`)}
)

func TestReadingAndWritingAllocateNoMoreThanThePayload(t *testing.T) {
	s := reader()
	buf := make([]byte, 0, 1000)
	for name, c := range map[string]struct {
		f      func()
		allocs float64
	}{
		"event":     {func() { _ = s.dispatch(anEvent) }, 1}, // it is the receiver's to keep
		"published": {func() { _ = s.dispatch(published) }, 0},
		"publish":   {func() { appendPublish(buf, 4, publish) }, 0},
	} {
		if allocs := testing.AllocsPerRun(1000, c.f); allocs > c.allocs {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
}

// reader is as much of a session as reading takes, subscribed to one topic.
func reader() *Session {
	return &Session{
		cfg:  Config{Event: func(Event) {}},
		subs: map[uint64]string{5512315355: "com.opentrons.frontend"},
	}
}

func BenchmarkReadEvent(b *testing.B) {
	s := reader()
	b.SetBytes(int64(len(anEvent)))
	b.ReportAllocs()
	for b.Loop() {
		if err := s.dispatch(anEvent); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWritePublish(b *testing.B) {
	var buf []byte
	b.SetBytes(int64(len(publish.payload)))
	b.ReportAllocs()
	for b.Loop() {
		buf = appendPublish(buf[:0], 4, publish)
	}
}
