package relaytest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
)

// reply is a message of the driver, as the robot's software writes it.
func reply(rig *Rig, typ, to, message string) string {
	return fmt.Sprintf(`{"time": "2016-05-13 10:00:00.000001", "type": %q, "to": %q, "from": %q, "sessionID": %q, "data": {"name": "smoothie", "message": %s}}`,
		typ, to, rig.Robot.ID(), to, message)
}

// Each client gets what its own commands caused, and nobody else's.
func TestEachClientGetsItsOwnReplies(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	clients := make([]*Client, 4)
	for i := range clients {
		clients[i] = relay.Connect()
	}
	for range 3 {
		for _, c := range clients {
			c.Home()
		}
	}
	for _, c := range clients {
		c.Fence()
	}
}

// The same with all of them at once: every line that comes is addressed to
// the one who gets it, and each gets as many answers as it asked questions.
func TestRepliesOfManyAtOnceDoNotMix(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	const questions = 200
	var all []*Task
	for range 4 {
		c := relay.Connect()
		all = append(all, Beside(t, func(context.Context) error {
			for range questions {
				c.Send(Meta("meta_commands", "null"))
			}
			return nil
		}), Beside(t, func(context.Context) error {
			for range questions {
				if m, err := ParseMessage(c.Line()); err != nil || m.To != c.ID {
					return fmt.Errorf("client %s got %s, %v", c.ID, m.Line, err)
				}
			}
			return nil
		}))
	}
	for _, task := range all {
		if err := task.Wait(); err != nil {
			t.Error(err)
		}
	}
}

// What the robot's side publishes reaches the one client it is for: on its
// own topic whatever it says, on the topics that many hear by its "to".
func TestEventsReachTheClientTheyAreFor(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	a, b := relay.Connect(), relay.Connect()
	publish := func(topic, payload string) {
		t.Helper()
		if err := rig.Robot.Publish(topic, payload); err != nil {
			t.Fatal(err)
		}
	}
	const stranger = "11111111-2222-4333-8444-555555555555"
	table := []struct{ topic, payload string }{
		{"com.opentrons." + a.ID, reply(rig, "driver", a.ID, `{"n": 1}`)},
		{"com.opentrons." + a.ID, reply(rig, "driver", b.ID, `{"n": 2}`)}, // the topic decides
		{"com.opentrons." + a.ID, reply(rig, "driver", "", `{"n": 3}`)},
		{"com.opentrons." + a.ID, `{"n": 4}`},
		{"com.opentrons." + a.ID, `{"n":5,"z":NaN}`}, // Python writes it so
		{"com.opentrons.frontend", reply(rig, "driver", a.ID, `{"n": 6}`)},
		{"com.opentrons.labware", reply(rig, "labware", a.ID, `{"n": 7}`)},
	}
	for _, row := range table {
		publish(row.topic, row.payload)
	}
	for _, to := range []string{stranger, "", "frontend", "com.opentrons.tcpRelay"} {
		publish("com.opentrons.frontend", reply(rig, "driver", to, `{"n": 100}`))
		publish("com.opentrons.labware", reply(rig, "labware", to, `{"n": 101}`))
		publish("com.opentrons."+stranger, reply(rig, "driver", to, `{"n": 102}`))
	}
	publish("com.opentrons.frontend", `{"no": "to"}`)
	for _, row := range table {
		if got := a.Line(); got != row.payload {
			t.Errorf("on %s\n got %s\nwant %s", row.topic, got, row.payload)
		}
	}
	a.Fence()
	b.Fence()
}

// An event that is no message costs nobody anything; where it was somebody's,
// that client is told that a reply was lost.
func TestEventsThatAreNoMessages(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	a, b := relay.Connect(), relay.Connect()
	private := "com.opentrons." + a.ID
	publish := func(topic string, args ...any) {
		t.Helper()
		if err := rig.Robot.Publish(topic, args...); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]any{{}, {42}, {map[string]any{"to": a.ID}}, {nil}} {
		publish("com.opentrons.frontend", args...)
		publish(private, args...)
		a.ExpectError("bad_message")
	}
	publish("com.opentrons.frontend", "no JSON")
	publish("com.opentrons.frontend", "[]")
	publish("com.opentrons.frontend", reply(rig, "driver", a.ID, `{"n": 1}`), "a second argument")
	a.Expect(`{"n": 1}`) // the first is a message all the same
	ppt := map[string]any{"ppt_scheme": "mqtt"}
	if err := rig.Robot.PublishRaw(private, ppt, []any{"payload"}, nil); err != nil {
		t.Fatal(err)
	}
	if m := a.Next(); m.Error().Code != "bad_message" && m.Line != "payload" {
		t.Errorf("after an event in pass-through mode: %s", m.Line)
	}
	a.Fence()
	b.Fence()
	if _, body := relay.Do("GET", "/metrics"); !strings.Contains(body, "relay_events_refused_total 1") {
		t.Errorf("refused events are not counted:\n%s", body)
	}
}
