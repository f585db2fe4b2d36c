package floods_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	. "rawtcpcom/relay/relaytest"
)

// lasts is how long each flood is.
var lasts = flag.Duration("flood", 4*time.Second, "how long each flood lasts")

var binary string // the relay

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "floods")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "relay")
	if out, err := exec.Command("go", "build", "-o", binary, "rawtcpcom/relay").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the relay: %v\n%s", err, out)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// process is a relay in a process of its own.
type process struct {
	*Relay
	t   testing.TB
	pid int
}

// start starts the relay for a router, one that passes on large nonsense too. It
// is stopped with the test, in good order.
func start(t testing.TB, router, data string, args ...string) *process {
	t.Helper()
	args = append([]string{"-listen", "127.0.0.1:0", "-http", "127.0.0.1:0", "-router", router, "-data", data, "-check", "off"}, args...)
	log := NewLog()
	cmd := exec.Command(binary, args...)
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // Wait says if it had ended already
		if err := cmd.Wait(); err != nil {
			t.Errorf("the relay ended with %v; its log:\n%s", err, log)
		}
	})
	return &process{Attach(t, log), t, cmd.Process.Pid}
}

// memory is what the kernel says of the process's resident memory, in MiB: now
// ("VmRSS"), or at the most since it was started ("VmHWM").
func (p *process) memory(field string) float64 {
	p.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		p.t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, field+":"); found {
			kB, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				p.t.Fatal(err)
			}
			return float64(kB) / 1024
		}
	}
	p.t.Fatalf("%s is not in the status", field)
	return 0
}
