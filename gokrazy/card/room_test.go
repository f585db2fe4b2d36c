package card

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// bootSector is as gokrazy writes it.
func bootSector(table uint16, total uint32) []byte {
	b := make([]byte, sectorSize)
	binary.LittleEndian.PutUint16(b[11:], sectorSize)
	b[13] = 4
	binary.LittleEndian.PutUint16(b[14:], 4)
	b[16] = 1
	binary.LittleEndian.PutUint16(b[17:], 128)
	binary.LittleEndian.PutUint16(b[22:], table)
	binary.LittleEndian.PutUint32(b[32:], total)
	binary.LittleEndian.PutUint16(b[510:], 0xaa55)
	return b
}

func TestEnlarge(t *testing.T) {
	const partition = 100 << 20
	for name, c := range map[string]struct {
		boot  []byte
		size  int64
		total uint32
		wrong string
	}{
		"as gokrazy makes it":  {bootSector(137, 139697), partition, 149 + 4*(137*256-2), ""},
		"once more":            {bootSector(137, 149+4*(137*256-2)), partition, 149 + 4*(137*256-2), ""},
		"up to the partition":  {bootSector(137, 100000), 110000 * sectorSize, 149 + (110000-149)/4*4, ""},
		"no room by chance":    {bootSector(137, 149+4*(137*256-2)-8), partition, 0, "only 4096 bytes more fit"},
		"beyond the partition": {bootSector(137, 139697), 50 << 20, 0, "larger than"},
		"another FAT":          {bootSector(1, 500), partition, 0, "no FAT16"},
		"zeros":                {make([]byte, sectorSize), partition, 0, "not as gokrazy makes it"},
	} {
		before := bytes.Clone(c.boot)
		err := enlarge(c.boot, c.size)
		if c.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), c.wrong) || !bytes.Equal(c.boot, before) {
				t.Errorf("%s: %v; want %s", name, err, c.wrong)
			}
			continue
		}
		if got := binary.LittleEndian.Uint32(c.boot[32:]); err != nil || got != c.total {
			t.Errorf("%s: %d sectors, %v; want %d", name, got, err, c.total)
		}
		copy(c.boot[32:36], before[32:36])
		if !bytes.Equal(c.boot, before) {
			t.Errorf("%s: more was changed than one number", name)
		}
	}
}
