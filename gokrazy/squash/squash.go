// Package squash reads as much of a root file system (SquashFS 4.0, the way
// gokrazy writes it: compressed data, plain tables) as it takes to tell how
// long it is and to set its times.
//
// gok stamps the moment of the build into every inode, so two builds of the
// same sources differ. SetTimes puts one time everywhere instead: the same
// sources then give the same bytes, and a lab can check that the root file
// system on its card is the one it built.
package squash

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// SuperblockSize is the length of the superblock in bytes.
const SuperblockSize = 96

// The parts of the superblock that are used here, by their offsets in bytes,
// from the description of the format in the kernel's squashfs_fs.h.
const (
	magic            = 0x73717368
	atMagic          = 0
	atInodes         = 4
	atMakeTime       = 8
	atFlags          = 24
	atMajor          = 28
	atBytesUsed      = 40
	atInodeTable     = 64
	atDirectoryTable = 72

	flagPlainInodes = 1
)

// ErrNotSquash means that there is no SquashFS where one was looked for.
var ErrNotSquash = errors.New("not a SquashFS file system")

// Superblock is the first 96 bytes of a root file system.
type Superblock [SuperblockSize]byte

// ReadSuperblock reads and checks the superblock.
func ReadSuperblock(r io.ReaderAt) (Superblock, error) {
	var s Superblock
	if _, err := r.ReadAt(s[:], 0); err != nil {
		return s, fmt.Errorf("read the superblock: %w", err)
	}
	if s.u32(atMagic) != magic || binary.LittleEndian.Uint16(s[atMajor:]) != 4 {
		return s, ErrNotSquash
	}
	return s, nil
}

// Size is the length of the file system in bytes, with the padding to a
// multiple of 4096 that gokrazy writes after it.
func (s Superblock) Size() int64 {
	return (int64(s.u64(atBytesUsed)) + 4095) / 4096 * 4096
}

func (s Superblock) u32(at int) uint32 { return binary.LittleEndian.Uint32(s[at:]) }
func (s Superblock) u64(at int) uint64 { return binary.LittleEndian.Uint64(s[at:]) }

// Image is where a root file system lies: a file, or part of a card.
type Image interface {
	io.ReaderAt
	io.WriterAt
}

// SetTimes sets every time in the root file system to t.
func SetTimes(image Image, t time.Time) error {
	s, err := ReadSuperblock(image)
	if err != nil {
		return fmt.Errorf("set the times of the root file system: %w", err)
	}
	if binary.LittleEndian.Uint16(s[atFlags:])&flagPlainInodes == 0 {
		return errors.New("set the times of the root file system: its inodes are compressed; this gokrazy writes them otherwise than the one this was made for")
	}
	inodes, err := readTable(image, int64(s.u64(atInodeTable)), int64(s.u64(atDirectoryTable)))
	if err != nil {
		return fmt.Errorf("set the times of the root file system: %w", err)
	}
	if err := setInodeTimes(inodes.bytes, int(s.u32(atInodes)), uint32(t.Unix())); err != nil {
		return fmt.Errorf("set the times of the root file system: %w", err)
	}
	if err := inodes.write(image); err != nil {
		return fmt.Errorf("set the times of the root file system: %w", err)
	}
	binary.LittleEndian.PutUint32(s[atMakeTime:], uint32(t.Unix()))
	if _, err := image.WriteAt(s[:], 0); err != nil {
		return fmt.Errorf("set the times of the root file system: %w", err)
	}
	return nil
}

// Lengths in bytes of the inodes that gokrazy writes, and where in them the
// rest of their length is told.
const (
	inodeHeaderLength = 16
	atModified        = 8

	typeDirectory     = 1
	typeFile          = 2
	typeSymlink       = 3
	typeLongDirectory = 8

	directoryLength     = 32
	longDirectoryLength = 40
	fileLength          = 32
	atFileSize          = 28
	symlinkLength       = 24
	atSymlinkSize       = 20

	blockSize = 131072
)

func setInodeTimes(table []byte, count int, t uint32) error {
	for n := range count {
		if len(table) < symlinkLength {
			return fmt.Errorf("the inode table ends at inode %d of %d", n, count)
		}
		binary.LittleEndian.PutUint32(table[atModified:], t)
		length := 0
		switch kind := binary.LittleEndian.Uint16(table); kind {
		case typeDirectory:
			length = directoryLength
		case typeLongDirectory:
			length = longDirectoryLength
		case typeFile:
			length = fileLength
			if len(table) >= fileLength {
				size := int(binary.LittleEndian.Uint32(table[atFileSize:]))
				length += 4 * ((size + blockSize - 1) / blockSize)
			}
		case typeSymlink:
			length = symlinkLength + int(binary.LittleEndian.Uint32(table[atSymlinkSize:]))
		default:
			return fmt.Errorf("inode %d of %d is of kind %d, which gokrazy did not write before", n, count, kind)
		}
		if length > len(table) {
			return fmt.Errorf("inode %d of %d goes past the end of the inode table", n, count)
		}
		table = table[length:]
	}
	if len(table) != 0 {
		return fmt.Errorf("%d bytes are left over after the last inode", len(table))
	}
	return nil
}

// A table is cut into blocks of up to 8192 bytes, each after a header of two
// bytes; an inode may straddle two of them.
type table struct {
	bytes  []byte
	blocks []block
}

type block struct {
	at     int64
	length int
}

const (
	blockHeaderLength = 2
	blockIsPlain      = 0x8000
)

func readTable(r io.ReaderAt, from, to int64) (table, error) {
	var t table
	for at := from; at < to; {
		var header [blockHeaderLength]byte
		if _, err := r.ReadAt(header[:], at); err != nil {
			return t, fmt.Errorf("read the inode table: %w", err)
		}
		head := binary.LittleEndian.Uint16(header[:])
		if head&blockIsPlain == 0 {
			return t, errors.New("a block of the inode table is compressed")
		}
		b := block{at + blockHeaderLength, int(head &^ blockIsPlain)}
		part := make([]byte, b.length)
		if _, err := r.ReadAt(part, b.at); err != nil {
			return t, fmt.Errorf("read the inode table: %w", err)
		}
		t.bytes = append(t.bytes, part...)
		t.blocks = append(t.blocks, b)
		at = b.at + int64(b.length)
	}
	return t, nil
}

func (t table) write(w io.WriterAt) error {
	rest := t.bytes
	for _, b := range t.blocks {
		if _, err := w.WriteAt(rest[:b.length], b.at); err != nil {
			return fmt.Errorf("write the inode table: %w", err)
		}
		rest = rest[b.length:]
	}
	return nil
}

// Hash is the SHA-256 of the root file system, and its length in bytes. What
// lies behind it in a partition does not count.
func Hash(r io.ReaderAt) (sum []byte, size int64, err error) {
	s, err := ReadSuperblock(r)
	if err != nil {
		return nil, 0, fmt.Errorf("hash the root file system: %w", err)
	}
	hash := sha256.New()
	if size, err = io.Copy(hash, io.NewSectionReader(r, 0, s.Size())); err != nil {
		return nil, 0, fmt.Errorf("hash the root file system: %w", err)
	}
	if size != s.Size() {
		return nil, 0, fmt.Errorf("hash the root file system: %d of %d bytes are there", size, s.Size())
	}
	return hash.Sum(nil), size, nil
}
