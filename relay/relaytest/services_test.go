package relaytest_test

import (
	"fmt"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
)

// answer is what labware and the bootstrapper answer a handshake with.
func answer(name, to, result string) string {
	return fmt.Sprintf(`{"time": "2016-05-13 10:00:00.000001", "type": "handshake", "to": %q, "from": "the-%s-id", "sessionID": %q, "data": {"name": %q, "message": {"result": %q}}}`,
		to, name, to, name, result)
}

// Labware and the bootstrapper are shaken hands with when a client first
// addresses them, before they get what it sent; their replies reach it, on
// whichever topic they come.
func TestServicesGetTheirHandshakeFirst(t *testing.T) {
	for _, name := range []string{"labware", "bootstrapper"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rig := NewWithRobot(t)
			topic := "com.opentrons." + name
			service := rig.Peer(topic+"_handshake", topic)
			relay := rig.StartRelay()
			relay.WaitRobot("present")
			c, other := relay.Connect(), relay.Connect()

			const message = `{"topic":"%s","type":"%[1]s","data":{"name":"x","message":{"load":{"n":1.0}}}}`
			c.Send(fmt.Sprintf(message, name), fmt.Sprintf(message, topic))
			hello := service.Expect(topic+"_handshake", `{"extend": "true"}`)
			if hello.From != c.ID || hello.SessionID != c.ID || hello.To != "" || hello.Name != name || hello.Type != "handshake" {
				t.Errorf("the handshake is %s", hello.Line)
			}
			service.Publish("com.opentrons.frontend", answer(name, c.ID, "success"))
			if got := c.Line(); got != answer(name, c.ID, "success") {
				t.Errorf("instead of the answer to the handshake: %s", got)
			}
			for range 2 {
				m := service.Expect(topic, `"data": {"name":"x","message":{"load":{"n":1.0}}}`)
				if m.From != c.ID || m.To != "the-"+name+"-id" {
					t.Errorf("from %q to %q: %s", m.From, m.To, m.Line)
				}
			}

			topics := []string{"com.opentrons." + c.ID, "com.opentrons.frontend"}
			if name == "labware" {
				topics = append(topics, topic)
			}
			for i, on := range topics {
				payload := fmt.Sprintf(`{"type": %q, "to": %q, "from": "the-id", "data": {"name": "x", "message": {"n": %d}}}`, name, c.ID, i)
				service.Publish(on, payload)
				if got := c.Line(); got != payload {
					t.Errorf("on %s came %s", on, got)
				}
			}
			c.Send(fmt.Sprintf(message, name))
			if e := service.Next(); e.Topic != topic {
				t.Errorf("a second handshake: %s", e.Payload)
			}
			c.Fence()
			other.Fence()
		})
	}
}

// A service that is not there costs nobody the driver: its messages are
// refused, and nothing of them comes to it later.
func TestServiceThatIsAway(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Send(`{"topic":"labware","type":"labware","data":{"name":"x","message":{"stale":1}}}`)
	if e := c.ExpectError("driver_absent"); strings.Contains(e.Text, "driver") {
		t.Errorf("an error about the labware sends people to the driver: %s", e.Text)
	}
	c.Home()
	relay.Log.WaitFor(t, "service=labware state=absent") // the attempt is over, and the next one a new one

	labware := rig.Peer("com.opentrons.labware_handshake", "com.opentrons.labware")
	c.Send(`{"topic":"labware","type":"labware","data":{"name":"x","message":{"fresh":1}}}`)
	labware.Expect("com.opentrons.labware_handshake")
	labware.Publish("com.opentrons.frontend", answer("labware", c.ID, "success"))
	labware.Expect("com.opentrons.labware", `{"fresh":1}`)
	c.Expect(`"labware"`, `"success"`)
	c.Fence()
}
