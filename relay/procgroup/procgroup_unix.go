//go:build unix

package procgroup

import (
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
)

// Group is a running program, its children and its guard.
type Group struct {
	guard *exec.Cmd
	alive io.Closer // the end of the pipe that this process holds
	once  sync.Once
}

// Start starts the program. Its owner waits for it as ever, and calls Kill
// afterwards, for what the program has left behind.
func Start(cmd *exec.Cmd) (*Group, error) {
	guard := exec.Command("/bin/sh", "-c", "trap '' HUP INT TERM; read -r _; kill -KILL 0")
	guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	alive, err := guard.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("guarding %s: %w", cmd.Path, err)
	}
	if err := guard.Start(); err != nil {
		return nil, fmt.Errorf("guarding %s: %w", cmd.Path, err)
	}
	g := &Group{guard: guard, alive: alive}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid, cmd.SysProcAttr.Pgid = true, guard.Process.Pid
	if cmd.Cancel != nil { // the end of the command's context
		cmd.Cancel = func() error { g.Kill(); return nil }
	}
	if err := cmd.Start(); err != nil {
		g.Kill()
		return nil, fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	return g, nil
}

// Kill ends all of the group at once. It may be called again, and by several.
func (g *Group) Kill() {
	g.once.Do(func() {
		_ = syscall.Kill(-g.guard.Process.Pid, syscall.SIGKILL) // the guard, not waited for yet, is there
		_ = g.alive.Close()
		_ = g.guard.Wait() // killed, as it should be
	})
}
