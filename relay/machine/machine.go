// Package machine tells one machine from another, for client ids that need no
// disk: two boxes must not have the same, and each is to have its own again
// after a restart. A Raspberry Pi has a serial number. Of PCs, those that were
// copied from one disk image may share a machine id, and then these ids.
package machine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// Serial is what tells this machine from others, with the name of what it is:
// the serial number of a Raspberry Pi, the machine id that the system was given
// when it was installed, or the address of the first network interface that is
// hardware. It is empty where there is none of them. root is "/" but in tests.
func Serial(root string) string {
	for _, find := range []func(root string) string{deviceTree, cpuinfo, machineID, hardwareAddress} {
		if serial := find(root); serial != "" {
			return serial
		}
	}
	return ""
}

// IDs are n client ids made of a serial: always the same, and each its own.
func IDs(serial string, n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = uuid.NewSHA1(space, fmt.Appendf(nil, "%s/%d", serial, i+1)).String()
	}
	return ids
}

// space is the name space of the ids, drawn once.
var space = uuid.MustParse("1d6b0f0e-9d0b-4c0e-8f3a-5c0c7d1f6a52")

func deviceTree(root string) string {
	return named("serial", read(root, "proc/device-tree/serial-number"))
}

func cpuinfo(root string) string {
	for line := range strings.Lines(read(root, "proc/cpuinfo")) {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == "Serial" {
			return named("serial", value)
		}
	}
	return ""
}

// machineID leaves aside what an image holds that was not started yet.
func machineID(root string) string {
	id := strings.TrimSpace(read(root, "etc/machine-id"))
	if _, err := uuid.Parse(id); err != nil {
		return ""
	}
	return named("machine id", id)
}

func hardwareAddress(root string) string {
	const interfaces = "sys/class/net"
	entries, err := os.ReadDir(filepath.Join(root, interfaces))
	if err != nil {
		return ""
	}
	for _, e := range entries { // in the order of their names
		dir := filepath.Join(interfaces, e.Name())
		if _, err := os.Stat(filepath.Join(root, dir, "device")); err != nil {
			continue // a bridge, a tunnel or the like
		}
		if address := named("network address", read(root, dir+"/address")); address != "" {
			return address
		}
	}
	return ""
}

// named is a value with what it is, or nothing where it is nothing but zeros,
// which machines without one have.
func named(what, value string) string {
	value = strings.ToLower(strings.Trim(value, "\x00 \t\r\n"))
	if strings.Trim(value, "0:-") == "" {
		return ""
	}
	return what + " " + value
}

func read(root, path string) string {
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		return ""
	}
	return string(b)
}
