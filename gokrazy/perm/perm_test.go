package perm

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const partitionSize = 600 << 20

// partition is a partition of a card that was in other use before: blank at
// the start, full of old data after it.
func partition(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "partition"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := f.Truncate(partitionSize); err != nil {
		t.Fatal(err)
	}
	old := make([]byte, 64<<20)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(old)
	if _, err := f.WriteAt(old, EmptyLength); err != nil {
		t.Fatal(err)
	}
	return f
}

func mustInspect(t *testing.T, f *os.File) Content {
	t.Helper()
	c, err := Inspect(f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFormatMakesASoundFileSystem(t *testing.T) {
	f := partition(t)
	if got := mustInspect(t, f); got != Blank {
		t.Fatalf("a new partition is %v", got)
	}
	if err := Format(f, partitionSize); err != nil {
		t.Fatal(err)
	}
	if got := mustInspect(t, f); got != Ext {
		t.Errorf("after formatting it is %v", got)
	}
	fsck(t, f.Name())
}

// fsck has the file system checked by the program that repairs them.
func fsck(t *testing.T, path string) {
	t.Helper()
	tool, err := exec.LookPath("e2fsck")
	if err != nil {
		tool = "/sbin/e2fsck"
	}
	out, err := exec.Command(tool, "-f", "-n", path).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("e2fsck (apt-get install e2fsprogs, if it is missing): %v", err)
	}
}

func TestFormatLeavesAloneWhatIsThere(t *testing.T) {
	for name, put := range map[string]struct {
		at   int64
		what []byte
	}{
		"ext4":                 {atExtMagic, extMagic},
		"one byte at the end":  {EmptyLength - 1, []byte{1}},
		"a FAT boot sector":    {0, []byte("\xebX\x90mkfs.fat")},
		"btrfs":                {64<<10 + 64, []byte("_BHRfS_M")},
		"zeros and ones mixed": {4096, bytes.Repeat([]byte{0xff}, 4096)},
	} {
		t.Run(name, func(t *testing.T) {
			f := partition(t)
			if _, err := f.WriteAt(put.what, put.at); err != nil {
				t.Fatal(err)
			}
			before := start(t, f)
			if err := Format(f, partitionSize); err == nil {
				t.Error("it was formatted")
			}
			if !bytes.Equal(before, start(t, f)) {
				t.Error("it was written to")
			}
		})
	}
}

func start(t *testing.T, f *os.File) []byte {
	t.Helper()
	b := make([]byte, 2*EmptyLength)
	if _, err := f.ReadAt(b, 0); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFormatGoesOnAfterAPowerCut(t *testing.T) {
	f := partition(t)
	if _, err := f.WriteAt(mark, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(bytes.Repeat([]byte("half"), 100_000), 8192); err != nil {
		t.Fatal(err)
	}
	if got := mustInspect(t, f); got != Unfinished {
		t.Fatalf("a file system cut off half-way is %v", got)
	}
	if err := Format(f, partitionSize); err != nil {
		t.Fatal(err)
	}
	fsck(t, f.Name())
}

func TestErasedFlashIsBlank(t *testing.T) {
	if !blank(bytes.Repeat([]byte{0xff}, EmptyLength)) {
		t.Error("all ones is not taken for blank")
	}
}
