package emulator

import "errors"

// virtArgs is for a card made for QEMU's own board.
func (m *Machine) virtArgs() ([]string, error) {
	return nil, errors.New("not yet")
}
