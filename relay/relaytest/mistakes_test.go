package relaytest_test

import (
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
)

// What is typed or written wrongly most often is answered with what to write in
// its place, and not with what a decoder makes of it.
func TestUsualMistakesOfClients(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	home := `{"topic":"driver","type":"command","name":"smoothie","message":"home","param":null}`
	for _, row := range []struct{ sent, says string }{
		{strings.ReplaceAll(home, `"`, "”"), "JSON wants double quotes"},
		{strings.ReplaceAll(home, `"`, "'"), "JSON wants double quotes"},
		// A quote that does not end leaves the reader inside a text.
		{strings.Replace(home, `"driver"`, `"driver”`, 1), "JSON wants double quotes"},
		{"home", `such as {"topic":"driver"`},
		{`["home"]`, `such as {"topic":"driver"`},
		{"} ", "a } too many"},
		{strings.TrimSuffix(home, "}"), "send each message whole"},
	} {
		c.Send(row.sent)
		if e := c.ExpectError("bad_json"); !strings.Contains(e.Text, row.says) {
			t.Errorf("%s is answered %q, without %q", row.sent, e.Text, row.says)
		}
	}
	c.Home()
	onlyHomes(t, rig, 1)
}
