// Package lamp shows the state of the box on its LEDs.
//
// Everything a lamp can say is one row of Table: what has to be true, how
// each lamp shines then, and what that means to a person. The engine, the
// legend of the page, the legend of the README and the tests read the same
// rows, so they cannot disagree.
package lamp

import (
	"rawtcpcom/relay/state"
)

// Lamp is one of the lamps of the box.
type Lamp string

const (
	WAMP   Lamp = "WAMP"   // the way to the robot
	Client Lamp = "Client" // the lab's programs
	Board  Lamp = "Board"  // the board's own LED: both in one, for a box with nothing wired
)

// Lamps are all of them, in the order in which they are shown.
var Lamps = []Lamp{WAMP, Client, Board}

// Condition is what the lamps depend on.
type Condition struct {
	Answering  bool // the relay answers
	Router     state.RouterState
	Driver     state.DriverState
	Clients    int  // connected
	Handshaken int  // of those, known to the driver
	Identify   bool // somebody looks for this box
}

// ConditionOf reads a condition off the relay's state.
func ConditionOf(answering bool, s state.State) Condition {
	c := Condition{Answering: answering, Router: s.Router.State, Driver: s.Driver.State, Clients: len(s.Clients)}
	for _, client := range s.Clients {
		if client.Handshake.Done() {
			c.Handshaken++
		}
	}
	return c
}

// Row is one thing the lamps can say. A lamp that has no pattern in a row is
// not concerned by it.
type Row struct {
	ID       string
	When     func(Condition) bool // nil: no condition selects it
	Patterns map[Lamp]Pattern
	Winks    bool   // traffic shows on these lamps, over the pattern
	Meaning  string // for a person beside the box
	Remedy   string // what to do; empty when nothing is wrong
}

// Table is ordered: a lamp shows the first row that holds and concerns it.
var Table = []Row{
	{
		ID:       "identify",
		When:     func(c Condition) bool { return c.Identify },
		Patterns: map[Lamp]Pattern{WAMP: flash, Client: flash, Board: flash},
		Meaning:  "“Identify” was pressed on this box's page (for ten seconds)",
	},
	{
		ID:       "relay-away",
		When:     func(c Condition) bool { return !c.Answering },
		Patterns: map[Lamp]Pattern{WAMP: fastEven, Client: fastOdd, Board: fastBlink},
		Meaning:  "The relay does not answer",
		Remedy:   "It is restarted within seconds. If this goes on, switch the box off and on, then read its log",
	},
	{
		ID:       "router-away",
		When:     func(c Condition) bool { return c.Router != state.RouterJoined },
		Patterns: map[Lamp]Pattern{WAMP: searching, Board: searching},
		Meaning:  "Looking for the robot's router",
		Remedy:   "Is the robot on, and are both on the same network? The page says what was tried",
	},
	{
		ID:       "driver-away",
		When:     func(c Condition) bool { return c.Driver != state.DriverPresent },
		Patterns: map[Lamp]Pattern{WAMP: doubleBlink, Board: doubleBlink},
		Meaning:  "Router joined, the robot's driver is absent",
		Remedy:   "Wait a minute after the robot was switched on, then restart the robot",
	},
	{
		ID:       "ready",
		When:     func(Condition) bool { return true },
		Patterns: map[Lamp]Pattern{WAMP: steady, Board: steady},
		Winks:    true,
		Meaning:  "Router and driver are there",
	},
	{
		ID:       "no-client",
		When:     func(c Condition) bool { return c.Clients == 0 },
		Patterns: map[Lamp]Pattern{Client: dark},
		Meaning:  "No client is connected",
		Remedy:   "Connect your program to port 7887 of this box",
	},
	{
		ID:       "client-waiting",
		When:     func(c Condition) bool { return c.Handshaken == 0 },
		Patterns: map[Lamp]Pattern{Client: waiting},
		Meaning:  "A client is connected and waits for its handshake",
		Remedy:   "Look at the other lamp: the handshake comes when router and driver are there",
	},
	{
		ID:       "client-there",
		When:     func(Condition) bool { return true },
		Patterns: map[Lamp]Pattern{Client: steady},
		Winks:    true,
		Meaning:  "At least one client is connected and known to the driver",
	},
	{
		ID:       trafficID,
		Patterns: map[Lamp]Pattern{Client: wink, Board: wink},
		Meaning:  "A message passes (at most 8 winks a second)",
	},
	{
		ID:       "power-off",
		Patterns: map[Lamp]Pattern{WAMP: dark, Client: dark, Board: dark},
		Meaning:  "No power, or the status program is not running",
		Remedy:   "Check the power supply. Half a minute after power-on some lamp must shine",
	},
}

// trafficID is the row that is not selected by a condition but played over
// the steady rows, once for each message.
const trafficID = "traffic"

// Select returns the row that lamp l shows under c.
func Select(l Lamp, c Condition) Row {
	for _, r := range Table {
		if _, concerned := r.Patterns[l]; concerned && r.When != nil && r.When(c) {
			return r
		}
	}
	return Row{ID: "power-off", Patterns: map[Lamp]Pattern{l: dark}}
}
