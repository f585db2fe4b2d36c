package browsertest

import "testing"

// Two clients that command the robot are shown, with what to do about it, for as
// long as both are there.
func TestPageShowsTwoWhoCommand(t *testing.T) {
	b := newBox(t, "-simulate")
	x := b.open(t)
	x.wait(t, "the robot is there", goodLinks+` === 5`)
	const home = `{"topic":"driver","type":"command","name":"smoothie","message":"home","param":{"X":"true"}}`
	first, second := b.connect(t), b.connect(t)
	for _, c := range []*client{first, second} {
		c.until(t, `"result": "success"`)
		c.send(t, home)
	}
	first.until(t, `"also_commands"`)
	second.until(t, `"also_commands"`)
	const notice = `document.getElementById("notices").textContent`
	x.wait(t, "the page says so", notice+`.includes("Two clients command the robot") && `+notice+`.includes("-exclusive")`)
	second.Close()
	x.wait(t, "it is over", notice+` === ""`)
}
