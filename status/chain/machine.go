package chain

import (
	"fmt"
	"strings"
	"time"

	clock "rawtcpcom/gokrazy/clock/report"
	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/health"
	"rawtcpcom/relay/place"
)

// Machine is what the machine says of itself. A PC says nothing but its addresses.
type Machine struct {
	Addresses []string // those that others can reach, of all interfaces
	Board     Board
	LAN       *lan.Report // nil where nobody tells
	Clock     clock.Report
}

// Board is what a Raspberry Pi tells of its supply and its temperature.
type Board struct {
	UnderVoltage int      // how often it was seen since power-on
	Low          bool     // it is now
	Celsius      *float64 // nil where it is not told
}

const (
	// The firmware makes a Pi slower from 80 °C on. It is told of until it has
	// cooled down a little, so that the page does not flicker.
	hot, cooled = 80, 77
	// clockComes is the time after power-on in which a clock that is not set is not
	// told of: the network is just coming.
	clockComes = time.Minute
)

// machine are the links of the machine itself, in their order. Those that the
// network does not cut off come first.
func (j *Judge) machine(f Facts) []health.Link {
	links := []health.Link{power(f.Board)}
	if f.Place == place.Box {
		if f.Board.Celsius != nil {
			links = append(links, j.heat(*f.Board.Celsius))
		}
		links = append(links, clockLink(f))
	}
	if f.LAN != nil {
		links = append(links, cable(f))
	}
	return append(links, network(f))
}

// since is when a link of the machine came to be as it is, as its uptime then,
// where that is told.
func (f Facts) since(l health.Link) (at time.Duration, known bool) {
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	switch {
	case l.Name == health.Power && !l.Told():
		return 0, true
	case l.Name == health.Network && f.LAN != nil && f.LAN.Uptime > 0:
		return seconds(f.LAN.Uptime), true
	case l.Name == health.Clock && f.Clock.Set:
		return seconds(f.Clock.Uptime), true
	case l.Name == health.Clock:
		return 0, true
	}
	return 0, false
}

func power(b Board) health.Link {
	l := health.Link{Name: health.Power, Title: "Power", Kind: health.Fine, OK: true, Short: "on"}
	if b.UnderVoltage == 0 {
		return l
	}
	l.Kind, l.Short, l.Line = health.UnderVoltage, "under-voltage seen", "under-voltage seen"
	l.Why = fmt.Sprintf("The voltage of this box's supply was too low, %s since power-on.", times(b.UnderVoltage))
	if b.Low {
		l.Short, l.Line = "under-voltage", "under-voltage"
		l.Why = "The voltage of this box's supply is too low."
	}
	l.Why += " It may stop or restart at any moment."
	l.Do = "Use the power supply that is made for this Raspberry Pi, and a short cable of its own. Unplug what else draws power from the box."
	return l
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func (j *Judge) heat(celsius float64) health.Link {
	j.hot = celsius >= hot || j.hot && celsius >= cooled
	l := health.Link{Name: health.Heat, Title: "Temperature", Kind: health.Fine, OK: true, Short: fmt.Sprintf("%.0f °C", celsius)}
	if j.hot {
		l.Kind, l.Line = health.Hot, "hot"
		l.Why = fmt.Sprintf("This box is hot: from %d °C on it makes itself slower.", hot)
		l.Do = "Give it air, or a heat sink. Move it away from what is hot."
	}
	return l
}

func clockLink(f Facts) health.Link {
	l := health.Link{Name: health.Clock, Title: "Clock", Kind: health.Fine, OK: true, Short: "set by " + f.Clock.From}
	if f.Clock.Set {
		return l
	}
	l.Short = "not set: times are since power-on"
	if f.Uptime < clockComes {
		l.Short = "not set yet"
		return l
	}
	l.Kind, l.Line = health.ClockNotSet, "not set: "+f.Clock.Error
	l.Why = "The clock of this box is not set: the times that it writes, in lines to programs too, are not the time of day."
	if f.Clock.Error != "" {
		l.Why += " Asked for the time: " + strings.TrimSuffix(f.Clock.Error, ".") + "."
	}
	l.Do = "Commands and answers pass all the same. Name a time server in the box's settings or in the network's DHCP (option 42), or let the box reach the internet."
	return l
}
