package drives_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"rawtcpcom/gokrazy/stick/drives"
	"rawtcpcom/gokrazy/stick/loopdisk"
)

func disk(t *testing.T, formatted bool, losetup ...string) drives.Volume {
	t.Helper()
	device := loopdisk.New(t, formatted, losetup...)
	m := drives.Machine{Dev: filepath.Dir(device), Point: filepath.Join(t.TempDir(), "point"), Types: []string{"squashfs", loopdisk.Type}, Log: slog.New(slog.DiscardHandler)}
	t.Cleanup(func() {
		if err := m.Clear(); err != nil {
			t.Error(err)
		}
	})
	return m.Volumes(drives.Disk{Partitions: []string{filepath.Base(device)}})[0]
}

// mount mounts, and returns the folder and the way back.
func mount(t *testing.T, v drives.Volume, write bool) (string, func()) {
	t.Helper()
	dir, unmount, err := v.Mount(write)
	if err != nil {
		t.Fatal(err)
	}
	return dir, func() {
		t.Helper()
		if err := unmount(); err != nil {
			t.Error(err)
		}
		if lines := mountsAt(t, dir); len(lines) > 0 {
			t.Errorf("still mounted: %q", lines)
		}
	}
}

// mountsAt are the options of what is mounted on a folder.
func mountsAt(t *testing.T, dir string) (options []string) {
	t.Helper()
	list, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(list), "\n") {
		if fields := strings.Fields(line); len(fields) > 3 && fields[1] == dir {
			options = append(options, fields[3])
		}
	}
	return options
}

func TestMount(t *testing.T) {
	v := disk(t, true)
	dir, unmount := mount(t, v, true)
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("kept"), 0o644); err != nil {
		t.Error(err)
	}
	unmount()

	dir, unmount = mount(t, v, false)
	if text, err := os.ReadFile(filepath.Join(dir, "a")); err != nil || string(text) != "kept" {
		t.Errorf("read %q, %v", text, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "b"), nil, 0o644); !errors.Is(err, syscall.EROFS) {
		t.Errorf("writing to what is mounted to be read: %v", err)
	}
	options := strings.Split(strings.Join(mountsAt(t, dir), ","), ",")
	for _, option := range []string{"ro", "nosuid", "nodev", "noexec"} {
		if !slices.Contains(options, option) {
			t.Errorf("it is not mounted %s: %q", option, options)
		}
	}
	unmount()
}

func TestNothingToMount(t *testing.T) {
	v := disk(t, false)
	if _, _, err := v.Mount(false); !errors.Is(err, drives.ErrNoFiles) {
		t.Errorf("mounting a disk of zeros: %v", err)
	}
	gone := drives.Machine{Dev: t.TempDir(), Point: filepath.Join(t.TempDir(), "point"), Types: []string{loopdisk.Type}}.Volumes(drives.Disk{Partitions: []string{"sda1"}})[0]
	if _, _, err := gone.Mount(false); err == nil || errors.Is(err, drives.ErrNoFiles) {
		t.Errorf("mounting a stick that was pulled: %v", err)
	}
}

func TestWriteProtected(t *testing.T) {
	v := disk(t, true, "--read-only")
	_, unmount := mount(t, v, false)
	unmount()
	if _, _, err := v.Mount(true); !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
		t.Errorf("mounting a write-protected disk to write: %v", err)
	}
}

// What a killed program left mounted is taken off, and so is a disk of which
// somebody still has a file open.
func TestWhatIsLeftMounted(t *testing.T) {
	v := disk(t, true)
	for range 2 {
		if _, _, err := v.Mount(true); err != nil {
			t.Fatal(err)
		}
	}
	dir, unmount, err := v.Mount(true)
	if err != nil {
		t.Fatal(err)
	}
	if lines := mountsAt(t, dir); len(lines) != 1 {
		t.Errorf("mounted: %q", lines)
	}
	held, err := os.Create(filepath.Join(dir, "held"))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := unmount(); !errors.Is(err, syscall.EBUSY) {
		t.Errorf("unmounting what is in use: %v", err)
	}
	if lines := mountsAt(t, dir); len(lines) > 0 {
		t.Errorf("still mounted: %q", lines)
	}
}
