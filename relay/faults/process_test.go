package faults_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"rawtcpcom/relay/procgroup"
	. "rawtcpcom/relay/relaytest"
)

// programs are the two programs, once they have been built.
var programs struct {
	once sync.Once
	dir  string
	err  error
}

// buildPrograms builds the relay and the status program, for tests of what
// belongs to a process: its descriptors and its network. TestMain deletes them.
func buildPrograms(t testing.TB) (dir string) {
	t.Helper()
	programs.once.Do(func() {
		if programs.dir, programs.err = os.MkdirTemp("", "faults"); programs.err != nil {
			return
		}
		build := exec.Command("go", "build", "-o", programs.dir+"/", "rawtcpcom/relay", "rawtcpcom/status")
		build.Stderr = os.Stderr
		programs.err = build.Run()
	})
	if programs.err != nil {
		t.Fatal("building the programs: ", programs.err)
	}
	return programs.dir
}

// startProgram runs one of them by way of another command, until the test ends.
func startProgram(t testing.TB, by []string, name string, args ...string) (stderr *Log) {
	t.Helper()
	line := append(append(by, filepath.Join(buildPrograms(t), name)), args...)
	cmd := exec.Command(line[0], line[1:]...)
	stderr = NewLog()
	cmd.Stderr = stderr
	group, err := procgroup.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it is killed
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has ended already, if something is wrong with it
		<-ended
		group.Kill()
		if t.Failed() {
			t.Logf("log of %s %v:\n%s", name, args, stderr)
		}
	})
	return stderr
}
