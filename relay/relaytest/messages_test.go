package relaytest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/tap"
)

// watched reads a stream of messages and checks that none is missing that was
// not counted as dropped.
type watched struct {
	t              *testing.T
	stream         *Stream
	shown, dropped uint64
}

func (w *watched) next() (m tap.Message, dropped bool) {
	w.t.Helper()
	e := w.stream.Next()
	switch e.Name {
	case "message":
		if err := json.Unmarshal([]byte(e.Data), &m); err != nil {
			w.t.Fatal(err)
		}
		w.shown++
		if m.Seq != w.shown+w.dropped {
			w.t.Fatalf("message %d is the %dth shown, with %d dropped", m.Seq, w.shown, w.dropped)
		}
		return m, false
	case "dropped":
		var body struct{ Dropped uint64 }
		if err := json.Unmarshal([]byte(e.Data), &body); err != nil || body.Dropped == 0 {
			w.t.Fatalf("%s: %v", e.Data, err)
		}
		w.dropped += body.Dropped
		return m, true
	}
	w.t.Fatalf("an event %+v", e)
	return m, false
}

// GET /messages shows what goes in and what comes out.
func TestMessagesAreShown(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	w := &watched{t: t, stream: relay.Stream("/messages")}
	long := strings.Repeat("x", 2000)
	c.Send(Command("home", `{"": "`+long+`"}`))
	c.Until(`"stat": 0`)
	c.Until(`"empty"`)

	in, _ := w.next()
	if in.Dir != tap.In || in.Client != c.ID || in.Remote != c.Conn.LocalAddr().String() || in.Topic != "com.opentrons.driver" ||
		in.Size != len(rig.Received(1)[0].Payload) || in.Payload != rig.Received(1)[0].Payload[:512] || in.Time.IsZero() {
		t.Errorf("what went in is shown as %+v", in)
	}
	for _, want := range []string{`"empty"`, `"stat": 0`, `"empty"`} {
		out, _ := w.next()
		if out.Dir != tap.Out || out.Client != c.ID || !strings.Contains(out.Payload, want) || out.Size != len(out.Payload) {
			t.Errorf("what came out is shown as %+v", out)
		}
	}
	c.Send("rubbish")
	if out, _ := w.next(); !strings.Contains(out.Payload, "bad_json") {
		t.Errorf("the error is shown as %+v", out)
	}
}

// More messages than can be shown are counted, and hold nobody up.
func TestMessagesThatAreNotShownAreCounted(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	w := &watched{t: t, stream: relay.Stream("/messages")}
	const burst = 500
	sending := Beside(t, func(context.Context) error {
		for range burst {
			c.Send(Meta("meta_commands", "null"))
		}
		return nil
	})
	for range burst {
		c.Until(`"meta_commands"`)
	}
	_ = sending.Wait() // its client fails the test by itself
	// A message that is shown after all of them shows that none is missing. It may
	// itself be one too many, as long as the burst is being shown.
	for marker := 0; ; marker++ {
		text := fmt.Sprintf("marker %d", marker)
		c.Send(text)
		c.ExpectError("bad_json")
		for {
			m, dropped := w.next()
			if strings.Contains(m.Payload, text) {
				if w.dropped == 0 || w.shown+w.dropped != uint64(2*burst+marker+1) {
					t.Errorf("%d shown and %d dropped, of %d", w.shown, w.dropped, 2*burst+marker+1)
				}
				return
			}
			if dropped {
				break
			}
		}
	}
}
