package faults_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
)

// closedFor is how many connections the relay has counted for a reason.
func closedFor(r *Relay, reason string) (n int) {
	_, text := r.Do("GET", "/metrics")
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, `relay_connections_closed_total{reason="`+reason+`"} `); ok {
			_, _ = fmt.Sscan(value, &n) // a number, by the format
		}
	}
	return n
}

// What a page can have a browser send reaches no robot, and is told so in the
// browser's language; it does not cost the driver an id.
func TestBrowserIsTurnedAway(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-page-port", "80")
	relay.WaitRobot("present")
	home := Command("home", `{"X": "true"}`)
	for n, begins := range []string{
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n\r\n" + home,
		"GET /?" + home + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"robot / HTTP/1.1\r\nHost: x\r\n\r\n" + home,
		"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n" + home,
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + home,
	} {
		c := relay.Dial()
		c.Write(begins + "\n" + home + "\n")
		_ = c.Conn.SetReadDeadline(time.Now().Add(Patience))
		answer, err := io.ReadAll(c.Conn)
		// A machine that is busy may have read it too late to answer as a web
		// server would: it has been greeted as a client then.
		greeted := strings.HasPrefix(string(answer), `{"time"`)
		if err != nil || !greeted && !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") || !strings.Contains(string(answer), "http://127.0.0.1/") {
			t.Errorf("%.20q: the answer is %q, %v", begins, answer, err)
		}
		relay.WaitState("it is no client", func(s state.State) bool { return len(s.Clients) == 0 && s.TurnedAway.Count == uint64(n+1) })
		if got := closedFor(relay, "not_our_protocol"); got != n+1 {
			t.Errorf("%d connections are counted, not %d", got, n+1)
		}
	}
	relay.Log.WaitFor(t, "reason=not_our_protocol")
	c := relay.Connect()
	c.Fence()
	if got := rig.Robot.Arrived(); got != 1 {
		t.Errorf("the robot got %d messages more", got-1)
	}
	if s := relay.State(); s.TurnedAway.Count != 5 || len(s.Clients) != 1 {
		t.Errorf("the state is %+v", s)
	}
}

// TLS, TURN and other binary, with a command in it.
func TestBinaryIsTurnedAway(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	home := "\n" + Command("home", `{"X": "true"}`) + "\n"
	for n, begins := range []string{
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"\x00\x03\x00\x7c\x21\x12\xa4\x42abcdefghijkl\x00\x06\x00\x60",
		"\x00\x85\x00\x03\x00\x7c\x21\x12\xa4\x42",
		"\x80\x2e\x01\x00\x02",
	} {
		c := relay.Dial()
		c.Write(begins + home)
		c.Until(`"failed"`) // first of all, but on a machine that is too busy to read it in time
		c.ExpectError("refused")
		c.ExpectClosed()
		relay.WaitState("it is no client", func(s state.State) bool { return len(s.Clients) == 0 && s.TurnedAway.Count == uint64(n+1) })
		if got := closedFor(relay, "not_our_protocol"); got != n+1 {
			t.Errorf("%d connections are counted, not %d", got, n+1)
		}
	}
	c := relay.Connect()
	c.Fence()
	if got := rig.Robot.Arrived(); got != 1 {
		t.Errorf("the robot got %d messages more", got-1)
	}
}

// Rubbish typed by a person is answered, and the next message is obeyed.
func TestPersonIsAnsweredAndServed(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	for _, typed := range []string{"halt", "help me", "MOVE X100", "G28 X", "}", "[]", "ls /tmp", "Übung", "X: 1"} {
		c := relay.Connect()
		c.Write(typed + "\n")
		if e := c.ExpectError("bad_json"); e.Received != typed {
			t.Errorf("of %q the error repeats %q", typed, e.Received)
		}
		c.Fence()
		c.Close()
		relay.WaitState("it has left", func(s state.State) bool { return len(s.Clients) == 0 })
	}
}

// Whoever is turned away is counted, logged and shown in the state, for
// whatever reason, and told in both ways that clients look for.
func TestTurnedAwayInOneWay(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		reason string
		from   string
		args   []string
		silent bool
	}{
		{"not_allowed", "127.0.0.9", []string{"-allow", "127.0.0.1"}, true},
		{"too_many", "", []string{"-max-per-address", "1"}, false},
		{"too_many", "127.0.0.9", []string{"-max-connections", "1"}, false},
		{"too_many", "127.0.0.9", []string{"-max-clients", "1"}, false},
	} {
		t.Run(strings.Join(row.args, " "), func(t *testing.T) {
			t.Parallel()
			rig := NewWithRobot(t)
			relay := rig.StartRelay(row.args...)
			relay.WaitRobot("present")
			relay.Connect()
			over := DialFrom(t, row.from, relay.Addr)
			if row.silent {
				_ = over.Conn.SetReadDeadline(time.Now().Add(Patience))
				if told, _ := io.ReadAll(over.Conn); len(told) > 0 { // it may be reset
					t.Errorf("a stranger is told %q", told)
				}
			} else {
				over.Expect(`"result": "failed"`)
				over.ExpectError("busy")
				over.ExpectClosed()
			}
			s := relay.WaitState("somebody was turned away", func(s state.State) bool { return s.TurnedAway.Count == 1 })
			if last := s.TurnedAway; last.Reason != row.reason || last.Text == "" || last.Remote != over.Conn.LocalAddr().String() {
				t.Errorf("the state says %+v", last)
			}
			if got := closedFor(relay, row.reason); got != 1 {
				t.Errorf("%d are counted", got)
			}
			relay.Log.WaitFor(t, `msg="client turned away" remote=`+over.Conn.LocalAddr().String()+" reason="+row.reason)
		})
	}
}
