package faults_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
)

// move is a move for otone, with a number to know it by.
func move(number int) string { return fmt.Sprintf(`{"type":"move","data":{"x":%d}}`, number) }

// An otone that freezes carries out few commands late, and is told first
// of all to drop them, or to halt.
func TestFrozenOToneGetsFewCommands(t *testing.T) {
	for after, stops := range map[string][]string{"clear": {`{"type": "eraseJob"}`}, "halt": {`{"type": "eraseJob"}`, `{"type": "raw", "data": "M112"}`}, "none": nil} {
		t.Run(after, func(t *testing.T) {
			t.Parallel()
			rig := NewWithOTone(t)
			relay := rig.StartRelay("-after-silence", after)
			c, other := relay.ConnectOTone(), relay.ConnectOTone()
			rig.OTone.Freeze(true)
			tick := time.NewTicker(100 * time.Millisecond)
			defer tick.Stop()
			for i := range 200 {
				c.Send(move(i))
				<-tick.C
			}
			rig.OTone.Freeze(false)
			relay.WaitRobot("present")
			told := slices.ContainsFunc(other.Until(`"result": "success"`), func(m Message) bool {
				return m.Type == "error" && strings.Contains(m.Error().Text, "-after-silence "+after)
			})
			if told != (after != "none") {
				t.Errorf("the other client was told: %v", told)
			}
			other.Send(Question)
			got := rig.WaitReceived("has the question", func(got []string) bool { return len(got) > 0 && got[len(got)-1] == Question })
			late := 0
			for ; late < len(got) && strings.HasPrefix(got[late], `{"type":"move"`); late++ {
			}
			t.Logf("%d late", late)
			if late > mostLate {
				t.Errorf("%d moves were carried out late", late)
			}
			if rest := got[late : len(got)-1]; strings.Join(rest, "") != strings.Join(stops, "") {
				t.Errorf("what followed them is %q, not %q", rest, stops)
			}
		})
	}
}

// "home" keeps otone from answering for a second: nothing is
// refused for that.
func TestOToneThatIsBusyForASecond(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	relay := rig.StartRelay()
	c := relay.ConnectOTone()
	rig.OTone.Freeze(true)
	thaw := time.AfterFunc(time.Second, func() { rig.OTone.Freeze(false) })
	defer thaw.Stop()
	want := []string{`{"type":"home","data":{}}`}
	c.Send(want...)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for i := range 30 {
		<-tick.C
		c.Send(move(i))
		want = append(want, move(i))
	}
	rig.ExpectReceived(want...)
	relay.WaitState("nothing refused", func(s state.State) bool { return s.Clients[0].Received == 31 && s.Clients[0].Errors == 0 })
}

// What a lost session leaves unheard is dropped before the robot is told
// anything else.
func TestOToneAfterALostSession(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	proxy := rig.Proxy()
	relay := rig.StartRelay("-router", proxy.URL())
	c := relay.ConnectOTone()
	proxy.Down.Hold()
	c.Send(move(1))
	rig.ExpectReceived(move(1))
	proxy.Cut()
	proxy.Down.Release()
	c.ExpectError("outcome_unknown")
	if e := c.ExpectError("outcome_unknown"); !strings.Contains(e.Text, "-after-silence clear") {
		t.Errorf("told %q", e.Text)
	}
	c.Ready()
	c.FenceOTone()
	rig.ExpectReceived(move(1), `{"type": "eraseJob"}`, Question)
}
