package hub_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/health"
	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/place"
)

// waitsIn are the codes of the lines that say why a handshake is not there, and
// what the last of them says.
func waitsIn(lines []string) (codes []string, why, do string) {
	for _, text := range lines {
		var m struct {
			Type string
			Data struct {
				Message struct{ Waits, Code, Do string }
			}
		}
		_ = json.Unmarshal([]byte(text), &m) // the test sees what is missing
		if w := m.Data.Message; w.Waits != "" && m.Type == "TCP handshake" {
			codes, why, do = append(codes, w.Code), w.Waits, w.Do
		}
	}
	return codes, why, do
}

// withoutWaits are the other lines.
func withoutWaits(lines []string) []string {
	return slices.DeleteFunc(lines, func(text string) bool {
		codes, _, _ := waitsIn([]string{text})
		return len(codes) > 0
	})
}

// told checks the codes that a client was told since the last call, and that
// what it was told is what people are shown.
func (r *rig) told(c *client, when string, want ...string) {
	r.t.Helper()
	codes, why, do := waitsIn(c.take())
	expect(r.t, "told "+when, codes, want)
	if len(codes) > 0 {
		shown := health.Judge(health.Facts{Answering: true, State: r.State()}).Broken()
		if shown == nil || shown.Why != why || shown.Do != do || do == "" {
			r.t.Errorf("%s it is told %q, %q, and people are shown %+v", when, why, do, shown)
		}
	}
}

// A client is told once why its handshake is not there, and again when that
// changes, until it comes.
func TestWhoWaitsIsToldWhy(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		down := errors.New("dial tcp 10.0.0.1:8080: connect: connection refused")
		r.caller.set(nobody, nil)
		r.somebodyCameOrWent()
		r.driver.set(func(d *driver) { d.slots = 0 })
		r.Lost(down)
		c := r.connect()
		r.after(1900 * time.Millisecond)
		r.told(c, "before two seconds")
		r.after(200 * time.Millisecond)
		r.told(c, "where the router is away", "router_down")
		r.Lost(down) // somebody listens there now
		r.after(3 * time.Second)
		r.told(c, "where there is no session", "router_down")
		for n := range 10 { // each attempt fails in its own way
			r.Dialling()
			r.Lost(fmt.Errorf("%w %d", down, n))
			r.after(6 * time.Second)
		}
		r.told(c, "when nothing has changed")

		r.Joined(r.router)
		r.somebodyCameOrWent()
		r.after(1900 * time.Millisecond)
		r.told(c, "soon after the reason has changed")
		r.after(time.Hour)
		r.told(c, "where the driver is absent", "driver_absent")

		r.caller.set(somehow, nil)
		r.somebodyCameOrWent()
		synctest.Wait()
		expect(t, "told when the driver refuses it", c.errors(), []string{"driver_full "})
		r.after(time.Minute)
		r.told(c, "where the driver is full", "driver_full")

		r.driver.set(func(d *driver) { d.id, d.slots = "driver-2", 5 })
		r.after(time.Minute)
		if lines := c.take(); !strings.Contains(strings.Join(lines, ""), `{"result": "success"}`) {
			t.Errorf("when the driver was restarted: %q", lines)
		}
		r.after(time.Hour)
		r.told(c, "once it is there")

		r.Lost(down)
		r.after(time.Minute)
		r.told(c, "when it is lost again", "router_down")
	})
}

// At a box, nobody has flags to start the relay with.
func TestWhoWaitsAtABoxIsToldWhatHelpsThere(t *testing.T) {
	inBubble(t, settings{config: func(cfg *hub.Config) { cfg.Place = place.Box }}, func(r *rig) {
		r.Lost(errors.New("dial tcp 10.0.0.1:8080: connect: connection refused"))
		c := r.connect()
		r.after(3 * time.Second)
		if _, _, do := waitsIn(c.take()); !strings.Contains(do, "(robot.address)") {
			t.Errorf("told %q", do)
		}
	})
}

// What comes in time needs no word, and a reason that comes and goes is not
// told each time.
func TestWaitsAreFew(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.driver.set(func(d *driver) { d.late = 1900 * time.Millisecond })
		c := r.connect()
		r.after(time.Minute)
		r.told(c, "where the handshake came in time")

		for range 100 {
			r.Lost(errors.New("the session was closed"))
			r.after(time.Second)
			r.Joined(r.router)
			r.after(time.Second)
		}
		codes, _, _ := waitsIn(c.take())
		if len(codes) > 1 {
			t.Errorf("a router that comes and goes: told %q", codes)
		}
	})
}

// A robot that is there and answers late is a reason of its own.
func TestLateHandshakeIsSaid(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.driver.set(func(d *driver) { d.late = 2900 * time.Millisecond })
		c := r.connect()
		r.after(2100 * time.Millisecond)
		r.told(c, "while it is outstanding", "busy")
		r.after(time.Minute)
		if lines := c.take(); !strings.Contains(strings.Join(lines, ""), `{"result": "success"}`) {
			t.Errorf("the handshake: %q", lines)
		}
	})
}
