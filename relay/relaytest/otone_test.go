package relaytest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// What a client writes is what the robot gets.
func TestOToneCommandsAreWhatTheClientWrote(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	relay := rig.StartRelay("-check", "off")
	c := relay.ConnectOTone()
	messages := []string{
		`{"type":"pauseJob"}`,
		`{ "data" : { "z":1, "x":2.50, "y":1E1 } , "type" : "move" }`,
		`{"type":"home","data":null}`,
		`{"type":"createDeck","data":{"tiprack":{"labware":"tiprack-200ul \u00e4 ä \"\\\/"}}}`,
		`{"type":"unheard of","data":[1.0,[],{}]}`,
		`{"type":"raw","data":"G91"}`,
		`{"type":"resumeJob"}`,
	}
	c.Send(messages...)
	rig.ExpectReceived(messages...)
}

// What the robot says goes to every client, a line each, in order, whatever it
// is.
func TestOToneRepliesReachEveryClient(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	relay := rig.StartRelay()
	clients := []*Client{relay.ConnectOTone(), relay.ConnectOTone(), relay.ConnectOTone()}
	said := []string{
		`{"type": "position", "data": {"string": {"x": NaN}}}`,
		"{\n    \"data\": {\n        \"a\": 1.50\n    },\n    \"type\": \"containerLocations\"\n}",
		`no JSON`, `{"type": "finished"}`,
	}
	want := []string{said[0], `{"data":{"a":1.50},"type":"containerLocations"}`, said[2], said[3]}
	for i := range 100 {
		line := fmt.Sprintf(`{"type": "delay", "data": %d}`, i)
		said, want = append(said, line), append(want, line)
	}
	for _, payload := range said {
		if err := rig.OTone.Publish("com.opentrons.robot_to_browser", payload); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range clients {
		for _, line := range want {
			if got := c.Line(); got != line {
				t.Fatalf("client %d got %s, not %s", i, got, line)
			}
		}
	}

	// What cannot be passed on is not lost in silence.
	for _, arg := range []any{1, nil, "  "} {
		if err := rig.OTone.Publish("com.opentrons.robot_to_browser", arg); err != nil {
			t.Fatal(err)
		}
		for _, c := range clients {
			c.ExpectError("bad_message")
		}
	}
	if err := rig.OTone.Publish("com.opentrons.robot_ready", "perhaps"); err != nil {
		t.Fatal(err)
	}
	clients[0].FenceOTone()
}

// What stops the robot goes out ahead of what its sender still has in the
// relay, and that is refused.
func TestOToneStopOvertakesItsSendersBacklog(t *testing.T) {
	for _, stop := range []string{`{"type":"eraseJob"}`, `{"type":"stop"}`, `{"type":"reset"}`, `{"type":"raw","data":"M112"}`} {
		t.Run(stop, func(t *testing.T) {
			t.Parallel()
			rig := NewWithOTone(t)
			proxy := rig.Proxy()
			relay := rig.StartRelay("-router", proxy.URL())
			c := relay.ConnectOTone()
			proxy.Down.Hold() // without acknowledgements, only so many go out
			const sent = 200
			for i := range sent {
				c.Send(fmt.Sprintf(`{"type":"move","data":{"x":%d}}`, i))
			}
			c.Send(stop)
			if stop == `{"type":"stop"}` {
				stop = wire.RawHalt // which the robot carries out
			}
			rig.WaitReceived("the stop", func(got []string) bool { return slices.Contains(got, stop) })
			c.Send("rubbish") // all that is refused has been refused when this is
			refused := 0
			for e := c.Next().Error(); e.Code != "bad_json"; e = c.Next().Error() {
				if e.Code != "refused" || !strings.Contains(e.Text, "overtook") {
					t.Fatalf("instead of an error: %+v", e)
				}
				refused++
			}
			proxy.Down.Release()
			c.Send(Question)
			c.Until(Answer)
			got := rig.OTone.Received()
			if i := slices.Index(got, wire.EraseJob); i >= 0 { // what the relay puts before a halt
				got = slices.Delete(slices.Clone(got), i, i+1)
			}
			if refused == 0 || len(got) != sent-refused+2 || got[len(got)-2] != stop {
				t.Errorf("%d of %d were refused, and the robot got %q", refused, sent, got)
			}
		})
	}
}

// One error line for each message that is none; the connection stays.
func TestOToneMessagesThatAreNone(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	relay := rig.StartRelay("-max-message", "2000")
	c := relay.ConnectOTone()
	for _, row := range []struct{ message, code, says string }{
		{`rubbish`, "bad_json", ""},
		{`{"type":"move","data":{"x":NaN}}`, "bad_json", "no place to move to"},
		{`{"type":"move","data":{"x":"NaN"}}`, "refused", "no place to move to"},
		{`{"type":"move","data":{"x":null}}`, "refused", "no place to move to"},
		{`{"data":{"x":1}}`, "bad_message", `"type" is missing`},
		{`{"type":["home"]}`, "bad_message", `"type" is missing`},
		{`{"type":"home","from":"me"}`, "bad_message", `"from" does not belong`},
		{Command("home", `""`), "bad_message", "-backend driver"},
		{`{"type":"raw","data":"` + strings.Repeat("x", 2000) + `"}`, "too_large", "-max-message"},
	} {
		c.Send(row.message)
		if e := c.ExpectError(row.code); !strings.Contains(e.Text, row.says) || !strings.HasPrefix(row.message, e.Received) {
			t.Errorf("of %s the error is %+v", row.message, e)
		}
	}
	c.FenceOTone()
	rig.ExpectReceived(Question)
}

// Each command is published once, or answered with an error, though the link to
// the router breaks at any point.
func TestOToneLosesNoCommand(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	proxy := rig.Proxy()
	relay := rig.StartRelay("-router", proxy.URL(), "-check", "off") // "mark" is no verb
	c := relay.ConnectOTone()
	next := 0
	for round := range 5 {
		// In the middle of a message, at another place each time.
		proxy.Up.CutAfter(4000 + 777*round)
		first, refused, unknown := next, map[int]bool{}, map[int]bool{}
		for ; next < first+200; next++ {
			c.Send(fmt.Sprintf(`{"type":"mark","data":%d}`, next))
		}
		for ready := false; !ready; {
			m := c.Next()
			n := -1
			_, _ = fmt.Sscanf(m.Error().Received, `{"type":"mark","data":%d}`, &n)
			switch e := m.Error(); {
			case m.IsNotice():
				ready = true
			case e.Code == "outcome_unknown":
				unknown[n] = true
			case e.Code == "router_down", e.Code == "driver_absent":
				refused[n] = true
			default:
				t.Fatalf("instead of an error: %s", m.Line)
			}
		}
		c.FenceOTone()
		times := map[int]int{}
		last := -1
		for _, got := range rig.OTone.Received() {
			n := -1
			if _, err := fmt.Sscanf(got, `{"type":"mark","data":%d}`, &n); err == nil {
				times[n]++
				if n <= last {
					t.Errorf("%d came after %d", n, last)
				}
				last = n
			}
		}
		for n := first; n < next; n++ {
			came, told := times[n], refused[n] || unknown[n]
			if came > 1 || came == 1 && refused[n] || came == 0 && !told {
				t.Errorf("%d came %d times; refused %v, unknown %v", n, came, refused[n], unknown[n])
			}
		}
		if len(refused)+len(unknown) == 0 {
			t.Error("nothing was cut")
		}
	}
}

// What a client that commanded the robot leaves behind, and with -exclusive who
// may command it at all.
func TestOToneControl(t *testing.T) {
	for leaves, stops := range map[string][]string{
		"none":  nil,
		"clear": {`{"type": "eraseJob"}`},
		"halt":  {`{"type": "eraseJob"}`, `{"type": "raw", "data": "M112"}`},
	} {
		t.Run(leaves, func(t *testing.T) {
			t.Parallel()
			const home = `{"type":"home","data":{"x":true}}`
			rig := NewOTone(t)
			rig.StartOTone(simulator.RobotConfig{Speed: map[string]float64{"X": 1}})
			relay := rig.StartRelay("-exclusive", "-on-disconnect", leaves)
			asks, c, other := relay.ConnectOTone(), relay.ConnectOTone(), relay.ConnectOTone()
			asks.FenceOTone()
			asks.Close() // it only asked
			relay.WaitState("that is gone", func(s state.State) bool { return len(s.Clients) == 2 })
			c.Send(home)
			rig.ExpectReceived(Question, home)
			other.Send(home)
			other.Until(`"code": "refused"`)
			other.Send(`{"type":"eraseJob"}`) // a stop is everybody's
			rig.ExpectReceived(Question, home, `{"type":"eraseJob"}`)
			c.Close()
			relay.WaitState("it is gone", func(s state.State) bool { return len(s.Clients) == 1 })
			other.Send(Question)
			rig.ExpectReceived(slices.Concat([]string{Question, home, `{"type":"eraseJob"}`}, stops, []string{Question})...)
		})
	}
}

// The program brings a robot of this kind along, too.
func TestOToneSimulation(t *testing.T) {
	t.Parallel()
	relay := Start(t, "-simulate", "-backend", "otone", "-data", t.TempDir())
	c := relay.ConnectOTone()
	c.Send(`{"type":"home","data":{"x":true}}`, `{"type":"move","data":{"x":5}}`)
	c.Until(`{"type": "position", "data": {"string": {"x": 5.0, "y": 0.0, "z": 0.0, "a": 0.0, "b": 0.0, "c": 0.0}}}`)
	if out := relay.Out.String(); !strings.Contains(out, `{"type":"move","data":{"x":100,"y":50}}`) {
		t.Errorf("it says how to try it: %s", out)
	}
}
