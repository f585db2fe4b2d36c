package machine

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/uuid"
)

func TestSerial(t *testing.T) {
	const id = "3d1219c7c4c5404aaa1f6d2a48adfda4"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a Pi": {map[string]string{
			"proc/device-tree/serial-number": "10000000A1B2C3D4\x00", "etc/machine-id": id + "\n",
		}, "serial 10000000a1b2c3d4"},
		"a Pi with an old kernel": {map[string]string{
			"proc/cpuinfo": "processor\t: 0\nHardware\t: BCM2835\nSerial\t\t: 10000000a1b2c3d4\nModel\t: Raspberry Pi 3\n", "etc/machine-id": id,
		}, "serial 10000000a1b2c3d4"},
		"a board without a serial": {map[string]string{
			"proc/device-tree/serial-number": "\x00", "proc/cpuinfo": "Serial\t\t: 0000000000000000\n", "etc/machine-id": id + "\n",
		}, "machine id " + id},
		"an image that was not started yet": {map[string]string{
			"etc/machine-id":             "uninitialized\n",
			"sys/class/net/lo/address":   "00:00:00:00:00:00\n",
			"sys/class/net/br0/address":  "02:42:00:00:00:01\n",
			"sys/class/net/eth1/address": "b8:27:eb:00:00:02\n", "sys/class/net/eth1/device/uevent": "",
			"sys/class/net/eth0/address": "B8:27:EB:00:00:01\n", "sys/class/net/eth0/device/uevent": "",
		}, "network address b8:27:eb:00:00:01"},
		"an interface without an address": {map[string]string{
			"etc/machine-id":             "00000000000000000000000000000000\n",
			"sys/class/net/can0/address": "00:00:00:00:00:00\n", "sys/class/net/can0/device/uevent": "",
			"sys/class/net/eth0/address": "b8:27:eb:00:00:01\n", "sys/class/net/eth0/device/uevent": "",
		}, "network address b8:27:eb:00:00:01"},
		"nothing": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for path, content := range c.files {
				path = filepath.Join(root, path)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got := Serial(root); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The robot's driver holds a slot for each of them, over updates of the relay as
// well: they must never change.
func TestIDsNeverChange(t *testing.T) {
	got := IDs("serial 10000000a1b2c3d4", 4)
	want := []string{
		"5c2a4b87-4fae-5ff4-9c98-8128d0e78c1b", "7c9dfb8b-154f-5f21-a224-ffeedb2a86f1",
		"37c723e6-4ec8-571a-917f-f8f394192b5a", "a35a3e90-1491-5821-b248-c1a15368fe3a",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	others := IDs("serial 10000000a1b2c3d5", 4)
	for i, id := range got {
		if u, err := uuid.Parse(id); err != nil || u.String() != id || slices.Contains(got[:i], id) || slices.Contains(others, id) {
			t.Errorf("%s is no id of its own", id)
		}
	}
	if one := IDs("serial 10000000a1b2c3d4", 1); one[0] != got[0] {
		t.Errorf("a smaller pool begins with %s", one[0])
	}
}
