package browsertest

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	clock "rawtcpcom/gokrazy/clock/report"
	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/network"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tap"
	"rawtcpcom/status/chain"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/monitor"
	"rawtcpcom/status/page"
	"rawtcpcom/status/relayapi"
	"rawtcpcom/status/relayapi/fakerelay"
	passing "rawtcpcom/status/traffic"
)

const (
	told      = `document.querySelectorAll("#chain li.told").length`
	firstTime = `document.querySelector("#messages .message:last-child .time")?.textContent`
	counted   = `document.getElementById("messages-count").textContent`
)

// boxOf is the page of a box that says of itself what it is told to say.
type boxOf struct {
	relay *fakerelay.Relay
	mu    sync.Mutex
	says  chain.Machine
}

func (b *boxOf) say(change func(*chain.Machine)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	copied := *b.says.LAN
	b.says.LAN = &copied
	change(&b.says)
}

// uptime of the box.
const uptime = 10 * time.Minute

func newBoxOf(t *testing.T) (*boxOf, *tab) {
	t.Helper()
	need(t)
	celsius := 48.3
	b := &boxOf{relay: fakerelay.New(), says: chain.Machine{
		Board: chain.Board{Celsius: &celsius}, Clock: clock.Report{Set: true, From: "192.168.1.1 (DHCP)", Uptime: uptime.Seconds() - 60},
		LAN: &lan.Report{MAC: "b8:27:eb:12:34:56", Cable: true, How: lan.DHCP, Address: "192.168.1.7/24", Uptime: 12},
	}}
	api, err := relayapi.NewRelay(b.relay.URL)
	if err != nil {
		t.Fatal(err)
	}
	allow, err := network.Parse(network.Default)
	if err != nil {
		t.Fatal(err)
	}
	log, lamps, passed, began := slog.New(slog.DiscardHandler), lamp.NewEngine(nil, slog.New(slog.DiscardHandler)), passing.NewLog(time.Now), time.Now()
	m := monitor.New(monitor.Config{
		Relay: api, Lamps: lamps, Traffic: passed, ClientPort: "7887", Log: log, Place: place.Box,
		Addresses: func() []string { return nil }, Uptime: func() time.Duration { return uptime + time.Since(began) },
		Box: func() chain.Machine { b.mu.Lock(); defer b.mu.Unlock(); return b.says },
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { m.Run(ctx) })
	all.Go(func() { _ = lamps.Run(ctx) })
	all.Go(func() {
		if err := page.Serve(ctx, ln, page.Config{Monitor: m, Relay: api, Traffic: passed, Identify: lamps.Identify, Allow: allow, Log: log}); err != nil {
			t.Error("serving the page:", err)
		}
	})
	t.Cleanup(func() { stop(); all.Wait(); b.relay.Close() })
	s := fakerelay.Healthy()
	s.Router.URL = "ws://192.168.1.20:8080/ws"
	s.Clients = []state.Client{{ID: "7a316086-7fff-4f71", Remote: "192.168.1.31:5000", Since: began, Handshake: state.HandshakeSuccess}}
	b.relay.Set(s)
	return b, (&box{page: ln.Addr().String()}).open(t)
}

// The chain of a box: what is told of it leaves the page green, and a pulled cable
// does not.
func TestPageOfABox(t *testing.T) {
	b, x := newBoxOf(t)
	x.wait(t, "all nine links are good", goodLinks+` === 9 && `+told+` === 0 && `+beside+` === ""`)
	x.pictures(t, "box-healthy")
	celsius := 82.4
	b.say(func(m *chain.Machine) {
		m.Board = chain.Board{UnderVoltage: 2, Celsius: &celsius}
		m.Clock = clock.Report{Error: "192.168.1.1 (DHCP): no answer; 2.gokrazy.pool.ntp.org (public pool): its name is not known here"}
		m.LAN.Trial = &lan.Trial{Address: "192.168.1.7", Until: 700}
	})
	x.wait(t, "four are told of", goodLinks+` === 9 && `+told+` === 4 && document.querySelectorAll("#verdict-beside li.passes").length === 4`)
	if class := eval[string](t, x, `document.getElementById("verdict").className`); class != "ok" {
		t.Errorf("the verdict is %s", class)
	}
	text := eval[string](t, x, beside) + eval[string](t, x, `document.getElementById("chain").innerText`)
	for _, part := range []string{"not set: times are since power-on", "option 42", "was too low, 2 times", "82 °C", "80 °C", "http://192.168.1.7/"} {
		if !strings.Contains(text, part) {
			t.Errorf("the page does not say %q: %s", part, text)
		}
	}
	if text := eval[string](t, x, counted); !strings.Contains(text, "clock is not set") {
		t.Errorf("beside the messages it says %q", text)
	}
	x.pictures(t, "box-told")
	b.say(func(m *chain.Machine) { m.LAN.Cable, m.LAN.How, m.LAN.Address, m.LAN.Trial = false, lan.None, "", nil })
	x.wait(t, "the cable is named", names("Cable")+` && `+goodLinks+` === 3`)
	x.pictures(t, "box-cable")
}

// A message from before the clock was set has no time of day.
func TestMessagesBeforeTheClockWasSet(t *testing.T) {
	b, x := newBoxOf(t)
	x.wait(t, "all is there", goodLinks+` === 9`)
	for i, at := range []time.Time{time.Now().Add(-2 * time.Minute), time.Now()} { // it was set a minute ago
		b.relay.Say(tap.Message{Seq: uint64(i + 1), Time: at, Client: "7a316086-7fff-4f71", Remote: "192.168.1.31:5000", Dir: tap.In, Topic: "com.opentrons.driver", Payload: `{}`})
	}
	x.wait(t, "the first is marked", `document.querySelectorAll("#messages .message").length === 2 && `+firstTime+` === "before clock"`)
	if n := eval[int](t, x, `document.querySelectorAll("#messages .time.unknown").length`); n != 1 {
		t.Errorf("%d messages are marked, want the first alone", n)
	}
}
