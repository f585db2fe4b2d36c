package simulator

import (
	"encoding/json"
	"strings"
	"testing"

	"rawtcpcom/relay/recorded"
)

// fromDriver reports whether the driver published the event, rather than the
// relay of 2016.
func fromDriver(e recorded.Event) bool {
	return e.Topic != driverTopic && e.Topic != handshakeTopic
}

// TestTranscripts plays the relay's side of the recorded sessions to the robot
// and holds its side to what the real driver said: every event, in order, on
// its topic, byte for byte but for the time and the driver's id.
func TestTranscripts(t *testing.T) {
	for _, name := range recorded.Sessions {
		t.Run(name, func(t *testing.T) {
			session := recorded.Events(t, name)
			var first struct{ From string }
			if err := json.Unmarshal([]byte(session[0].Payload), &first); err != nil {
				t.Fatal(err)
			}
			var was struct{ From string }
			if err := json.Unmarshal([]byte(session[1].Payload), &was); err != nil {
				t.Fatal(err)
			}
			router := startRouter(t)
			robot := startDriver(t, router, RobotConfig{Instant: true})
			p := joinPeer(t, router, frontendTopic, topicPrefix+first.From)

			for i, r := range session {
				if !fromDriver(r) {
					p.say(r.Topic, strings.ReplaceAll(r.Payload, was.From, robot.ID()))
					continue
				}
				got := p.next()
				for addsPosition(got) {
					got = p.next()
				}
				want := timeless(r.Payload, was.From)
				if got.topic != r.Topic || timeless(got.payload, robot.ID()) != want {
					t.Fatalf("event %d:\n got %s %s\nwant %s %s", i+1, got.topic, got.payload, r.Topic, want)
				}
			}

			// No more than the driver said: the answer to one more question
			// is the next event.
			p.say(driverTopic, says(first.From, "meta", "smoothie", `{"meta_commands": ""}`))
			if got := brief(p.next()); !strings.Contains(got, "meta_commands") {
				t.Errorf("the robot also said %s", got)
			}
		})
	}
}

// addsPosition reports whether the event is one of the two with which the
// robot answers "positions" and the recorded driver, whose board knew none, did
// not.
func addsPosition(e event) bool {
	return strings.Contains(e.payload, `"message": {"adj_pos": {`) || strings.Contains(e.payload, `"message": {"pos": {`)
}
