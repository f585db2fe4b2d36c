package lamp

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"
)

// board is hardware with gpiotest pins.
type board struct {
	pins  map[string]gpio.PinOut
	leds  []string
	taken map[string]string // holder by name
}

func (b board) Find(name string) (gpio.PinOut, bool, bool) {
	p, ok := b.pins[name]
	return p, slices.Contains(b.leds, name), ok
}
func (b board) Holder(name string) string { return b.taken[name] }
func (b board) Names() []string {
	var names []string
	for n := range b.pins {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// takenPin refuses to be driven, as a line that another program holds does.
type takenPin struct{ gpiotest.Pin }

func (*takenPin) Out(gpio.Level) error { return errors.New("device or resource busy") }

func raspberry() board {
	return board{
		pins: map[string]gpio.PinOut{
			"GPIO17": &gpiotest.Pin{N: "GPIO17"}, "GPIO22": &takenPin{}, "GPIO27": &gpiotest.Pin{N: "GPIO27"},
			"ACT": &gpiotest.Pin{N: "ACT"}, "PWR": &gpiotest.Pin{N: "PWR"},
		},
		leds:  []string{"ACT", "PWR"},
		taken: map[string]string{"GPIO22": "spi0 CS0"},
	}
}

func TestOpen(t *testing.T) {
	all := map[Lamp]bool{WAMP: true, Client: true, Board: true}
	for _, c := range []struct {
		name   string
		wiring Wiring
		board  board
		opened string // names
		notes  int
		fails  []string // in the error
	}{
		{"the default", Wiring{WAMP: "GPIO17", Client: "GPIO27", Board: "ACT"}, raspberry(), "GPIO17 GPIO27 ACT", 0, nil},
		{"by number and in small letters", Wiring{WAMP: "17", Client: "gpio27", Board: "led0", Asked: all}, raspberry(), "GPIO17 GPIO27 ACT", 0, nil},
		{"none of it", Wiring{WAMP: "none", Client: "None", Board: "none", Asked: all}, raspberry(), "", 0, nil},
		{"the board's own LEDs", Wiring{WAMP: "act", Client: "PWR", Board: "none", Asked: all}, raspberry(), "ACT PWR", 0, nil},
		{"a default pin that is taken is left out", Wiring{WAMP: "GPIO22", Client: "GPIO27", Board: "ACT"}, raspberry(), "GPIO27 ACT", 1, nil},
		{"an asked pin that is taken", Wiring{WAMP: "GPIO22", Client: "GPIO27", Board: "ACT", Asked: map[Lamp]bool{WAMP: true}}, raspberry(), "", 0,
			[]string{"WAMP lamp", "GPIO22", "taken by spi0 CS0", "GPIO17", "GPIO27", "ACT"}},
		{"an asked pin that is missing", Wiring{WAMP: "GPIO17", Client: "GPIO99", Board: "ACT", Asked: map[Lamp]bool{Client: true}}, raspberry(), "", 0,
			[]string{"Client lamp", "no GPIO99", "GPIO17", "GPIO27", "PWR"}},
		{"another board", Wiring{WAMP: "GPIO17", Client: "GPIO27", Board: "ACT"}, board{pins: map[string]gpio.PinOut{"P8_07": &gpiotest.Pin{}}}, "", 1, nil},
		{"a laptop", Wiring{WAMP: "GPIO17", Client: "GPIO27", Board: "ACT", Asked: all}, board{}, "", 1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			outputs, notes, err := Open(c.wiring, c.board)
			if len(c.fails) > 0 {
				if err == nil {
					t.Fatal("no error")
				}
				for _, want := range c.fails {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("error %q does not say %q", err, want)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, o := range outputs {
				names = append(names, o.Name)
			}
			if got := strings.Join(names, " "); got != c.opened {
				t.Errorf("opened %q, want %q", got, c.opened)
			}
			if len(notes) != c.notes {
				t.Errorf("notes %q, want %d of them", notes, c.notes)
			}
		})
	}
}

func TestActiveLowIsForPinsOnly(t *testing.T) {
	b := raspberry()
	outputs, _, err := Open(Wiring{WAMP: "GPIO17", Client: "none", Board: "ACT", ActiveLow: true}, b)
	if err != nil || len(outputs) != 2 {
		t.Fatal(outputs, err)
	}
	if level := b.pins["GPIO17"].(*gpiotest.Pin).Read(); level != gpio.High {
		t.Error("a dark lamp that is active low has its pin low")
	}
	if level := b.pins["ACT"].(*gpiotest.Pin).Read(); level != gpio.Low {
		t.Error("the board's LED is dark when the kernel is told 0, whatever its wiring")
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		w  Wiring
		ok bool
	}{
		{Wiring{WAMP: "GPIO17", Client: "GPIO27", Board: "ACT"}, true},
		{Wiring{WAMP: "none", Client: "none", Board: "none"}, true},
		{Wiring{WAMP: "GPIO17", Client: "17", Board: "ACT"}, false},
		{Wiring{WAMP: "ACT", Client: "GPIO27", Board: "led0"}, false},
		{Wiring{WAMP: "", Client: "GPIO27", Board: "ACT"}, false},
	} {
		if err := c.w.Check(); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.w, err)
		}
	}
}

// On this machine, whatever it has, the drivers load and no GPIO means
// simulated lamps and not an error.
func TestThisMachine(t *testing.T) {
	m, err := OpenMachine()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, ok := m.Find("GPIO9999"); ok {
		t.Error("there is a GPIO9999")
	}
	if len(m.Names()) == 0 {
		if outputs, notes, err := Open(Wiring{WAMP: "GPIO17", Client: "GPIO27", Board: "ACT"}, m); err != nil || len(outputs) != 0 || len(notes) != 1 {
			t.Errorf("without GPIO: %v, %q, %v", outputs, notes, err)
		}
	}
}

// A board with sixty pins and no LED of its own is told in a sentence that can be read.
func TestNoLEDOfTheBoard(t *testing.T) {
	b := board{pins: map[string]gpio.PinOut{}}
	for n := range 60 {
		b.pins[fmt.Sprintf("GPIO%d", n)] = &gpiotest.Pin{}
	}
	_, notes, err := Open(Wiring{WAMP: "GPIO17", Client: "GPIO27", Board: "ACT"}, b)
	if want := "Board lamp: there is no ACT here; there are GPIO0 to GPIO59"; err != nil || len(notes) != 1 || notes[0] != want {
		t.Errorf("the notes are %q, %v; not %q", notes, err, want)
	}
}
