package interop

import (
	"regexp"
	"strings"
	"testing"

	"rawtcpcom/relay/recorded"
	"rawtcpcom/relay/relaytest"
)

// A client shakes hands, commands and is answered, with crossbar.io as the
// router and the driver on each release of autobahn that matters.
func TestCommandsAndReplies(t *testing.T) {
	onEachPair(t, func(t *testing.T, router *crossbar, release string) {
		d := startDriver(t, release, router.Open)
		r := startRelay(t, router.url(router.Open))
		c := r.Dial()
		c.Start()
		if result, id := c.Handshake(); result != "success" || id != d.id {
			t.Errorf("the handshake is %s from %q, and the driver is %q", result, id, d.id)
		}
		c.Send(relaytest.Command("move_to", `{"Z":1,"X":2.50}`))
		c.Until(`{"stat": 0}`)
		c.Expect(`{"result": "empty"}`)
		d.runs("G90 G0 Z1 X2.5") // Python's reading of it
		if last := d.received("driver")[0]; !strings.HasSuffix(last, `{"name": "smoothie", "message": {"move_to": {"Z":1,"X":2.50}}}}`) {
			t.Errorf("the driver was sent another text than the client wrote: %s", last)
		}
		c.Send(relaytest.Meta("flow", "null"))
		c.Expect(`"flow"`, `"queue_size": 0`)
		for _, payload := range append(d.received("driver"), d.received("driver_handshake")...) {
			if m, _ := relaytest.ParseMessage(payload); m.From != c.ID || m.SessionID != c.ID {
				t.Errorf("the driver was sent what is not from %s: %s", c.ID, payload)
			}
		}
	})
}

// onEachPair runs a test on each router with the driver on each autobahn.
func onEachPair(t *testing.T, test func(t *testing.T, router *crossbar, release string)) {
	onEach(t, func(t *testing.T, router *crossbar) {
		for _, release := range []string{today, of16} {
			t.Run(release, func(t *testing.T) { test(t, router, release) })
		}
	})
}

// The driver's five slots last for its life: a client that comes back, over a
// restart of the relay too, takes none, and the sixth id is told that it failed.
func TestSlotsAreKept(t *testing.T) {
	startDriver(t, today, router.Open)
	data := t.TempDir()
	first := startRelay(t, router.url(router.Open), "-data", data, "-max-clients", "1")
	for i := range 10 {
		c := first.Connect()
		if c.Close(); i == 9 {
			first.Stop()
		}
	}
	again := startRelay(t, router.url(router.Open), "-data", data, "-max-clients", "1").Dial()
	again.Start()
	if result, _ := again.Handshake(); result != "already_connected" {
		t.Errorf("after the relay's restart the handshake is %s", result)
	}

	other := startRelay(t, router.url(router.Open), "-max-clients", "5")
	for range 4 {
		other.Connect()
	}
	sixth := other.Dial()
	sixth.Start()
	if m := sixth.Expect(`"TCP handshake"`); m.Result() != "failed" {
		t.Errorf("the sixth id of a driver with five slots is told %s", m.Line)
	}
	sixth.Expect(`"type": "handshake"`, `{"result": "fail"}`)
}

// The recorded sessions of the 2016 relay are played through this one, with
// crossbar.io and our driver in the places of 2016's: the client sees the same
// lines, less the "ERROR" that was a fault.
func TestTranscripts(t *testing.T) {
	onEachPair(t, func(t *testing.T, router *crossbar, release string) {
		for _, name := range recorded.Sessions {
			t.Run(name, func(t *testing.T) {
				startDriver(t, release, router.Open)
				r := startRelay(t, router.url(router.Open), "-max-clients", "1", "-check", "off") // one that names nothing is among them
				play(t, r, recorded.Socket(t, name))
			})
		}
	})
}

// unplayed are the meta commands that driver.py leaves out.
var unplayed = regexp.MustCompile(`"(commands|configs|callbacks|meta_callbacks)"`)

func play(t *testing.T, r *relaytest.Relay, session []recorded.Step) {
	t.Helper()
	var c *relaytest.Client
	for _, step := range session {
		text := strings.TrimSuffix(step.Bytes, "\n\r")
		switch {
		case unplayed.MatchString(text), strings.Contains(text, `"ERROR"`):
		case strings.Contains(text, "Start-up"):
			if c != nil {
				c.Close()
			}
			c = r.Dial()
			c.Start()
		case step.Dir == recorded.ToClient:
			got := c.Next()
			// The original said nothing of its own before already_connected.
			if got.IsNotice() && got.Result() == "already_connected" {
				got = c.Next()
			}
			want, err := relaytest.ParseMessage(text)
			if err != nil {
				t.Fatal(err)
			}
			if timeless(got) != timeless(want) {
				t.Fatalf("got  %s\nwant %s", got.Line, want.Line)
			}
		case step.Dir == recorded.FromClient:
			c.Send(text)
		}
	}
}

var (
	timePattern = regexp.MustCompile(`"time": "\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}"`)
	idPattern   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// timeless takes the time and the ids out of a line; the sender's is told from
// the client's.
func timeless(m relaytest.Message) string {
	line := timePattern.ReplaceAllString(m.Line, `"time": "TIME"`)
	line = strings.ReplaceAll(line, m.From, "SENDER")
	return idPattern.ReplaceAllString(line, "ID")
}
