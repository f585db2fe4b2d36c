package interop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"rawtcpcom/relay/procgroup"
	"rawtcpcom/relay/testlog"
)

// await returns the first line from index from on that matches, and the index
// after it.
func await(log *testlog.Log, from int, match func(line string) bool) (line string, next int, err error) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), patience, fmt.Errorf("it did not come within %v", patience))
	defer cancel()
	return log.Await(ctx, from, match)
}

// process is a running program with its children, none of which outlives the
// tests.
type process struct {
	cmd      *exec.Cmd
	group    *procgroup.Group
	in       io.WriteCloser
	out, err testlog.Log
	done     chan struct{} // closed when it has ended
}

func spawn(dir string, argv ...string) (*process, error) {
	p := &process{cmd: exec.Command(argv[0], argv[1:]...), done: make(chan struct{})}
	p.cmd.Dir = dir
	// Python keeps what it prints to a pipe until it has 8 KiB of it.
	p.cmd.Env = append(os.Environ(), "PYTHONUNBUFFERED=1")
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if p.group, err = procgroup.Start(p.cmd); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // the exit code is in ProcessState
		ended := errors.New("it ended without it")
		p.out.End(ended)
		p.err.End(ended)
		close(p.done)
	}()
	return p, nil
}

// start runs a program until the test ends.
func start(t *testing.T, argv ...string) *process {
	t.Helper()
	return startIn(t, "", argv...)
}

func startIn(t *testing.T, dir string, argv ...string) *process {
	t.Helper()
	p, err := spawn(dir, argv...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("%s said:\n%s\n%s", argv[0], p.out.Tail(), p.err.Tail())
		}
	})
	return p
}

// stop asks the program to end, and ends it where it does not.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.done:
	case <-time.After(20 * time.Second):
	}
	p.kill()
}

// kill ends the program and its children at once, without a goodbye.
func (p *process) kill() {
	p.group.Kill()
	<-p.done
}

// finish waits until the program has ended by itself and returns its exit code.
func (p *process) finish(t *testing.T) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		t.Fatalf("%s did not end within %v", p.cmd.Path, patience)
	}
	return p.cmd.ProcessState.ExitCode()
}
