// Package card knows how an SD card (or the image of one) is divided, and
// reads the parts of it: what the Pi's firmware would start, and what is in
// the root file system.
//
// The division is gokrazy's: a FAT boot partition, two root partitions of
// which one is in use and the other takes the next update, and /perm, which
// updates leave alone.
package card

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"

	"github.com/diskfs/go-diskfs/backend"
	"github.com/diskfs/go-diskfs/backend/file"
	"github.com/diskfs/go-diskfs/filesystem/squashfs"
	"github.com/diskfs/go-diskfs/partition/gpt"
)

// The partitions, by their numbers.
const (
	Boot  = 1
	RootA = 2
	RootB = 3
	Perm  = 4
)

const sectorSize = 512 // bytes

// Partition is where a partition lies, in bytes from the start of the card.
type Partition struct {
	Start, Size int64
}

// Partitions reads the partition table. The result is indexed by the
// partition's number; index 0 is empty.
func Partitions(path string) ([]Partition, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the partition table: %w", err)
	}
	defer f.Close()
	table, err := gpt.Read(file.New(f, true), sectorSize, sectorSize)
	if err != nil {
		return nil, fmt.Errorf("read the partition table of %s: %w", path, err)
	}
	partitions := make([]Partition, Perm+1)
	for _, p := range table.Partitions {
		if n := p.Index; n >= Boot && n <= Perm {
			partitions[n] = Partition{int64(p.Start) * sectorSize, p.GetSize()}
		}
	}
	for n := Boot; n <= Perm; n++ {
		if partitions[n].Size == 0 {
			return nil, fmt.Errorf("read the partition table of %s: partition %d is missing; is this a gokrazy card?", path, n)
		}
	}
	return partitions, nil
}

// BootFile reads a file of the boot partition.
func BootFile(path, name string) ([]byte, error) {
	partitions, err := Partitions(path)
	if err != nil {
		return nil, err
	}
	return FATFile(path, partitions[Boot].Start, name)
}

// FATFile reads a file of the FAT file system that begins at a byte of an image.
// It uses mcopy of the mtools, since gokrazy writes that file system with an
// unusual layout that the FAT libraries at hand do not find files in.
func FATFile(path string, start int64, name string) ([]byte, error) {
	tool, err := exec.LookPath("mcopy")
	if err != nil {
		return nil, fmt.Errorf("read %s of a FAT file system in %s: mcopy is missing (apt-get install mtools)", name, path)
	}
	copying := exec.Command(tool, "-i", fmt.Sprintf("%s@@%d", path, start), "::"+name, "-")
	copying.Env = append(os.Environ(), "MTOOLS_SKIP_CHECK=1")
	var problem bytes.Buffer
	copying.Stderr = &problem
	content, err := copying.Output()
	if err != nil {
		return nil, fmt.Errorf("read %s of the FAT file system in %s: %w: %s", name, path, err, bytes.TrimSpace(problem.Bytes()))
	}
	return content, nil
}

// RootFS opens the root file system in the given partition and hands it over.
func RootFS(path string, number int, use func(*squashfs.FileSystem) error) error {
	err := withPartition(path, number, func(s backend.Storage, p Partition) error {
		fs, err := squashfs.Read(s, p.Size, p.Start, 0)
		if err != nil {
			return err
		}
		return use(fs)
	})
	if err != nil {
		return fmt.Errorf("read the root file system in partition %d of %s: %w", number, path, err)
	}
	return nil
}

func withPartition(path string, number int, use func(backend.Storage, Partition) error) error {
	partitions, err := Partitions(path)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return use(file.New(f, true), partitions[number])
}
