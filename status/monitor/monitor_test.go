package monitor

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"

	"rawtcpcom/gokrazy/names/report"
	"rawtcpcom/relay/health"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tap"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/relayapi"
	"rawtcpcom/status/relayapi/fakerelay"
	"rawtcpcom/status/traffic"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tellingPin tells when it was last set, and to what.
type tellingPin struct {
	gpiotest.Pin
	set chan gpio.Level
}

func (p *tellingPin) Out(l gpio.Level) error {
	select {
	case p.set <- l:
	default:
	}
	return p.Pin.Out(l)
}

// rig is a monitor with lamps on pins, that follows a relay of fakerelay.
type rig struct {
	*Monitor
	relay        *fakerelay.Relay
	wamp, client *tellingPin
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{relay: fakerelay.New(), wamp: &tellingPin{set: make(chan gpio.Level, 100)}, client: &tellingPin{set: make(chan gpio.Level, 100)}}
	api, err := relayapi.NewRelay(r.relay.URL)
	if err != nil {
		t.Fatal(err)
	}
	lamps := lamp.NewEngine([]lamp.Output{
		{Lamp: lamp.WAMP, Name: "GPIO17", Pin: r.wamp}, {Lamp: lamp.Client, Name: "GPIO27", Pin: r.client},
	}, slog.New(slog.DiscardHandler))
	r.Monitor = New(Config{
		Relay: api, Lamps: lamps, Traffic: traffic.NewLog(time.Now), ClientPort: "7887", Notices: []string{"a notice"},
		Log:       slog.New(slog.DiscardHandler),
		Addresses: func() []string { return []string{"192.168.1.7"} },
		Uptime:    func() time.Duration { return time.Hour },
	})
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { r.Run(ctx) })
	done.Go(func() { _ = lamps.Run(ctx) })
	t.Cleanup(func() {
		stop()
		done.Wait()
		r.relay.Close()
	})
	return r
}

// until waits for a status that is as wanted.
func (r *rig) until(t testing.TB, what string, wanted func(Status) bool) Status {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		changed := r.Changed()
		s := r.Status()
		if wanted(s) {
			return s
		}
		select {
		case <-changed:
		case <-time.After(20 * time.Millisecond): // the lamps and the traffic change without it
		case <-deadline:
			t.Fatalf("not within 10 s: %s; the status is %+v", what, s)
		}
	}
}

func row(s Status, l lamp.Lamp) string {
	i := slices.IndexFunc(s.Lamps, func(x lamp.Shining) bool { return x.Lamp == l })
	return s.Lamps[i].Row
}

func TestStatusFollowsTheRelay(t *testing.T) {
	r := newRig(t)
	s := r.until(t, "ready", func(s Status) bool { return s.Relay.Answering })
	if s.Chain.Broken == nil || !s.Chain.Broken.Waiting || row(s, lamp.WAMP) != "ready" || row(s, lamp.Client) != "no-client" {
		t.Errorf("at rest: %+v", s)
	}
	if len(s.Notices) != 1 || s.Notices[0].Text != "a notice" || s.Relay.Version != "1.0" {
		t.Errorf("at rest: %+v", s)
	}

	next := fakerelay.Healthy()
	next.Notices = []state.Notice{{Text: "went back to the old root"}}
	next.Clients = []state.Client{{ID: "c", Remote: "192.168.1.31:5000", Since: time.Now().Add(-time.Minute), Handshake: state.HandshakeSuccess, Received: 3}}
	r.relay.Set(next)
	s = r.until(t, "a client", func(s Status) bool { return len(s.Clients) == 1 })
	if s.Chain.Broken != nil || row(s, lamp.Client) != "client-there" || s.Clients[0].Received != 3 || s.Clients[0].For < 59 || s.Clients[0].For > 70 {
		t.Errorf("with a client: %+v", s)
	}

	next.Router.State, next.Router.Error = state.RouterDown, "dial tcp: connect: connection refused"
	r.relay.Set(next)
	s = r.until(t, "the router away", func(s Status) bool {
		return s.Chain.Broken != nil && strings.Contains(s.Chain.Broken.Text, "no router runs on it")
	})
	if s.Chain.Broken.Kind != health.RouterAway || row(s, lamp.WAMP) != "router-away" {
		t.Errorf("without router: %+v", s)
	}

	r.relay.Close()
	s = r.until(t, "the relay away", func(s Status) bool { return !s.Relay.Answering })
	if len(s.Notices) != 2 || s.Notices[0].Text != "went back to the old root" {
		t.Errorf("a notice of the relay is forgotten while it is away: %+v", s.Notices)
	}
	if s.Chain.Broken.Kind != health.RelayAway || row(s, lamp.WAMP) != "relay-away" || row(s, lamp.Client) != "relay-away" || len(s.Clients) != 0 {
		t.Errorf("without relay: %+v", s)
	}
}

func TestTrafficWinks(t *testing.T) {
	r := newRig(t)
	s := fakerelay.Healthy()
	s.Clients = []state.Client{{ID: "c", Handshake: state.HandshakeSuccess}}
	r.relay.Set(s)
	r.until(t, "a client and the tap", func(s Status) bool {
		return len(s.Clients) == 1 && r.client.Read() == gpio.High && r.relay.Streams("/messages") == 1
	})
	for len(r.client.set) > 0 {
		<-r.client.set
	}
	r.relay.Say(tap.Message{Dir: tap.In, Client: "c", Payload: "x"})
	for _, want := range []gpio.Level{gpio.Low, gpio.High} {
		select {
		case got := <-r.client.set:
			if got != want {
				t.Fatalf("the client lamp went %v, want %v", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the client lamp does not wink")
		}
	}
	if list, _, _ := r.cfg.Traffic.After(0); len(list) != 1 || list[0].Payload != "x" {
		t.Errorf("kept: %+v", list)
	}
	r.relay.Drop(5)
	r.until(t, "the dropped ones", func(s Status) bool { return s.Dropped == 5 })
}

// BenchmarkStateToPin measures from the relay writing a state to the level of
// the pin: over HTTP on loopback, through the evaluation, to the lamp.
func BenchmarkStateToPin(b *testing.B) {
	r := newRig(b)
	there, away := fakerelay.Healthy(), fakerelay.Healthy()
	away.Router.State = state.RouterDown
	r.until(b, "ready", func(Status) bool { return r.wamp.Read() == gpio.High && r.relay.Streams("/events") == 1 })
	for len(r.wamp.set) > 0 {
		<-r.wamp.set
	}
	var times []time.Duration
	for i := 0; b.Loop(); i++ {
		next, want := away, gpio.Low
		if i%2 == 1 {
			next, want = there, gpio.High
		}
		began := time.Now()
		r.relay.Set(next)
		select {
		case got := <-r.wamp.set:
			if got != want {
				b.Fatalf("change %d: the pin went %v, want %v", i, got, want)
			}
		case <-time.After(10 * time.Second):
			b.Fatalf("change %d: the pin does not change", i)
		}
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms-median")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "ms-p99")
	b.ReportMetric(float64(times[len(times)-1].Microseconds())/1000, "ms-max")
	if most := times[len(times)*99/100]; most > 50*time.Millisecond {
		b.Errorf("a change takes up to %v to the lamp; a person should see it within 50 ms", most)
	}
}

// A box that is to have the name of another says so, and shows its own.
func TestNames(t *testing.T) {
	file := filepath.Join(t.TempDir(), "names.json")
	if got := Names(file); got != (report.Names{}) {
		t.Errorf("without the file: %+v", got)
	}
	want := report.Names{Own: "rawtcpcom-345678.local", Wanted: "rawtcpcom.local", TakenBy: "192.0.2.7"}
	if err := want.Write(file); err != nil {
		t.Fatal(err)
	}
	if got := Names(file); got != want {
		t.Errorf("read %+v, want %+v", got, want)
	}
	m := New(Config{
		Lamps: lamp.NewEngine(nil, slog.New(slog.DiscardHandler)), Traffic: traffic.NewLog(time.Now), Log: slog.New(slog.DiscardHandler),
		Notices: []string{"another"}, Names: func() report.Names { return Names(file) },
		Addresses: func() []string { return nil }, Uptime: func() time.Duration { return time.Hour },
	})
	s := m.Status()
	if !slices.Equal(s.Names, []string{want.Own}) || len(s.Notices) != 2 || s.Notices[0].Text != want.Notice() {
		t.Errorf("the status has the names %q and the notices %+v", s.Names, s.Notices)
	}
}
