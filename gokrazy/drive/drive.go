// Package drive finds the drive that a card is in and refuses all that might
// be something else: a mistyped letter must not cost a disk.
package drive

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"rawtcpcom/gokrazy/pack"
)

// Drive is a drive that may be overwritten.
type Drive struct {
	Path  string // such as /dev/sdb
	Name  string // such as sdb
	Model string // what the drive calls itself; may be empty
	Bytes int64
}

func (d Drive) String() string {
	model := d.Model
	if model == "" {
		model = "a drive that does not tell its model"
	}
	return fmt.Sprintf("%s (%s, %.1f GB)", d.Path, model, float64(d.Bytes)/1e9)
}

// Find looks the device up in the kernel's view of the machine, which lies
// under root (that is /, and another folder in tests). It refuses what is not
// a whole drive, is in use in any way, is built in, or is too small.
func Find(root, device string) (Drive, error) {
	refuse := func(reason string, args ...any) (Drive, error) {
		return Drive{}, fmt.Errorf("%s is not overwritten: %s", device, fmt.Sprintf(reason, args...))
	}
	path, err := filepath.EvalSymlinks(filepath.Join(root, device))
	if err != nil {
		return refuse("there is no such device; is the card in the reader? (lsblk lists the drives)")
	}
	name := filepath.Base(path)
	blocks := filepath.Join(root, "sys/class/block")
	sys, err := filepath.EvalSymlinks(filepath.Join(blocks, name))
	if err != nil {
		return refuse("it is not a drive (lsblk lists the drives)")
	}
	if exists(filepath.Join(sys, "partition")) {
		return refuse("it is a partition; the whole drive is needed: /dev/%s", filepath.Base(filepath.Dir(sys)))
	}
	d := Drive{Path: "/dev/" + name, Name: name, Model: read(filepath.Join(sys, "device/model"))}
	sectors, err := strconv.ParseInt(read(filepath.Join(sys, "size")), 10, 64)
	if err != nil || sectors == 0 {
		return refuse("there is no card in it")
	}
	d.Bytes = sectors * 512 // the kernel counts in 512 bytes, whatever the drive does
	if d.Bytes < pack.CardSize*9/10 {
		return refuse("it has %d MB; a card of 2 GB or more is needed", d.Bytes/1e6)
	}
	if use, err := inUse(root, sys); err != nil {
		return refuse("it is not certain that it is free: %v", err)
	} else if use != "" {
		return refuse("%s", use)
	}
	if !pluggable(sys, name) {
		return refuse("it is built into this computer; a card in a reader is needed")
	}
	return d, nil
}

// pluggable reports whether a drive is one that people put cards in. Readers
// on USB do not always call themselves removable, and neither do slots of
// laptops, whose cards are mmcblk. A loop device is a file.
func pluggable(sys, name string) bool {
	return read(filepath.Join(sys, "removable")) == "1" ||
		strings.Contains(sys, "/usb") ||
		strings.HasPrefix(name, "mmcblk") ||
		strings.HasPrefix(name, "loop")
}

// inUse says what a drive or one of its partitions is used for.
func inUse(root, sys string) (string, error) {
	parts := []string{sys}
	entries, err := os.ReadDir(sys)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if sub := filepath.Join(sys, e.Name()); exists(filepath.Join(sub, "partition")) {
			parts = append(parts, sub)
		}
	}
	mounts, err := mounts(root)
	if err != nil {
		return "", err
	}
	swaps := read(filepath.Join(root, "proc/swaps"))
	for _, part := range parts {
		path := "/dev/" + filepath.Base(part)
		number := read(filepath.Join(part, "dev"))
		for _, m := range mounts {
			if m.number != number && m.source != path {
				continue
			}
			if slices.Contains([]string{"/", "/boot", "/boot/efi", "/boot/firmware", "/home", "/usr", "/var"}, m.target) {
				return fmt.Sprintf("this computer runs from it (%s is mounted on %s)", path, m.target), nil
			}
			return fmt.Sprintf("%s is mounted on %s; take it out safely first: sudo umount %s", path, m.target, path), nil
		}
		for line := range strings.Lines(swaps) {
			if fields := strings.Fields(line); len(fields) > 0 && fields[0] == path {
				return fmt.Sprintf("%s is swap space of this computer", path), nil
			}
		}
		// An encrypted volume, a RAID or a volume group on top of it.
		if holders, err := os.ReadDir(filepath.Join(part, "holders")); err == nil && len(holders) > 0 {
			return fmt.Sprintf("%s is part of %s", path, holders[0].Name()), nil
		}
	}
	return "", nil
}

type mount struct {
	number, target, source string
}

// mounts reads the mount table: fields as in proc_pid_mountinfo(5).
func mounts(root string) ([]mount, error) {
	f, err := os.Open(filepath.Join(root, "proc/self/mountinfo"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []mount
	for lines := bufio.NewScanner(f); lines.Scan(); {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		fields, rest := strings.Fields(before), strings.Fields(after)
		if !ok || len(fields) < 5 || len(rest) < 2 {
			return nil, fmt.Errorf("the mount table has a line that is not understood: %q", lines.Text())
		}
		all = append(all, mount{number: fields[2], target: fields[4], source: rest[1]})
	}
	return all, nil
}

func read(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
