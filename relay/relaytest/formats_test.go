package relaytest_test

import (
	"fmt"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// What the robot gets is what the client wrote, byte for byte, in either
// format; who it is from is the relay's to say.
func TestDataReachesRobotByteForByte(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()

	const (
		order   = `{"Z":1,"X":2.50 ,  "Y":-0.0,"A":1e2,"B":100000000000000000001}`
		escapes = `{"":"<>&\u003c\u00e9é\/\\\"\u0041 \ud83e\uddea 🧪"}`
		lies    = `"from":"frontend","sessionID":"frontend","to":"nobody","time":"1999-12-31 23:59:59.000000",`
	)
	table := []struct{ sent, typ, data string }{
		{`{"topic":"driver","type":"command","name":"smoothie","message":"move_to","param":` + order + `}`,
			"command", `{"name": "smoothie", "message": {"move_to": ` + order + `}}`},
		{`{"topic":"driver","type":"command","name":"smoothie","message":"move_to","param":` + escapes + `}`,
			"command", `{"name": "smoothie", "message": {"move_to": ` + escapes + `}}`},
		{`{"param":null,"message":"drivers","name":null,"type":"meta","topic":"com.opentrons.driver"}`,
			"meta", `{"name": "None", "message": {"drivers": ""}}`},
		{`{"topic":"driver","type":"command","name":"smoothie","message":null,"param":null}`,
			"command", `{"name": "smoothie", "message": {"": ""}}`},
		{`{` + lies + `"topic":"driver","type":"command","data":{"name":"smoothie","message":{"move_to":` + order + `}}}`,
			"command", `{"name":"smoothie","message":{"move_to":` + order + `}}`},
		{`{"topic":"com.opentrons.driver","type":"command","data":  {"message" : {"move":` + escapes + `} , "name":"smoothie","more":[1, 2]}}`,
			"command", `{"message" : {"move":` + escapes + `} , "name":"smoothie","more":[1, 2]}`},
		{`{` + lies + `"topic":"driver","type":"command","name":"smoothie","message":"home","param":{"X":"true"}}`,
			"command", `{"name": "smoothie", "message": {"home": {"X":"true"}}}`},
		{`{"topic":"driver","type":"comm\u0061nd","data":{"name":"smoothie","message":"home"}}`,
			`comm\u0061nd`, `{"name":"smoothie","message":"home"}`},
	}
	for i, row := range table {
		c.Send(row.sent)
		got := rig.Received(i + 1)[i]
		m, err := ParseMessage(got.Payload)
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`{"time": %q, "type": "%s", "to": %q, "from": %q, "sessionID": %q, "data": %s}`,
			m.Time, row.typ, rig.Robot.ID(), c.ID, c.ID, row.data)
		if got.Payload != want {
			t.Errorf("sent %s\n got %s\nwant %s", row.sent, got.Payload, want)
		}
		if !timePattern.MatchString(got.Payload) || strings.HasPrefix(m.Time, "1999") {
			t.Errorf("the time is %q", m.Time)
		}
	}
}

// Each topic, by its alias and by its full name, goes where it says and is
// addressed to whom it is for.
func TestTopicsByAliasAndFullName(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	listener := rig.Peer("com.opentrons.frontend")
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	listener.Expect("com.opentrons.frontend", `"success"`)

	c.Send(`{"topic":"driver","type":"meta","name":"smoothie","message":"flow","param":null}`)
	c.Expect(`"flow"`)
	c.Send(`{"topic":"com.opentrons.driver","type":"meta","name":"smoothie","message":"flow","param":null}`)
	c.Expect(`"flow"`)
	for _, topic := range []string{"frontend", "com.opentrons.frontend"} {
		c.Send(`{"topic":"` + topic + `","type":"note","data":{"name":"script","message":{"step":1}}}`)
		m := listener.Expect("com.opentrons.frontend", `"type": "note"`, `{"name":"script","message":{"step":1}}`)
		if m.From != c.ID || m.SessionID != c.ID {
			t.Errorf("from %q, session %q", m.From, m.SessionID)
		}
	}
	c.Fence()
}

// The positions that come back are those that were sent: the whole way there
// and back carries numbers.
func TestPositionsComeBack(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Send(Command("move_to", `{"Z":1,"X":2.50}`), Command("positions", "null"))
	before := c.Until(`"message": {"pos": {"X": 2.5, "Y": 0.0, "Z": 1.0,`)
	for _, m := range before {
		if m.Type == "error" {
			t.Errorf("on the way: %s", m.Line)
		}
	}
	rig.WaitRobot("is at X 2.5, Z 1", func(r *simulator.Driver) bool {
		at := r.Positions()
		return at["X"] == 2.5 && at["Z"] == 1
	})
}
