package lamp

import (
	"fmt"
	"sort"
	"strings"

	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/host/v3/gpioioctl"
	"periph.io/x/host/v3/sysfs"
)

// Machine is the hardware of the machine it runs on.
//
// Pins come from the kernel's GPIO character device and LEDs from its LED
// class, and no other driver of periph is linked in: bcm283x fails to
// register on current kernels, and when it fails it leaves pins behind under
// the very names that are asked for. The character device also claims a pin,
// so that one that is taken is an error and not a fight.
type Machine struct {
	failed []string
}

var _ Hardware = (*Machine)(nil)

// OpenMachine loads periph's drivers.
func OpenMachine() (*Machine, error) {
	loaded, err := driverreg.Init()
	if err != nil {
		return nil, fmt.Errorf("loading the drivers of GPIO pins and LEDs: %w", err)
	}
	m := &Machine{}
	for _, f := range loaded.Failed {
		m.failed = append(m.failed, f.String())
	}
	return m, nil
}

// Find implements Hardware. A line of the character device goes before a pin
// of another driver that bears the same name.
func (m *Machine) Find(name string) (gpio.PinOut, bool, bool) {
	if line := line(name); line != nil {
		return line, false, true
	}
	for _, led := range sysfs.LEDs { // any, if it is asked for by its name
		if canonical(led.Name()) == name {
			return led, true, true
		}
	}
	if pin := gpioreg.ByName(name); pin != nil {
		return pin, false, true
	}
	return nil, false, false
}

// Holder implements Hardware.
func (m *Machine) Holder(name string) string {
	if line := line(name); line != nil {
		return line.Consumer()
	}
	return ""
}

// Names implements Hardware: the GPIO pins of the header, or all pins on a
// board that does not name them so, and the board's own LEDs. The LEDs of a
// laptop, which are those of its keys and its camera, are nobody's lamps.
func (m *Machine) Names() []string {
	var header, other []string
	for _, p := range gpioreg.All() {
		if strings.HasPrefix(p.Name(), "GPIO") {
			header = append(header, p.Name())
		} else {
			other = append(other, p.Name())
		}
	}
	if len(header) == 0 {
		header = other
	}
	var leds []string
	for _, l := range sysfs.LEDs {
		if name := canonical(l.Name()); name == "ACT" || name == "PWR" {
			leds = append(leds, name)
		}
	}
	sort.Strings(leds)
	return append(header, leds...)
}

// Failed lists the drivers that did not load, for the log.
func (m *Machine) Failed() []string { return m.failed }

func line(name string) *gpioioctl.GPIOLine {
	for _, chip := range gpioioctl.Chips {
		if l := chip.ByName(name); l != nil {
			return l
		}
	}
	return nil
}
