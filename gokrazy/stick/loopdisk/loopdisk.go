// Package loopdisk makes disks for tests: files that the kernel takes for disks.
//
// A kernel with FAT is not everywhere. The emulated Pi has one, and its tests have
// sticks with FAT and exFAT; what is tested with these disks goes for any file
// system, and theirs is [Type].
package loopdisk

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Type is the file system of a formatted disk.
const Type = "ext2"

// New makes a disk of a mebibyte, and returns its device. It is formatted, or all
// zeros. It skips the test where disks cannot be made, but not in CI.
func New(t *testing.T, formatted bool, losetup ...string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		lacking(t, "it mounts a disk; run it as root")
	}
	image := filepath.Join(t.TempDir(), "disk.img")
	if err := os.WriteFile(image, make([]byte, 1<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	if formatted {
		run(t, "mkfs."+Type, "-q", "-F", image)
	}
	device := run(t, "losetup", append(losetup, "--find", "--show", image)...)
	t.Cleanup(func() {
		if out, err := exec.Command("losetup", "--detach", device).CombinedOutput(); err != nil {
			t.Errorf("losetup: %v: %s", err, out)
		}
	})
	return device
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Logf("%s: %v: %s", name, err, out)
		lacking(t, "it makes a disk; apt-get install e2fsprogs mount, and in a container allow loop devices (--privileged)")
	}
	return strings.TrimSpace(string(out))
}

func lacking(t *testing.T, remedy string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(remedy)
	}
	t.Skip(remedy)
}
