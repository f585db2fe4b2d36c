//go:build image

package emulator_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"rawtcpcom/gokrazy/emulator"
	"rawtcpcom/status/lamp"
)

// The pins of the lamps, by the defaults of status.
const (
	wampPin   = 17
	clientPin = 27
)

// shine is what a lamp did for a while, as seen at its pin.
type shine struct {
	lit   float64 // share of the time
	edges float64 // a second
}

func (s shine) String() string { return fmt.Sprintf("lit %.0f %%, %.1f edges/s", 100*s.lit, s.edges) }

// fits allows for an emulated Pi that is late at times.
func (s shine) fits(want shine) bool {
	return math.Abs(s.lit-want.lit) < 0.15 && math.Abs(s.edges-want.edges) < 0.25*want.edges+0.3
}

// expected is what a pattern looks like over many of its rounds.
func expected(p lamp.Pattern) shine {
	lit, _ := p.At(0)
	total := p.Length()
	if total == 0 {
		return shine{lit: share(lit)}
	}
	const step = time.Millisecond
	edges, on, last := 0, 0, lit
	for at := time.Duration(0); at < total; at += step {
		now, _ := p.At(at)
		if now {
			on++
		}
		if now != last {
			edges, last = edges+1, now
		}
	}
	if first, _ := p.At(0); first != last {
		edges++ // into the next round
	}
	return shine{float64(on) / float64(total/step), float64(edges) / total.Seconds()}
}

func share(lit bool) float64 {
	if lit {
		return 1
	}
	return 0
}

// observe reads the register of the pins for a while.
func observe(pins *emulator.Pins, pin int, during time.Duration) (shine, error) {
	var on, samples, edges float64
	start := time.Now()
	last, err := pins.Level(pin)
	for err == nil && time.Since(start) < during {
		var now bool
		now, err = pins.Level(pin)
		samples++
		on += share(now)
		if now != last {
			edges, last = edges+1, now
		}
	}
	return shine{on / samples, edges / during.Seconds()}, err
}

// pattern is what a row of the lamps' table says about a lamp.
func pattern(t *testing.T, row string, l lamp.Lamp) lamp.Pattern {
	t.Helper()
	for _, r := range lamp.Table {
		if r.ID == row {
			return r.Patterns[l]
		}
	}
	t.Fatalf("the lamps' table has no row %s", row)
	return lamp.Pattern{}
}

func testLamps(t *testing.T, b *box) {
	pins, err := b.Pins()
	if err != nil {
		t.Fatal(err)
	}
	defer pins.Close()
	see := func(wampRow, clientRow string) {
		t.Helper()
		for _, lampAt := range []struct {
			row  string
			lamp lamp.Lamp
			pin  int
		}{{wampRow, lamp.WAMP, wampPin}, {clientRow, lamp.Client, clientPin}} {
			want := expected(pattern(t, lampAt.row, lampAt.lamp))
			var got shine
			eventually(t, deadline, fmt.Sprintf("the %s lamp shows %s (%v)", lampAt.lamp, lampAt.row, want), func() (err error) {
				if got, err = observe(pins, lampAt.pin, 3*time.Second); err == nil && !got.fits(want) {
					err = fmt.Errorf("GPIO%d is %v", lampAt.pin, got)
				}
				return err
			})
			t.Logf("%s lamp, %s: %v; the pattern is %v", lampAt.lamp, lampAt.row, got, want)
		}
	}
	see("router-away", "no-client")
	waiting := b.connect(t)
	see("router-away", "client-waiting")
	r := b.newRobot(t)
	handshaken(waiting)
	see("ready", "client-there")
	waiting.Close()
	see("ready", "no-client")
	r.Driver.Close()
	see("driver-away", "no-client")
	r.off()
	see("router-away", "no-client")
}
