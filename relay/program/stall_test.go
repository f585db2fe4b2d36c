package program

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestAStallEndsTheProcess is its own child, since a stall ends the process.
func TestAStallEndsTheProcess(t *testing.T) {
	const child = "TEST_STALL"
	if os.Getenv(child) != "" {
		stalled()
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != stallCode {
		t.Errorf("it ended with %v, not with exit code %d", err, stallCode)
	}
	for _, want := range []string{"no event has got through for 30s", "TestAStallEndsTheProcess"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it said nothing of %q:\n%s", want, out)
		}
	}
}
