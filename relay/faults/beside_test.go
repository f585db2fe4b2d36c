package faults_test

import (
	"slices"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
)

// Two who command are told of each other, once; a third is told when it does, and
// who only asks or stops disturbs nobody.
func TestTwoWhoCommandAreTold(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	first, second, asks, third := relay.Connect(), relay.Connect(), relay.Connect(), relay.Connect()
	asks.Send(Command("positions", "null"))
	asks.Until(`adj_pos`)
	first.Home()
	asks.Send(Command("positions", "null"), Meta("clear_queue", "null"))
	asks.Until(`"clear_queue"`)
	first.ExpectError("outcome_unknown") // what the robot had queued is gone
	if notices := relay.State().Notices; len(notices) > 0 {
		t.Errorf("with one who commands, the state has %v", notices)
	}
	for range 3 {
		second.Home()
		first.Home()
	}
	third.Home()
	for c, other := range map[*Client]*Client{first: second, second: first, third: first} {
		c.Fence()
		if len(c.Beside) != 1 || !strings.Contains(c.Beside[0], `"type": "TCP handshake", "to": "`+c.ID+`"`) {
			t.Fatalf("told %q", c.Beside)
		}
		for _, text := range []string{`"also_commands": "` + other.ID + `"`, other.Conn.LocalAddr().String(), "-exclusive"} {
			if !strings.Contains(c.Beside[0], text) {
				t.Errorf("not told %q: %s", text, c.Beside[0])
			}
		}
	}
	asks.Send(Meta("meta_commands", "null"))
	asks.Until(`"meta_commands"`)
	if len(asks.Beside) > 0 {
		t.Errorf("one who only asks is told %q", asks.Beside)
	}
	told := func(s state.State, who *Client) bool {
		return slices.ContainsFunc(s.Notices, func(n state.Notice) bool {
			return strings.Contains(n.Text, who.ID) && strings.Contains(n.Text, who.Conn.LocalAddr().String()) && strings.Contains(n.Text, "-exclusive") && !n.Time.IsZero()
		})
	}
	if s := relay.State(); !told(s, first) || !told(s, third) {
		t.Errorf("the state has %v", s.Notices)
	}
	third.Close()
	relay.WaitState("the notice is over", func(s state.State) bool { return len(s.Clients) == 3 && len(s.Notices) == 0 })
}

// The same with otone; and with -exclusive nobody is told, since the second is
// refused.
func TestTwoWhoCommandOTone(t *testing.T) {
	t.Parallel()
	for _, exclusive := range []bool{false, true} {
		rig := NewWithOTone(t)
		var args []string
		if exclusive {
			args = []string{"-exclusive"}
		}
		relay := rig.StartRelay(args...)
		relay.WaitRobot("present")
		first, second := relay.ConnectOTone(), relay.ConnectOTone()
		const move = `{"type":"move","data":{"x":1}}`
		first.Send(move)
		rig.ExpectReceived(move)
		second.Send(move)
		if exclusive {
			second.Until(`"code": "refused"`)
		} else {
			rig.ExpectReceived(move, move)
		}
		for _, c := range []*Client{first, second} {
			c.Send(Question)
			c.Until(`"containers"`)
			if told := len(c.Beside) == 1; told == exclusive {
				t.Errorf("with -exclusive %v, told %q", exclusive, c.Beside)
			}
		}
	}
}
