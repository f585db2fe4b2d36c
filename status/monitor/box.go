package monitor

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	clock "rawtcpcom/gokrazy/clock/report"
	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/place"
	"rawtcpcom/status/chain"
)

// Box looks at what a box says of itself and at what its other programs tell. One
// goroutine at a time may use it.
type Box struct {
	root         string // "/" but in tests
	underVoltage int    // times seen
	low          bool
}

// NewBox makes one for the box whose file system has that root.
func NewBox(root string) *Box { return &Box{root: root} }

// Look is the box as it is now, without its addresses.
func (b *Box) Look() chain.Machine {
	m := chain.Machine{Board: chain.Board{Celsius: b.celsius()}}
	// The firmware's word is true when the voltage was too low in the last seconds.
	low := b.isLow()
	if low && !b.low {
		b.underVoltage++
	}
	b.low = low
	m.Board.UnderVoltage, m.Board.Low = b.underVoltage, low
	if r, err := lan.Read(filepath.Join(b.root, lan.Path)); err == nil {
		m.LAN = &r
	}
	var err error
	if m.Clock, err = clock.Read(filepath.Join(b.root, clock.Path), place.Box); err != nil {
		m.Clock = clock.Report{Error: err.Error()}
	}
	return m
}

// isLow asks the firmware, by the hwmon that the kernel calls rpi_volt.
func (b *Box) isLow() bool {
	names, _ := filepath.Glob(filepath.Join(b.root, "sys/class/hwmon/*/name")) // the pattern is right
	for _, name := range names {
		if line(name) == "rpi_volt" {
			return line(filepath.Join(filepath.Dir(name), "in0_lcrit_alarm")) == "1"
		}
	}
	return false
}

// celsius is the temperature of the processor, nil where the kernel does not tell.
func (b *Box) celsius() *float64 {
	thousandths, err := strconv.Atoi(line(filepath.Join(b.root, "sys/class/thermal/thermal_zone0/temp")))
	if err != nil {
		return nil
	}
	celsius := float64(thousandths) / 1000
	return &celsius
}

func line(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
