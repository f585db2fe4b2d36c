package simulator

import (
	"testing"

	"github.com/gammazero/nexus/v3/wamp"
)

// BenchmarkDriver is the state machine alone: one command, three replies.
func BenchmarkDriver(b *testing.B) {
	board, _ := newBoard(nil, true)
	d := newDriver("DRIVER", defaultSlots, board, newUUID)
	r := rig{d: d}
	d.handshake(extends("me"), r.now)
	payload := commands("me", `{"move_to": {"X": 10, "Y": 12.5}}`)
	b.ReportAllocs()
	for b.Loop() {
		if len(d.dispatch(payload, r.now)) != 3 {
			b.Fatal("not three replies")
		}
	}
}

// BenchmarkRoundTrip is one command over the wire and its last reply.
func BenchmarkRoundTrip(b *testing.B) {
	router := startRouter(b)
	startDriver(b, router, RobotConfig{Instant: true, RecordLimit: -1})
	p := joinPeer(b, router, frontendTopic)
	home := wamp.List{commands("me", `{"home": ""}`)}
	for b.Loop() {
		if err := p.s.publish(driverTopic, nil, home, nil); err != nil {
			b.Fatal(err)
		}
		<-p.events
	}
}

// BenchmarkPipeline keeps 1000 commands under way.
func BenchmarkPipeline(b *testing.B) {
	router := startRouter(b)
	startDriver(b, router, RobotConfig{Instant: true, RecordLimit: -1})
	p := joinPeer(b, router, frontendTopic)
	home := wamp.List{commands("me", `{"home": ""}`)}
	window := make(chan struct{}, 1000)
	go func() {
		for range b.N {
			window <- struct{}{}
			if p.s.publish(driverTopic, nil, home, nil) != nil {
				return
			}
		}
	}()
	for range b.N {
		<-p.events
		<-window
	}
}
