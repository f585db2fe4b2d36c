package card

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// gokrazy makes the boot partition's file system as large as the files in it, so
// that not one byte more goes there: no rawtcpcom.toml of a person who has the card
// in a PC. Its allocation table is a whole number of sectors and so mostly has room
// for more, and the partition is larger anyway.

// leastRoom is what has to be free in the boot partition, in bytes: the largest file
// of settings that people write, and what editors leave beside it.
const leastRoom = 64 << 10

// MakeRoom makes the boot partition's file system as large as its allocation table
// covers. It changes one number in the first sector; no file moves. Doing it again
// changes nothing.
func MakeRoom(path string) error {
	problem := func(err error) error { return fmt.Errorf("make room in the boot partition of %s: %w", path, err) }
	partitions, err := Partitions(path)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return problem(err)
	}
	defer f.Close()
	boot := make([]byte, sectorSize)
	if _, err := f.ReadAt(boot, partitions[Boot].Start); err != nil {
		return problem(err)
	}
	if err := enlarge(boot, partitions[Boot].Size); err != nil {
		return problem(err)
	}
	if _, err := f.WriteAt(boot, partitions[Boot].Start); err != nil {
		return problem(err)
	}
	return errors.Join(f.Sync(), f.Close())
}

// enlarge changes the boot sector of a FAT16 file system in a partition of a size.
func enlarge(boot []byte, size int64) error {
	number := func(at int) int64 { return int64(binary.LittleEndian.Uint16(boot[at:])) }
	const atTotal = 32
	var (
		cluster  = int64(boot[13]) // in sectors
		tables   = int64(boot[16])
		table    = number(22)                                                        // in sectors
		data     = number(14) + tables*table + number(17)*32/sectorSize              // where it begins
		had      = int64(binary.LittleEndian.Uint32(boot[atTotal:]))                 // sectors in all
		clusters = min(table*sectorSize/2-2, (size/sectorSize-data)/max(cluster, 1)) // the first two entries are for none
		total    = data + clusters*cluster
	)
	const leastFAT16, mostFAT16 = 4085, 65524 // clusters; with others, it would be another FAT
	switch {
	case number(11) != sectorSize || cluster == 0 || number(19) != 0 || table == 0 || number(510) != 0xaa55:
		return errors.New("its file system is not as gokrazy makes it")
	case clusters < leastFAT16 || clusters > mostFAT16:
		return fmt.Errorf("it would have %d clusters, which is no FAT16", clusters)
	case total < had:
		return errors.New("its file system is larger than its allocation table or its partition")
	case (total-had)*sectorSize < leastRoom && had < total:
		return fmt.Errorf("only %d bytes more fit into it, and %d are wanted; another file on it changes that", (total-had)*sectorSize, leastRoom)
	}
	binary.LittleEndian.PutUint32(boot[atTotal:], uint32(total))
	return nil
}
