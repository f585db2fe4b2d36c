package relaytest_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/wire"
)

// These are the relay beside straight WAMP on the same router, robot and
// message, in one run: what counts are the ratios. make bench has more of
// them, with every peer in a process of its own.

// frontend is a client of the robot straight over WAMP, as a browser is.
type frontend struct {
	*Peer
	id, question string
}

const straightID = "11111111-2222-4333-8444-555555555555"

func newFrontend(rig *Rig) frontend {
	f := frontend{Peer: rig.Peer(wire.PrivateTopic(straightID)), id: straightID}
	now := time.Now()
	f.Publish(wire.Driver.HandshakeTopic(), string(wire.AppendExtend(nil, now, wire.Driver, "", f.id)))
	f.question = string(wire.AppendEnvelope(nil, now, `"meta"`, "", f.id, f.id, []byte(`{"name": "smoothie", "message": {"drivers": ""}}`)))
	return f
}

// answered waits for n answers of the robot.
func (f frontend) answered(n int) {
	for range n {
		f.Next()
	}
}

type bench struct {
	straight frontend
	relay    *Client
	question string // the same as straight's, and answered without delay
}

func newBench(b *testing.B) bench {
	rig := New(b)
	rig.StartDriver(simulator.RobotConfig{Instant: true, RecordLimit: -1})
	x := bench{straight: newFrontend(rig), question: Meta("drivers", `""`)}
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	x.relay = relay.Connect()
	return x
}

// answered waits for n answers to the relay's client.
func (x bench) answered(n int) {
	for n > 0 {
		if strings.Contains(x.relay.Line(), `"drivers"`) {
			n--
		}
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	x := newBench(b)
	var straight, acknowledged, relay []time.Duration
	timed := func(f func()) time.Duration {
		began := time.Now()
		f()
		return time.Since(began)
	}
	for b.Loop() {
		straight = append(straight, timed(func() {
			x.straight.Post(wire.Driver.Topic(), x.straight.question)
			x.straight.answered(1)
		}))
		acknowledged = append(acknowledged, timed(func() {
			x.straight.Publish(wire.Driver.Topic(), x.straight.question)
			x.straight.answered(1)
		}))
		relay = append(relay, timed(func() {
			x.relay.Send(x.question)
			x.answered(1)
		}))
	}
	median := func(d []time.Duration) float64 {
		slices.Sort(d)
		return float64(d[len(d)/2])
	}
	b.ReportMetric(median(straight)/1e3, "straight-µs")
	b.ReportMetric(median(relay)/1e3, "relay-µs")
	b.ReportMetric(median(relay)/median(straight), "relay/straight")
	b.ReportMetric(median(relay)/median(acknowledged), "relay/acknowledged")
}

func BenchmarkPipelined(b *testing.B) {
	x := newBench(b)
	const burst, window = 1000, 50
	questions := strings.Repeat(x.question+"\n\r", burst)
	timed := func(send, answered func()) time.Duration {
		began := time.Now()
		sender := Beside(b, func(context.Context) error { send(); return nil })
		answered()
		_ = sender.Wait() // its client fails the benchmark by itself
		return time.Since(began)
	}
	var straight, acknowledged, relay time.Duration
	for b.Loop() {
		straight += timed(func() {
			for range burst {
				x.straight.Post(wire.Driver.Topic(), x.straight.question)
			}
		}, func() { x.straight.answered(burst) })
		acknowledged += timed(func() {
			var publishers sync.WaitGroup
			for range window {
				publishers.Go(func() {
					for range burst / window {
						x.straight.Publish(wire.Driver.Topic(), x.straight.question)
					}
				})
			}
			publishers.Wait()
		}, func() { x.straight.answered(burst) })
		relay += timed(func() { x.relay.Write(questions) }, func() { x.answered(burst) })
	}
	n := float64(b.N) * burst
	b.ReportMetric(n/straight.Seconds(), "straight/s")
	b.ReportMetric(n/relay.Seconds(), "relay/s")
	b.ReportMetric(straight.Seconds()/relay.Seconds(), "relay/straight")
	b.ReportMetric(acknowledged.Seconds()/relay.Seconds(), "relay/acknowledged")
}
