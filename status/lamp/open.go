package lamp

import (
	"fmt"
	"slices"
	"strings"

	"periph.io/x/conn/v3/gpio"
)

// None in a wiring leaves a lamp out.
const None = "none"

// Wiring is which LED is where, as the user said it.
type Wiring struct {
	WAMP, Client, Board string // GPIO17, ACT, PWR, none
	ActiveLow           bool   // of the pins; the board's own LEDs know their polarity
	// Asked are the lamps the user named a place for. One of the others is
	// left out when its default place is missing; an asked one is an error.
	Asked map[Lamp]bool
}

// Check tells what is wrong with the wiring as such, before any hardware is
// looked at.
func (w Wiring) Check() error {
	seen := map[string]Lamp{}
	for _, l := range Lamps {
		name := canonical(w.place(l))
		if name == "" {
			return fmt.Errorf("the %s lamp has an empty name: give a pin (GPIO17), ACT, PWR or none", l)
		}
		if name == None {
			continue
		}
		if other, twice := seen[name]; twice {
			return fmt.Errorf("the %s and the %s lamp cannot both be %s", other, l, name)
		}
		seen[name] = l
	}
	return nil
}

func (w Wiring) place(l Lamp) string {
	switch l {
	case WAMP:
		return w.WAMP
	case Client:
		return w.Client
	}
	return w.Board
}

// Hardware is where LEDs can be found.
type Hardware interface {
	// Find returns the pin or LED of that name; ok is false when there is
	// none. An LED knows its own polarity.
	Find(name string) (pin gpio.PinOut, led bool, ok bool)
	// Holder names who else has the pin; empty when unknown.
	Holder(name string) string
	// Names lists the pins and the LEDs there are.
	Names() []string
}

// Open switches on the outputs of w, dark. The notes are what somebody should
// know: a lamp that is left out, or that everything is simulated.
func Open(w Wiring, h Hardware) (outputs []Output, notes []string, err error) {
	if len(h.Names()) == 0 {
		return nil, []string{"this machine has no GPIO pins and no LEDs: the lamps are simulated and shine on the page only"}, nil
	}
	var places []string
	for _, l := range Lamps {
		name := canonical(w.place(l))
		if name == None {
			continue
		}
		places = append(places, name)
		o, err := open(l, name, w.ActiveLow, h)
		if err == nil {
			outputs = append(outputs, o)
			continue
		}
		if w.Asked[l] {
			closeAll(outputs)
			return nil, nil, err
		}
		notes = append(notes, err.Error())
	}
	if len(outputs) == 0 {
		notes = []string{fmt.Sprintf("no lamp at %s: the lamps are simulated and shine on the page only", strings.Join(places, ", "))}
		if len(places) == 0 {
			notes = nil // as asked for
		}
	}
	return outputs, notes, nil
}

func open(l Lamp, name string, activeLow bool, h Hardware) (Output, error) {
	pin, led, ok := h.Find(name)
	if !ok {
		return Output{}, fmt.Errorf("%s lamp: there is no %s here; there %s", l, name, offered(h.Names()))
	}
	o := Output{Lamp: l, Name: name, Pin: pin, ActiveLow: activeLow && !led}
	if err := o.set(false); err != nil {
		holder := h.Holder(name)
		if holder != "" {
			holder = ", it is taken by " + holder
		}
		return Output{}, fmt.Errorf("%s lamp: %s cannot be driven (%w)%s; there %s", l, name, err, holder, offered(h.Names()))
	}
	return o, nil
}

// closeAll leaves no LED lit behind an error.
func closeAll(outputs []Output) {
	for _, o := range outputs {
		_ = o.set(false)
		_ = o.Pin.Halt()
	}
}

// canonical spells a name as the kernel does: "17" is GPIO17, and the board's
// LEDs were called led0 and led1 once.
func canonical(name string) string {
	name = strings.TrimSpace(name)
	switch lower := strings.ToLower(name); {
	case lower == "none":
		return None
	case slices.Contains([]string{"act", "led0"}, lower):
		return "ACT"
	case slices.Contains([]string{"pwr", "led1"}, lower):
		return "PWR"
	case strings.HasPrefix(lower, "gpio"):
		return strings.ToUpper(name)
	case name != "" && strings.Trim(name, "0123456789") == "":
		return "GPIO" + name
	}
	return name
}

// BoardTaken reports whether another lamp sits where the combined one would.
func (w Wiring) BoardTaken() bool {
	board := canonical(w.Board)
	return canonical(w.WAMP) == board || canonical(w.Client) == board
}
