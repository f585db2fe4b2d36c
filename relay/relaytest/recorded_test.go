package relaytest_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"rawtcpcom/relay/recorded"
	. "rawtcpcom/relay/relaytest"
)

var (
	timePattern = regexp.MustCompile(`"time": "\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}"`)
	idPattern   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// normal leaves times out and numbers ids in the order they first come.
type normal map[string]string

func (n normal) form(line string) string {
	line = timePattern.ReplaceAllString(line, `"time": "TIME"`)
	return idPattern.ReplaceAllStringFunc(line, func(id string) string {
		if n[id] == "" {
			n[id] = fmt.Sprint("ID", len(n)+1)
		}
		return n[id]
	})
}

// The recorded sessions of the original, played again through this relay: the
// client gets the same lines and the robot the same messages. What differs is
// meant to:
//   - no spurious ERROR line before each message from frontend;
//   - on already_connected the client is told so by the relay too, as on
//     success, which the original left out;
//   - the robot's queue is dropped before each halt;
//   - the simulated robot, unlike the recorded board, knows its positions.
func TestTranscripts(t *testing.T) {
	for _, name := range recorded.Sessions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rig := NewWithRobot(t)
			robot := rig.Peer("com.opentrons.driver", "com.opentrons.driver_handshake")
			// The original had one id for everybody, and passed on what names nothing.
			relay := rig.StartRelay("-max-clients", "1", "-check", "off")
			relay.WaitRobot("present")

			playClient(t, relay, recorded.Socket(t, name))

			theirs, ours := normal{}, normal{}
			for i, r := range recorded.Events(t, name) {
				if r.Topic != "com.opentrons.driver" && r.Topic != "com.opentrons.driver_handshake" {
					continue // the driver's
				}
				got := robot.Next()
				if strings.Contains(got.Payload, `"sessionID": "com.opentrons.tcpRelay"`) && strings.Contains(got.Payload, "clear_queue") {
					got = robot.Next() // that is what the relay puts before a halt
				}
				if want := theirs.form(r.Payload); got.Topic != r.Topic || ours.form(got.Payload) != want {
					t.Fatalf("event %d:\n got %s %s\nwant %s %s", i+1, got.Topic, ours.form(got.Payload), r.Topic, want)
				}
			}
		})
	}
}

func playClient(t *testing.T, relay *Relay, session []recorded.Step) {
	theirs, ours := normal{}, normal{}
	var c *Client
	for i, r := range session {
		line := strings.TrimSuffix(r.Bytes, "\n\r")
		switch {
		case r.Dir == recorded.Closed:
			continue
		case r.Dir == recorded.FromClient:
			c.Write(r.Bytes)
			continue
		case strings.Contains(line, `"result": "ERROR"`):
			continue
		case strings.Contains(line, `"Start-up"`):
			if c != nil {
				c.Close()
			}
			c = relay.Dial()
		case strings.Contains(line, `"result": "already_connected"`):
			notice := c.Next()
			if !notice.IsNotice() || notice.Result() != "already_connected" {
				t.Fatalf("instead of the relay's own already_connected: %s", notice.Line)
			}
		}
		got := c.Line()
		for strings.Contains(got, `"message": {"adj_pos": {`) || strings.Contains(got, `"message": {"pos": {`) {
			got = c.Line()
		}
		if got, want := ours.form(got), theirs.form(line); got != want {
			t.Fatalf("line %d:\n got %s\nwant %s", i+1, got, want)
		}
	}
	c.Fence()
}
