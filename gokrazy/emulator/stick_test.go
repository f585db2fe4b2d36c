//go:build image

package emulator_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/card"
	"rawtcpcom/gokrazy/emulator"
	"rawtcpcom/relay/state"
)

// cardText is in the file on the card's boot partition, and sets no robot.
const cardText = "[robot]\nrealm = \"ot_realm\"\n"

// sticks are what is plugged into the box: while it starts, a broken one; later one as
// it is sold, with a partition table and FAT, and one with exFAT, without a table.
type sticks struct{ fat, exfat, broken, reset string }

// fatStart is where the partition of a stick mostly begins.
const fatStart = 1 << 20

// fatText is as Notepad saves it: with a byte order mark, CRLF and one .txt more.
// The address is the one that the emulated network has.
const fatText = "\ufeff[robot]\r\naddress = “ws://10.10.1.2:8080/ws”\r\n\r\n[box]\r\nname = \"lab-seven\"\r\n"

func newSticks(t *testing.T) sticks {
	t.Helper()
	dir := t.TempDir()
	s := sticks{filepath.Join(dir, "fat.img"), filepath.Join(dir, "exfat.img"), filepath.Join(dir, "broken.img"), filepath.Join(dir, "reset.img")}
	fatStick(t, s.fat, "Rawtcpcom.toml.txt", fatText)
	fatStick(t, s.reset, "RAWTCPCOM-RESET", "")

	// Of mkfs.exfat -b 64K -c 4K, and a RawTCPcom.toml that misspells the address.
	packed, err := os.Open("testdata/stick-exfat.img.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	image, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.exfat, image, 0o644); err != nil {
		t.Fatal(err)
	}
	// One that says that it is exFAT, and no more.
	if err := os.WriteFile(s.broken, append(bytes.Clone(image[:512]), make([]byte, 1<<20)...), 0o644); err != nil {
		t.Fatal(err)
	}
	return s
}

// fatStick makes a stick with a partition table and a file on FAT.
func fatStick(t *testing.T, image, name, text string) {
	t.Helper()
	const size = 16 << 20
	if err := os.WriteFile(image, table(fatStart/512, size/512), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, fatStart+size); err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("%s@@%d", image, fatStart)
	tool(t, "", "mformat", "-i", at, "-T", fmt.Sprint(size/512), "::")
	tool(t, text, "mcopy", "-i", at, "-", "::"+name)
}

// table is a partition table with one FAT partition.
func table(start, sectors uint32) []byte {
	b := make([]byte, 512)
	entry := b[446:]
	entry[4] = 0x0e // FAT16, by number of sector
	binary.LittleEndian.PutUint32(entry[8:], start)
	binary.LittleEndian.PutUint32(entry[12:], sectors)
	b[510], b[511] = 0x55, 0xaa
	return b
}

func tool(t *testing.T, in, name string, args ...string) {
	t.Helper()
	run := exec.Command(name, args...)
	run.Stdin, run.Env = strings.NewReader(in), append(os.Environ(), "MTOOLS_SKIP_CHECK=1")
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s (apt-get install mtools)", name, err, out)
	}
}

// result waits for parts of the result on a stick with FAT.
func result(t *testing.T, image string, parts ...string) string {
	t.Helper()
	var text string
	eventually(t, deadline, "the result on the stick", func() error {
		content, err := card.FATFile(image, fatStart, "rawtcpcom-result.txt")
		if err != nil {
			return err
		}
		text = string(content)
		for _, part := range parts {
			if !strings.Contains(text, part) {
				return fmt.Errorf("%q is missing in %q", part, text)
			}
		}
		return nil
	})
	return text
}

func (s sticks) testTaken(t *testing.T, b *box) {
	if err := b.Plug(s.fat); err != nil {
		t.Fatal(err)
	}
	relay := b.waitState(t, deadline, "the relay looks for the robot that the stick names", func(s state.State) bool { return s.Router.URL == emulator.UsualRouter })
	text := result(t, s.fat, "TAKEN", "\r\n  robot.address = \"ws://10.10.1.2:8080/ws\"\r\n  box.name = \"lab-seven\"\r\n", "version: "+relay.Version+"\r\n", "\r\nWHAT IS WRONG\r\n")
	t.Logf("the result:\n%s", text)
	stickInForce(t, b)
	logged(t, b, "/user/stick", "neither FAT nor exFAT")
	if err := b.Plug(s.exfat); err != nil {
		t.Fatal(err)
	}
	eventually(t, deadline, "the result on the stick with exFAT", func() error {
		image, err := os.ReadFile(s.exfat)
		if err != nil {
			return err
		}
		if !bytes.Contains(image, []byte("line 2: robot.adress: there is no such setting; did you mean robot.address?\r\n")) {
			return fmt.Errorf("it is not there")
		}
		return nil
	})
	eventually(t, deadline, "the page tells of the last stick and of the card", func() error {
		told, err := notices(b)
		if err == nil && (!strings.Contains(told, "RawTCPcom.toml on the stick changed nothing: line 2") || !strings.Contains(told, "The settings of rawtcpcom.toml on the card are in force")) {
			err = fmt.Errorf("it tells %s", told)
		}
		return err
	})
}

func notices(b *box) (string, error) {
	var status struct{ Notices []struct{ Text string } }
	err := b.getJSON("/api/status", &status)
	return fmt.Sprint(status.Notices), err
}

// testKnown is after another start, with the sticks still there. Then a stick
// resets the box, which keeps its client ids: with the robot set again, on the page,
// they are those of before.
func (s sticks) testKnown(t *testing.T, b *box) {
	result(t, s.fat, "NOTHING NEW: Rawtcpcom.toml.txt was taken before")
	if told, err := notices(b); err != nil || strings.Contains(told, "in force") {
		t.Errorf("after another start the page tells %s, %v", told, err)
	}
	r := b.newRobot(t)
	ids := b.pool(t)
	if err := b.Plug(s.reset); err != nil {
		t.Fatal(err)
	}
	result(t, s.reset, "RESET: the settings were made those of a new box")
	if _, err := card.FATFile(s.reset, fatStart, "rawtcpcom-reset.done"); err != nil {
		t.Error(err)
	}
	if _, err := card.FATFile(s.reset, fatStart, "RAWTCPCOM-RESET"); err == nil {
		t.Error("the next start resets the box again")
	}
	b.waitState(t, deadline, "no robot is set", func(s state.State) bool { return s.Router.State == state.RouterNotSet })
	b.setFromThePage(t, `{"robot.address":"`+emulator.UsualRouter+`"}`)
	b.waitState(t, deadline, "the relay joins the robot", func(s state.State) bool { return s.Router.State == state.RouterJoined })
	b.samePool(t, ids, r)
}
