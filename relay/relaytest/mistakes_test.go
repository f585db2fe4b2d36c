package relaytest_test

import (
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
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

// A realm or an address that is wrong: the log, the state and the client's error
// name the flag that it is to be set with.
func TestWrongRealmAndWrongAddress(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	nobody := New(t)
	nobody.StopRouter()
	for _, row := range []struct {
		args []string
		says string
	}{
		{[]string{"-realm", "realm1"}, "with -realm, which on a robot as it was sold is ot_realm"},
		{[]string{"-router", nobody.URL()}, "-router its address?"},
	} {
		relay := rig.StartRelay(row.args...)
		relay.WaitState("the router is down", func(s state.State) bool { return s.Router.Error != "" })
		if text := relay.State().Router.Error; !strings.Contains(text, row.says) {
			t.Errorf("%v: the state says %q", row.args, text)
		}
		c := relay.Dial()
		c.Start()
		c.Send(Command("home", `""`))
		if e := c.ExpectError("router_down"); !strings.Contains(e.Text, row.says) {
			t.Errorf("%v: the client is told %q", row.args, e.Text)
		}
		if !strings.Contains(relay.Log.String(), row.says) {
			t.Errorf("%v: the log does not say it:\n%s", row.args, relay.Log)
		}
		relay.Stop()
	}
}
