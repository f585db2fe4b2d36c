package drives

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"rawtcpcom/gokrazy/stick/report"
)

// ErrNoFiles is of a volume on which no file system is found that counts here:
// another one, none, or one that is broken.
var ErrNoFiles = errors.New("it is neither FAT nor exFAT, or broken")

// Volume is a partition, or a disk without a table.
type Volume struct {
	machine Machine
	device  string
	source  report.Source
}

func (v Volume) Source() report.Source { return v.source }
func (v Volume) String() string        { return v.device }

// Mount shows what is on the volume in a folder, until unmount is called. What was
// written is on the volume when unmount returns without an error.
func (v Volume) Mount(write bool) (dir string, unmount func() error, err error) {
	if err := v.machine.Clear(); err != nil {
		return "", nil, err
	}
	if err := os.MkdirAll(v.machine.Point, 0o700); err != nil {
		return "", nil, err
	}
	var flags uintptr = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | unix.MS_NOATIME
	if !write {
		flags |= unix.MS_RDONLY
	}
	for _, kind := range v.machine.Types {
		err = unix.Mount(v.device, v.machine.Point, kind, flags, "")
		if !errors.Is(err, unix.EINVAL) {
			break // it is of that kind, or cannot be read at all
		}
	}
	switch {
	case errors.Is(err, unix.EINVAL):
		return "", nil, ErrNoFiles
	case err != nil:
		return "", nil, fmt.Errorf("mount %s: %w", v.device, err)
	}
	return v.machine.Point, v.machine.unmount, nil
}

// unmount writes what is to be written, and takes the volume away from the point.
func (m Machine) unmount() error {
	folder, err := os.Open(m.Point)
	if err == nil {
		err = errors.Join(unix.Syncfs(int(folder.Fd())), folder.Close()) // an unmount does not tell what failed
	}
	if unmounting := unix.Unmount(m.Point, 0); unmounting != nil {
		// It goes when nobody has a file of it open any more.
		err = errors.Join(err, unmounting, unix.Unmount(m.Point, unix.MNT_DETACH))
	}
	if err != nil {
		return fmt.Errorf("take the volume off: %w", err)
	}
	return nil
}

// Clear takes off what a program that was killed has left mounted.
func (m Machine) Clear() error {
	for {
		mounted, err := m.mounted()
		if err != nil || !mounted {
			return err
		}
		if err := unix.Unmount(m.Point, unix.MNT_DETACH); err != nil {
			return fmt.Errorf("take off what was left mounted: %w", err)
		}
	}
}

func (m Machine) mounted() (bool, error) {
	list, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return false, fmt.Errorf("look at what is mounted: %w", err)
	}
	for _, line := range strings.Split(string(list), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[1] == m.Point {
			return true, nil
		}
	}
	return false, nil
}
