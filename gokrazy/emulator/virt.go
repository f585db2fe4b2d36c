package emulator

import (
	"strings"

	"rawtcpcom/gokrazy/card"
	"rawtcpcom/gokrazy/instance"
)

// VirtConfig changes a config for QEMU's own board, which is no Pi and has no
// pins, but moves data two hundred times as fast: an update takes seconds in
// place of minutes. The programs and their flags stay the same.
func VirtConfig(c instance.Config) instance.Config {
	c = c.Clone()
	c.KernelPackage = "github.com/gokrazy/kernel.arm64"
	c.FirmwarePackage = ""
	c.SerialConsole = "ttyAMA0,115200"
	return c
}

// virtArgs starts a card made with VirtConfig.
func (m *Machine) virtArgs() ([]string, error) {
	kernel, err := m.extract("vmlinuz")
	if err != nil {
		return nil, err
	}
	line, err := card.BootFile(m.options.Card, "cmdline.txt")
	if err != nil {
		return nil, err
	}
	return []string{
		"-M", "virt", "-cpu", "cortex-a53", "-m", "1024",
		"-accel", "tcg,thread=single",
		"-kernel", kernel,
		"-append", strings.TrimSpace(string(line)),
		"-drive", "file=" + m.options.Card + ",if=none,id=card,format=raw",
		"-device", "virtio-blk-pci,drive=card",
		"-serial", "stdio",
		"-no-reboot",
	}, nil
}
