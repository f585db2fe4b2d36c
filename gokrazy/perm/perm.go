// Package perm makes the file system of /perm, where the box keeps what must
// outlive an update.
//
// gokrazy leaves that to the user; this box is to be plugged in and forgotten.
// So the first start formats the partition, and no later one ever does: only
// a partition whose first mebibyte is blank is formatted. Power may be cut
// while that goes on. A mark in the first sector, which ext4 does not use,
// says that a file system is being made and is not whole yet; it is written
// before anything else and goes last.
package perm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/diskfs/go-diskfs/backend/file"
	"github.com/diskfs/go-diskfs/filesystem/ext4"
)

const (
	// EmptyLength is how many bytes at the start of the partition must be
	// blank for it to be formatted.
	EmptyLength = 1 << 20

	// maxSize bounds the file system, in bytes. The box keeps a few
	// kilobytes. What is left of a large card serves its wear levelling, and
	// the first start takes as long on any card.
	maxSize = 128 << 20

	sectorSize = 512

	// Where the superblock of ext2, ext3 and ext4 has its magic number.
	atExtMagic = 1024 + 56

	// headLength covers the first sector and the superblock, in bytes.
	headLength = 4096
)

var (
	mark     = []byte("rawtcpcom is making a file system here\n")
	extMagic = []byte{0x53, 0xef}
)

// Content is what a partition holds.
type Content int

const (
	Blank      Content = iota // nothing: it may be formatted
	Unfinished                // a file system that this package did not get to finish
	Ext                       // an ext2, ext3 or ext4 file system
	Other                     // something else, which is none of ours to erase
)

func (c Content) String() string {
	return [...]string{"blank", "an unfinished file system", "an ext4 file system", "something that is not ext4"}[c]
}

// Inspect looks at what is on the partition.
func Inspect(r io.ReaderAt) (Content, error) {
	start := make([]byte, EmptyLength)
	if _, err := r.ReadAt(start, 0); err != nil {
		return Other, fmt.Errorf("look at what is on /perm: %w", err)
	}
	switch {
	case bytes.HasPrefix(start, mark):
		return Unfinished, nil
	case bytes.Equal(start[atExtMagic:atExtMagic+2], extMagic):
		return Ext, nil
	case blank(start):
		return Blank, nil
	}
	return Other, nil
}

// blank reports whether all bytes are zero, as in a new image, or all ones,
// as an erased flash cell may read.
func blank(b []byte) bool {
	return b[0] == 0 && len(bytes.Trim(b, "\x00")) == 0 ||
		b[0] == 0xff && len(bytes.Trim(b, "\xff")) == 0
}

// Format makes an ext4 file system with a journal on a partition, which must
// be blank or unfinished. When it returns without error, all of it is on the
// card. Size is that of the partition, in bytes.
func Format(partition *os.File, size int64) error {
	content, err := Inspect(partition)
	if err != nil {
		return err
	}
	if content != Blank && content != Unfinished {
		return fmt.Errorf("format /perm: it holds %v; that is not erased", content)
	}
	first := make([]byte, sectorSize)
	copy(first, mark)
	if err := writeSynced(partition, first, 0); err != nil {
		return fmt.Errorf("format /perm: %w", err)
	}
	head := &headHeld{File: partition}
	// 4096-byte blocks: the card's own, and what the kernel's journal is best at.
	_, err = ext4.Create(file.New(head, false), min(size, maxSize), 0, sectorSize, &ext4.Params{
		SectorsPerBlock: 8,
		InodeRatio:      65536, // bytes for each file: there are few
		VolumeName:      "perm",
		Features:        []ext4.FeatureOpt{ext4.WithFeatureReservedGDTBlocksForExpansion(false)},
	})
	if err != nil {
		return fmt.Errorf("format /perm: %w", err)
	}
	if err := partition.Sync(); err != nil {
		return fmt.Errorf("format /perm: %w", err)
	}
	if err := writeSynced(partition, head.head[sectorSize:], sectorSize); err != nil {
		return fmt.Errorf("format /perm: %w", err)
	}
	return ClearMark(partition)
}

// ClearMark ends the making of a file system that is known to be whole.
func ClearMark(partition *os.File) error {
	if err := writeSynced(partition, make([]byte, sectorSize), 0); err != nil {
		return fmt.Errorf("finish the formatting of /perm: %w", err)
	}
	return nil
}

func writeSynced(f *os.File, b []byte, at int64) error {
	if _, err := f.WriteAt(b, at); err != nil {
		return err
	}
	return f.Sync()
}

// headHeld is a partition whose head is written to memory only, so that
// mark and superblock reach the card after all the rest.
type headHeld struct {
	*os.File
	head [headLength]byte
}

func (h *headHeld) WriteAt(b []byte, at int64) (int, error) {
	held := 0
	if at < headLength {
		held = copy(h.head[at:], b)
	}
	if held == len(b) {
		return held, nil
	}
	n, err := h.File.WriteAt(b[held:], at+int64(held))
	return held + n, err
}

func (h *headHeld) ReadAt(b []byte, at int64) (int, error) {
	held := 0
	if at < headLength {
		held = copy(b, h.head[at:])
	}
	if held == len(b) {
		return held, nil
	}
	n, err := h.File.ReadAt(b[held:], at+int64(held))
	return held + n, err
}

// Read, Write and Seek would go past the held head; ext4 has no use for them.

func (h *headHeld) Read([]byte) (int, error)       { return 0, errors.ErrUnsupported }
func (h *headHeld) Write([]byte) (int, error)      { return 0, errors.ErrUnsupported }
func (h *headHeld) Seek(int64, int) (int64, error) { return 0, errors.ErrUnsupported }
