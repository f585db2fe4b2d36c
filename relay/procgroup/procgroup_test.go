//go:build unix

package procgroup

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

const patience = 20 * time.Second

// family is a program with a child, both of which last. Both hold standard
// output open, so that its end tells that neither is there any more.
func family() *exec.Cmd { return exec.Command("/bin/sh", "-c", "sleep 60 & echo started; wait") }

func TestMain(m *testing.M) {
	if os.Getenv("TEST_PARENT") != "" {
		cmd := family()
		cmd.Stdout = os.Stdout
		if _, err := Start(cmd); err != nil {
			panic(err)
		}
		_ = cmd.Wait() // until this process is killed
		return
	}
	os.Exit(m.Run())
}

// started waits until the family is complete.
func started(t *testing.T, out *os.File) *bufio.Reader {
	t.Helper()
	if err := out.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	if line, err := r.ReadString('\n'); err != nil || line != "started\n" {
		t.Fatalf("the family says %q, %v", line, err)
	}
	return r
}

func ended(t *testing.T, r io.Reader) {
	t.Helper()
	if rest, err := io.ReadAll(r); err != nil || len(rest) > 0 {
		t.Errorf("part of the family is still there: %v; it says %q", err, rest)
	}
}

// run starts a command with its output on a pipe, and returns when the family
// is complete.
func run(t *testing.T, cmd *exec.Cmd, start func(*exec.Cmd) error) *bufio.Reader {
	t.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	cmd.Stdout = in
	err = start(cmd)
	in.Close()
	if err != nil {
		t.Fatal(err)
	}
	return started(t, out)
}

func TestKillEndsChildrenToo(t *testing.T) {
	cmd := family()
	var group *Group
	r := run(t, cmd, func(cmd *exec.Cmd) (err error) { group, err = Start(cmd); return err })
	group.Kill()
	ended(t, r)
	_ = cmd.Wait()
	group.Kill() // a second one does no harm
}

// A test binary that is killed can clean nothing up.
func TestNothingOutlivesAKilledParent(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TEST_PARENT=1")
	r := run(t, cmd, (*exec.Cmd).Start)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	ended(t, r)
}

// What a program leaves behind when it ends by itself goes with its group.
func TestKillEndsWhatIsLeftBehind(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "sleep 60 & echo started")
	var group *Group
	r := run(t, cmd, func(cmd *exec.Cmd) (err error) { group, err = Start(cmd); return err })
	_ = cmd.Wait()
	group.Kill()
	ended(t, r)
}

func TestMissingProgram(t *testing.T) {
	if group, err := Start(exec.Command("/nonexistent")); err == nil {
		group.Kill()
		t.Error("a program that is not there was started")
	}
}
