package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/diskfs/go-diskfs/backend/file"
	"github.com/diskfs/go-diskfs/partition/gpt"

	"rawtcpcom/gokrazy/card"
	"rawtcpcom/gokrazy/perm"
)

// A card that was in use and is flashed anew keeps its /perm, where the settings
// are: without ROUTER= the box does not go back to another robot. What else was there
// is cleared, for the box formats an empty partition only.
func TestFlashedCardKeepsItsSettings(t *testing.T) {
	ext := bytes.Repeat([]byte("the settings and client ids of a lab"), perm.EmptyLength/36+1)[:perm.EmptyLength]
	ext[1024+56], ext[1024+57] = 0x53, 0xef
	other := bytes.Repeat([]byte("photos of a camera"), perm.EmptyLength/18+1)[:perm.EmptyLength]
	for name, c := range map[string]struct{ before, after []byte }{
		"of a box": {ext, ext}, "of a camera": {other, make([]byte, perm.EmptyLength)},
	} {
		t.Run(name, func(t *testing.T) {
			path := flashed(t, c.before)
			if err := finish(path, ""); err != nil {
				t.Fatal(err)
			}
			if after := permOf(t, path); !bytes.Equal(after, c.after) {
				t.Errorf("it begins with %q", after[:40])
			}
		})
	}
}

// flashed is a card as gok has written it, with what was before where /perm is.
func flashed(t *testing.T, before []byte) string {
	t.Helper()
	const sector, mib = 512, 1 << 20
	path := filepath.Join(t.TempDir(), "card.img")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const size = 160 * mib
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	table := &gpt.Table{LogicalSectorSize: sector, PhysicalSectorSize: sector, ProtectiveMBR: true}
	for i, p := range [][2]uint64{{4, 104}, {110, 120}, {120, 130}, {130, 150}} { // in MiB
		table.Partitions = append(table.Partitions, &gpt.Partition{
			Index: i + 1, Start: p[0] * mib / sector, End: p[1]*mib/sector - 1, Type: gpt.LinuxFilesystem, Name: "part",
		})
	}
	disk, err := file.New(f, false).Writable()
	if err == nil {
		err = table.Write(disk, size)
	}
	if err != nil {
		t.Fatal(err)
	}
	for at, text := range map[int64][]byte{4 * mib: bootSector(), 130 * mib: before} {
		if _, err := f.WriteAt(text, at); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// bootSector is of a FAT16 file system as gokrazy writes it.
func bootSector() []byte {
	b := make([]byte, 512)
	binary.LittleEndian.PutUint16(b[11:], 512)
	b[13], b[16] = 4, 1 // sectors of a cluster, tables
	binary.LittleEndian.PutUint16(b[14:], 4)
	binary.LittleEndian.PutUint16(b[17:], 128)
	binary.LittleEndian.PutUint16(b[22:], 137)
	binary.LittleEndian.PutUint32(b[32:], 139697)
	b[510], b[511] = 0x55, 0xaa
	return b
}

func permOf(t *testing.T, path string) []byte {
	t.Helper()
	partitions, err := card.Partitions(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, perm.EmptyLength)
	if _, err := f.ReadAt(b, partitions[card.Perm].Start); err != nil {
		t.Fatal(err)
	}
	return b
}
