// Package procgroup starts programs that do not outlive this process, nor do
// the programs that they start: the workers of crossbar.io, the helpers of
// QEMU.
//
// Each program is in a process group of its own, which has a leader. That is
// a shell at the end of a pipe; nobody but this process holds the other end.
// When this process ends, the kernel closes the pipe, whatever the end was
// (a panic, the time limit of the tests and SIGKILL included), and the leader
// kills the group. Linux's parent death signal would not do: it does not reach
// grandchildren, and it comes too early where the thread ends that started
// the program, as a goroutine's locked thread does.
package procgroup

import (
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
)

// Group is a running program, its children and its leader.
type Group struct {
	leader *exec.Cmd
	alive  io.Closer // the end of the pipe that this process holds
	once   sync.Once
}

// Start starts the program. Its owner waits for it as ever, and calls Kill
// afterwards, for what the program has left behind.
func Start(cmd *exec.Cmd) (*Group, error) {
	leader := exec.Command("/bin/sh", "-c", "trap '' HUP INT TERM; read -r _; kill -KILL 0")
	leader.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	alive, err := leader.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the leader of the process group of %s: %w", cmd.Path, err)
	}
	if err := leader.Start(); err != nil {
		return nil, fmt.Errorf("starting the leader of the process group of %s: %w", cmd.Path, err)
	}
	g := &Group{leader: leader, alive: alive}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid, cmd.SysProcAttr.Pgid = true, leader.Process.Pid
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
		_ = syscall.Kill(-g.leader.Process.Pid, syscall.SIGKILL) // the leader, not waited for yet, is there
		_ = g.alive.Close()
		_ = g.leader.Wait() // killed, as it should be
	})
}
