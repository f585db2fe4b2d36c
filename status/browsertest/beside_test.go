package browsertest

import (
	"testing"

	"rawtcpcom/relay/relaytest"
)

// Two clients that command the robot are shown, with what to do about it, for as
// long as both are there.
func TestPageShowsTwoWhoCommand(t *testing.T) {
	b := newBox(t, "-simulate")
	x := b.open(t)
	x.wait(t, "the robot is there", goodLinks+` === 5`)
	const home = `{"topic":"driver","type":"command","name":"smoothie","message":"home","param":{"X":"true"}}`
	first, second := b.connect(t), b.connect(t)
	for _, c := range []*relaytest.Client{first, second} {
		c.Until(`"result": "success"`)
		c.Send(home)
	}
	const notice = `document.getElementById("notices").textContent`
	x.wait(t, "the page says so", notice+`.includes("Two clients command the robot") && `+notice+`.includes("-exclusive")`)
	for _, c := range []*relaytest.Client{first, second} {
		c.Send(positions)
		c.Until("adj_pos")
		if len(c.Beside) == 0 {
			t.Error("a client is not told of the other")
		}
	}
	second.Close()
	x.wait(t, "it is over", notice+` === ""`)
}
