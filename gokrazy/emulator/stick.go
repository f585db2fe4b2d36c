package emulator

import (
	"encoding/json"
	"fmt"
	"strings"
)

func stickID(i int) string { return fmt.Sprintf("stick%d", i) }

// stickDrive is the image of a USB stick, as QEMU takes it.
func stickDrive(id, image string) string {
	return fmt.Sprintf("if=none,id=%s,format=raw,file=%s", id, strings.ReplaceAll(image, ",", ",,"))
}

// Plug plugs one more USB stick into the running box, in which it stays. The box has
// to have one already: QEMU makes a hub for further ones at the start only.
func (m *Machine) Plug(image string) error {
	p, err := m.Pins()
	if err != nil {
		return fmt.Errorf("plug in a stick: %w", err)
	}
	defer p.Close()
	id := stickID(len(m.options.Sticks))
	m.options.Sticks = append(m.options.Sticks, image)
	for _, command := range []string{"drive_add 0 " + stickDrive(id, image), "device_add usb-storage,drive=" + id + ",id=" + id} {
		answer, err := p.execute("human-monitor-command", map[string]string{"command-line": command})
		if err != nil {
			return fmt.Errorf("plug in a stick: %w", err)
		}
		var said string
		if err := json.Unmarshal(answer, &said); err != nil || strings.Contains(said, "Error") {
			return fmt.Errorf("plug in a stick: QEMU says %s", answer)
		}
	}
	return nil
}
