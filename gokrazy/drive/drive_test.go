package drive

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// machine is a computer as the kernel shows it: a built-in disk that it runs
// from, a second one with another system, and a card reader on USB.
func machine(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	put := func(path, text string) {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	disk := func(path, number, sectors, removable string, partitions ...string) {
		t.Helper()
		name := filepath.Base(path)
		link := func(name, target string) {
			put("dev/"+name, "")
			dir := filepath.Join(root, "sys/class/block")
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(filepath.Join(root, target), filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		put(path+"/size", sectors)
		put(path+"/dev", number+":0")
		put(path+"/removable", removable)
		put(path+"/device/model", "Model of "+name)
		link(name, path)
		for i, p := range partitions {
			put(path+"/"+p+"/partition", string(rune('1'+i)))
			put(path+"/"+p+"/dev", number+":"+string(rune('1'+i)))
			link(p, path+"/"+p)
		}
	}
	disk("sys/devices/pci0/ata1/block/sda", "8", "500000000", "0", "sda1", "sda2")
	disk("sys/devices/pci0/nvme/block/nvme0n1", "259", "900000000", "0", "nvme0n1p1")
	disk("sys/devices/pci0/usb1/1-1/block/sdb", "10", "31116288", "1", "sdb1")
	disk("sys/devices/pci0/usb1/1-2/block/sdc", "11", "0", "1")
	disk("sys/devices/pci0/usb1/1-3/block/sdd", "12", "1000000", "1")
	disk("sys/devices/platform/mmc/block/mmcblk0", "179", "15523840", "0", "mmcblk0p1")
	put("sys/devices/pci0/usb1/1-1/block/sdb/sdb1/holders/.keep", "")
	put("dev/ttyUSB0", "")
	put("proc/swaps", "Filename Type Size Used Priority")
	put("proc/self/mountinfo", "22 1 0:21 / /proc rw shared:5 - proc proc rw\n25 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw")
	if err := os.Remove(filepath.Join(root, "sys/devices/pci0/usb1/1-1/block/sdb/sdb1/holders/.keep")); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestFindTakesACardInAReader(t *testing.T) {
	root := machine(t)
	for _, device := range []string{"/dev/sdb", "/dev/mmcblk0"} {
		d, err := Find(root, device)
		if err != nil {
			t.Error(err)
		}
		if d.Path != device {
			t.Errorf("%s was found as %s", device, d.Path)
		}
	}
}

func TestFindRefusesAllElse(t *testing.T) {
	add := func(file, line string) func(*testing.T, string) {
		return func(t *testing.T, root string) {
			t.Helper()
			path := filepath.Join(root, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteString(line + "\n"); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		device string
		change func(*testing.T, string)
		says   string
	}{
		{"/dev/sda", nil, "this computer runs from it"},
		{"/dev/nvme0n1", nil, "built into this computer"},
		{"/dev/sdb1", nil, "/dev/sdb"},
		{"/dev/sdc", nil, "no card in it"},
		{"/dev/sdd", nil, "a card of 2 GB"},
		{"/dev/sdx", nil, "no such device"},
		{"/dev/ttyUSB0", nil, "not a drive"},
		{"/dev/sdb", add("proc/self/mountinfo", "30 1 10:1 / /media/card rw - vfat /dev/sdb1 rw"), "umount /dev/sdb1"},
		{"/dev/sdb", add("proc/self/mountinfo", "30 1 0:40 / /home rw - btrfs /dev/sdb1 rw"), "this computer runs from it"},
		{"/dev/sdb", add("proc/swaps", "/dev/sdb1 partition 1 0 -2"), "swap"},
		{"/dev/sdb", add("sys/devices/pci0/usb1/1-1/block/sdb/sdb1/holders/dm-0", ""), "part of dm-0"},
		{"/dev/sdb", add("proc/self/mountinfo", "garbage"), "not certain"},
	} {
		t.Run(c.device+" "+c.says, func(t *testing.T) {
			root := machine(t)
			if c.change != nil {
				c.change(t, root)
			}
			d, err := Find(root, c.device)
			if err == nil {
				t.Fatalf("it was taken: %v", d)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("the reason is %q; it should say %q", err, c.says)
			}
		})
	}
}
