package browsertest

import "testing"

// With otone the page is the same, and its buttons speak
// the other dialect.
func TestConsoleSpeaksTheRobotsDialect(t *testing.T) {
	b := newBox(t, "-simulate", "-backend", "otone")
	x := b.open(t)
	const lines = `document.getElementById("console-lines").textContent`
	x.wait(t, "all but the client is there", goodLinks+` === 5 && `+wampRow+` === "ready"`)
	x.wait(t, "the example is the robot's", `document.getElementById("line").placeholder === '{"type":"getCalibrations"}'`)
	x.click(t, `[data-action=home]`)
	x.wait(t, "the robot homes", lines+`.includes('"type":"home"') && `+lines+`.includes("← ")`)
	x.click(t, "#halt")
	x.wait(t, "the halt was acknowledged", `document.getElementById("halt-answer").className === "done"`)
	x.wait(t, "the console is told", lines+`.includes('"stopped": "halt"')`)
	x.wait(t, "and that its homing is gone", lines+`.includes('"code": "robot_halted"')`)
	if n := eval[int](t, x, lines+`.split('"type": "error"').length`) - 1; n != 1 {
		t.Errorf("%d errors; the console says %s", n, eval[string](t, x, lines))
	}
}
