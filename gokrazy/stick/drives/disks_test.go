package drives_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/gokrazy/stick/drives"
)

// sys is a /sys of which only disks are there.
type sys struct {
	*testing.T
	dir string
	seq int
}

func newSys(t *testing.T) *sys {
	s := &sys{T: t, dir: t.TempDir()}
	s.must(os.MkdirAll(filepath.Join(s.dir, "block"), 0o755))
	return s
}

func (s *sys) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// plug adds a disk at a place such as "usb1/1-1".
func (s *sys) plug(place, name, size string, partitions ...string) {
	s.Helper()
	s.seq++
	disk := filepath.Join(s.dir, "devices/platform", place, "block", name)
	for _, p := range partitions {
		s.must(os.MkdirAll(filepath.Join(disk, p), 0o755))
		s.must(os.WriteFile(filepath.Join(disk, p, "partition"), []byte("1\n"), 0o644))
	}
	s.must(os.MkdirAll(filepath.Join(disk, "queue"), 0o755))
	s.must(os.WriteFile(filepath.Join(disk, "size"), []byte(size+"\n"), 0o644))
	s.must(os.WriteFile(filepath.Join(disk, "diskseq"), fmt.Appendln(nil, s.seq), 0o644))
	link := filepath.Join(s.dir, "block", name)
	_ = os.Remove(link)
	s.must(os.Symlink(disk, link))
}

func (s *sys) pull(name string) {
	s.Helper()
	disk, err := filepath.EvalSymlinks(filepath.Join(s.dir, "block", name))
	s.must(err)
	s.must(os.Remove(filepath.Join(s.dir, "block", name)))
	s.must(os.RemoveAll(disk))
}

func (s *sys) machine() drives.Machine {
	return drives.Machine{Sys: s.dir, Dev: "/dev", Log: slog.New(slog.DiscardHandler)}
}

func TestDisks(t *testing.T) {
	s := newSys(t)
	s.plug("usb1/1-1", "sda", "1000", "sda1", "sda2", "sda10")
	s.plug("usb1/1-2", "sdb", "1000")
	s.plug("usb1/1-3", "sdc", "0") // a reader without a card
	s.plug("ata1", "sdd", "1000", "sdd1")
	s.plug("mmc0", "mmcblk0", "1000", "mmcblk0p1")
	s.plug("usb1/1-4", "sde", "1000", "sde1", "sde4")
	disks, err := s.machine().Disks("/dev/sde4") // what the box runs from
	if err != nil {
		t.Fatal(err)
	}
	var devices []string
	for _, d := range disks {
		for _, v := range s.machine().Volumes(d) {
			devices = append(devices, v.String())
		}
	}
	if want := []string{"/dev/sda1", "/dev/sda2", "/dev/sda10", "/dev/sdb"}; !slices.Equal(devices, want) {
		t.Errorf("the sticks have %q; want %q", devices, want)
	}
	if got := s.machine().BootPartition("/dev/mmcblk0p4").String(); got != "/dev/mmcblk0p1" {
		t.Errorf("the card's boot partition is %s", got)
	}
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSys(t)
		s.plug("usb1/1-1", "sda", "1000", "sda1")
		ctx, cancel := context.WithCancel(t.Context())
		var found []string
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.machine().Watch(ctx, "/dev/mmcblk0p4", func(d drives.Disk) { found = append(found, fmt.Sprint(d.Name, d.Partitions)) })
		}()
		expect := func(what string, want ...string) {
			t.Helper()
			for range 3 {
				time.Sleep(time.Second) // of the bubble's clock
				synctest.Wait()
			}
			if !slices.Equal(found, want) {
				t.Errorf("%s: found %q; want %q", what, found, want)
			}
			found = nil
		}
		expect("there at the start", "sda[sda1]")
		expect("still there")
		s.plug("usb1/1-2", "sdb", "1000")
		expect("a second", "sdb[sdb]")
		s.pull("sda")
		expect("pulled")
		s.plug("usb1/1-1", "sda", "1000", "sda1")
		expect("plugged in again", "sda[sda1]")
		s.pull("sda")
		s.plug("usb1/1-1", "sda", "1000", "sda1")
		expect("changed between two looks", "sda[sda1]")

		// The partitions come after the disk.
		s.plug("usb1/1-3", "sdc", "1000")
		time.Sleep(time.Second)
		s.plug("usb1/1-3", "sdc", "1000", "sdc1")
		expect("slowly", "sdc[sdc1]")
		cancel()
		<-done
	})
}
