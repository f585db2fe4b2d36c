package loopdisk

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// Main runs the tests of a package with mounts of their own, and returns the exit
// code. Whoever else makes a namespace on this machine would get a copy of all
// mounts in it, and keep a disk busy that was unmounted here.
func Main(m *testing.M) int {
	const inside = "LOOPDISK_INSIDE"
	if os.Geteuid() != 0 || os.Getenv(inside) != "" {
		return m.Run()
	}
	tests := exec.Command("/proc/self/exe", os.Args[1:]...)
	tests.Env = append(os.Environ(), inside+"=1")
	tests.Stdin, tests.Stdout, tests.Stderr = os.Stdin, os.Stdout, os.Stderr
	tests.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	err := tests.Run()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ended):
		return ended.ExitCode()
	}
	return m.Run() // no namespaces may be made here; disks hardly either
}
