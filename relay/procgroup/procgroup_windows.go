package procgroup

import (
	"fmt"
	"os/exec"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Group is a running program and its children.
type Group struct {
	job  windows.Handle
	once sync.Once
}

// Start starts the program. Its owner waits for it as ever, and calls Kill
// afterwards, for what the program has left behind. What the program starts
// before it is in the job, at once after its own start, is not in it.
func Start(cmd *exec.Cmd) (*Group, error) {
	job, err := newJob()
	if err != nil {
		return nil, fmt.Errorf("guarding %s: %w", cmd.Path, err)
	}
	g := &Group{job: job}
	if cmd.Cancel != nil { // the end of the command's context
		cmd.Cancel = func() error { g.Kill(); return nil }
	}
	if err := cmd.Start(); err != nil {
		g.Kill()
		return nil, fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	if err := add(job, cmd.Process.Pid); err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed, as it should be
		g.Kill()
		return nil, fmt.Errorf("guarding %s: %w", cmd.Path, err)
	}
	return g, nil
}

func newJob() (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, err
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	if err != nil {
		_ = windows.CloseHandle(job)
	}
	return job, err
}

func add(job windows.Handle, pid int) error {
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return err
	}
	defer windows.CloseHandle(process)
	return windows.AssignProcessToJobObject(job, process)
}

// Kill ends all of the group at once. It may be called again, and by several.
func (g *Group) Kill() {
	g.once.Do(func() { _ = windows.CloseHandle(g.job) })
}
