package faults_test

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"go.uber.org/goleak"

	"rawtcpcom/relay/procgroup"
	"rawtcpcom/relay/program"
	. "rawtcpcom/relay/relaytest"
)

// asRelay makes this program the relay, so that a test has one in a process of
// its own.
const asRelay = "TEST_FAULTS_AS_RELAY"

func TestMain(m *testing.M) {
	if os.Getenv(asRelay) != "" {
		os.Exit(program.Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if programs.dir != "" {
			os.RemoveAll(programs.dir)
		}
		os.Exit(code)
	}))
}

// process starts a relay in a process of its own, which kill ends with SIGKILL.
func process(t *testing.T, args ...string) (relay *Relay, kill func()) {
	t.Helper()
	log := NewLog()
	cmd := exec.Command(os.Args[0], append([]string{"-listen", "127.0.0.1:0", "-http", "127.0.0.1:0", "-data", t.TempDir()}, args...)...)
	cmd.Env = append(os.Environ(), asRelay+"=1")
	cmd.Stderr = log
	group, err := procgroup.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
		group.Kill()
	}
	t.Cleanup(func() {
		kill()
		if t.Failed() {
			t.Logf("log of the relay:\n%s", log)
		}
	})
	return Attach(t, log), kill
}
