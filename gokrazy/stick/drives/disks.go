// Package drives finds the disks that are plugged into the box's USB ports, and
// mounts what is on them.
//
// A stick comes from anywhere, so what is on it is kept from doing anything: it is
// mounted to be read, without device files, programs or their privileges, and to be
// written only for the moment of a write. Only file systems that every PC writes
// are tried.
package drives

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rawtcpcom/gokrazy/stick/report"
)

// Machine is where disks are found and mounted.
type Machine struct {
	Sys   string   // /sys
	Dev   string   // /dev
	Point string   // a folder to mount on, which nobody else uses
	Types []string // the file systems to try
	Log   *slog.Logger
}

// Box is the machine that this program runs on.
func Box(point string, log *slog.Logger) Machine {
	return Machine{Sys: "/sys", Dev: "/dev", Point: point, Types: []string{"vfat", "exfat"}, Log: log}
}

// Disk is a disk on USB.
type Disk struct {
	Name       string   // sda
	Partitions []string // sda1; the disk itself where it has no table
	times      string   // changes when another disk has the name
}

func (d Disk) same(other Disk) bool {
	return d.Name == other.Name && d.times == other.times && slices.Equal(d.Partitions, other.Partitions)
}

// Disks are those on USB now. The one that the box itself runs from is not among
// them: own is a partition of that, such as /dev/mmcblk0p4, or /dev/sda4 where it
// runs from a stick.
func (m Machine) Disks(own string) ([]Disk, error) {
	entries, err := os.ReadDir(filepath.Join(m.Sys, "block"))
	if err != nil {
		return nil, fmt.Errorf("look for disks: %w", err)
	}
	var disks []Disk
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, "sd") || strings.HasPrefix(filepath.Base(own), name) {
			continue
		}
		d, err := m.disk(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was pulled in the meantime
		}
		if err != nil {
			return nil, fmt.Errorf("look for disks: %w", err)
		}
		if d != nil {
			disks = append(disks, *d)
		}
	}
	return disks, nil
}

// disk looks at one; there is none where it is not on USB, or is a reader without
// a card.
func (m Machine) disk(name string) (*Disk, error) {
	dir := filepath.Join(m.Sys, "block", name)
	place, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	size, err := os.ReadFile(filepath.Join(dir, "size"))
	if err != nil {
		return nil, err
	}
	if !strings.Contains(place, "/usb") || strings.TrimSpace(string(size)) == "0" {
		return nil, nil
	}
	// A number that counts the disks since the start; older kernels have none.
	number, _ := os.ReadFile(filepath.Join(dir, "diskseq"))
	d := Disk{Name: name, times: string(number) + string(size)}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(dir, e.Name(), "partition")); err == nil {
			d.Partitions = append(d.Partitions, e.Name())
		}
	}
	if len(d.Partitions) == 0 {
		d.Partitions = []string{name}
	}
	slices.SortFunc(d.Partitions, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return &d, nil
}

// lookEvery is how often disks are looked for.
const lookEvery = time.Second

// Watch calls found for each disk that is there and each that is plugged in, until
// the context ends. A disk is found when two looks have seen the same of it, since
// its partitions come after it.
func (m Machine) Watch(ctx context.Context, own string, found func(Disk)) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	var seen, told []Disk
	failing := false
	for {
		disks, err := m.Disks(own)
		if err != nil && !failing {
			m.Log.Warn("sticks are not seen", "error", err)
		}
		failing = err != nil
		among := func(list []Disk, d Disk) bool { return slices.ContainsFunc(list, d.same) }
		told = slices.DeleteFunc(told, func(d Disk) bool { return !among(disks, d) })
		for _, d := range disks {
			if among(seen, d) && !among(told, d) {
				told = append(told, d)
				found(d)
			}
		}
		seen = disks
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// Volumes are what is on a disk.
func (m Machine) Volumes(d Disk) (volumes []Volume) {
	for _, p := range d.Partitions {
		volumes = append(volumes, Volume{m, filepath.Join(m.Dev, p), report.Stick})
	}
	return volumes
}

// BootPartition is that of the card that the box runs from.
func (m Machine) BootPartition(own string) Volume {
	return Volume{m, strings.TrimSuffix(own, "4") + "1", report.Card}
}
