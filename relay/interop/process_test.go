package interop

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rawtcpcom/relay/procgroup"
)

// record keeps lines as they come, for tests that wait for one of them.
type record struct {
	mu    sync.Mutex
	lines []string
	grown chan struct{} // closed, and made anew, when there is more
	ended bool
}

func newRecord() *record { return &record{grown: make(chan struct{})} }

func (r *record) add(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, line)
	close(r.grown)
	r.grown = make(chan struct{})
}

func (r *record) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	close(r.grown)
	r.grown = make(chan struct{})
}

// all is what has come so far.
func (r *record) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines[:len(r.lines):len(r.lines)]
}

// await returns the first line from index from on that matches, and the index
// after it.
func (r *record) await(from int, match func(string) bool) (line string, next int, err error) {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		r.mu.Lock()
		lines, ended, grown := r.lines, r.ended, r.grown
		r.mu.Unlock()
		for ; from < len(lines); from++ {
			if match(lines[from]) {
				return lines[from], from + 1, nil
			}
		}
		if ended {
			return "", from, fmt.Errorf("it ended without it; its last lines:\n%s", tail(lines))
		}
		select {
		case <-grown:
		case <-deadline.C:
			return "", from, fmt.Errorf("it did not come within %v; the last lines:\n%s", patience, tail(lines))
		}
	}
}

func tail(lines []string) string {
	return "\t" + strings.Join(lines[max(0, len(lines)-25):], "\n\t")
}

// read fills the record until the source ends.
func (r *record) read(source io.Reader) {
	defer r.end()
	lines := bufio.NewScanner(source)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		r.add(lines.Text())
	}
}

func containing(text string) func(string) bool {
	return func(line string) bool { return strings.Contains(line, text) }
}

// process is a running program with its children, none of which outlives the
// tests.
type process struct {
	cmd      *exec.Cmd
	group    *procgroup.Group
	in       io.WriteCloser
	out, err *record
	done     chan struct{} // closed when it has ended
}

func spawn(dir string, argv ...string) (*process, error) {
	p := &process{cmd: exec.Command(argv[0], argv[1:]...), out: newRecord(), err: newRecord(), done: make(chan struct{})}
	p.cmd.Dir = dir
	// Python keeps what it prints to a pipe until it has 8 KiB of it.
	p.cmd.Env = append(os.Environ(), "PYTHONUNBUFFERED=1")
	stdin, errIn := p.cmd.StdinPipe()
	stdout, errOut := p.cmd.StdoutPipe()
	stderr, errErr := p.cmd.StderrPipe()
	if err := errors.Join(errIn, errOut, errErr); err != nil {
		return nil, err
	}
	p.in = stdin
	var err error
	if p.group, err = procgroup.Start(p.cmd); err != nil {
		return nil, err
	}
	var readers sync.WaitGroup
	readers.Go(func() { p.out.read(stdout) })
	readers.Go(func() { p.err.read(stderr) })
	go func() {
		readers.Wait()
		_ = p.cmd.Wait() // the exit code is in ProcessState
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
			t.Logf("%s said:\n%s\n%s", argv[0], tail(p.out.all()), tail(p.err.all()))
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
