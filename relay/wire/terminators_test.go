package wire

import (
	"strings"
	"testing"
)

// Readers of lines, package frame's among them, know these two bytes as ends of
// a line and as white space.
func TestTerminatorsAreWhiteSpace(t *testing.T) {
	for _, terminator := range Terminators {
		if strings.Trim(terminator.Bytes, "\n\r") != "" || !strings.Contains(terminator.Bytes, "\n") {
			t.Errorf("%s is %q", terminator.Name, terminator.Bytes)
		}
	}
}
