package browsertest

import (
	"testing"
)

// The page says what becomes of the robot when a program goes, as the relay was
// told.
func TestPageSaysWhatCtrlCDoes(t *testing.T) {
	for says, args := range map[string][]string{
		"goes on with what it has queued": {"-simulate"},
		"empties the robot's queue":       {"-simulate", "-on-disconnect", "clear"},
		"halts the robot":                 {"-simulate", "-on-disconnect", "halt"},
	} {
		x := newBox(t, args...).open(t)
		x.wait(t, "it "+says, `document.getElementById("leaving").innerText.includes("`+says+`")`)
	}
}
