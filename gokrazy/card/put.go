package card

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// PutBootFile writes a file into the boot partition of a card, or of the image of
// one. It uses mcopy, for the reason that BootFile does.
func PutBootFile(path, name string, content []byte) error {
	problem := func(err error) error {
		return fmt.Errorf("write %s into the boot partition of %s: %w", name, path, err)
	}
	partitions, err := Partitions(path)
	if err != nil {
		return err
	}
	if err := CanPut(); err != nil {
		return problem(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0) // mcopy says less of what it may not write to
	if err != nil {
		return problem(err)
	}
	defer f.Close()
	copying := exec.Command("mcopy", "-o", "-i", fmt.Sprintf("%s@@%d", path, partitions[Boot].Start), "-", "::"+name)
	copying.Env = append(os.Environ(), "MTOOLS_SKIP_CHECK=1")
	copying.Stdin = bytes.NewReader(content)
	if said, err := copying.CombinedOutput(); err != nil {
		return problem(fmt.Errorf("%w: %s", err, bytes.TrimSpace(said)))
	}
	if err := f.Sync(); err != nil {
		return problem(err)
	}
	return nil
}

// HasBootFile reports whether the boot partition has a file of that name in its
// root.
func HasBootFile(path, name string) (bool, error) {
	partitions, err := Partitions(path)
	if err != nil {
		return false, err
	}
	if _, err := exec.LookPath("mdir"); err != nil {
		return false, fmt.Errorf("look for %s on %s: mdir is missing (apt-get install mtools)", name, path)
	}
	listing := exec.Command("mdir", "-b", "-i", fmt.Sprintf("%s@@%d", path, partitions[Boot].Start), "::")
	listing.Env = append(os.Environ(), "MTOOLS_SKIP_CHECK=1")
	names, err := listing.Output()
	if err != nil {
		return false, fmt.Errorf("look for %s on %s: %w", name, path, err)
	}
	for line := range strings.Lines(string(names)) {
		if strings.EqualFold(strings.TrimSpace(line), "::/"+name) {
			return true, nil
		}
	}
	return false, nil
}

// CanPut says what PutBootFile is missing.
func CanPut() error {
	if _, err := exec.LookPath("mcopy"); err != nil {
		return fmt.Errorf("mcopy is missing (apt-get install mtools)")
	}
	return nil
}
