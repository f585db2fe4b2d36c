// Package lamp shows the state of the box on its LEDs.
//
// Everything a lamp can say is one row of Table: what it tells of, how each
// lamp shines then, and what that means to a person. The engine, the legend of
// the page, the legend of the README and the tests read the same rows, so they
// cannot disagree. What is wrong is judged by relay/health.
package lamp

import (
	"fmt"
	"slices"

	"rawtcpcom/relay/health"
	"rawtcpcom/relay/wire"
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

// Condition is what the lamps show. It is read off a report, and a row can only
// name the kinds that it is for.
type Condition struct {
	Robot    health.Kind // the first broken link up to the robot
	Client   health.Kind // how the clients stand
	Identify bool        // somebody looks for this box
}

// ConditionOf reads a condition off a report.
func ConditionOf(r health.Report) Condition {
	return Condition{Robot: r.ToRobot(), Client: r.Clients()}
}

// identify is the kind of the row that tells nothing of health.
const identify health.Kind = "identify"

// kinds are what lamp l tells of, the first that a row has.
func (c Condition) kinds(l Lamp) []health.Kind {
	switch {
	case c.Identify:
		return []health.Kind{identify}
	case l == Client:
		return []health.Kind{c.Client}
	case l == Board && c.Robot == health.Fine:
		return []health.Kind{c.Client, c.Robot}
	}
	return []health.Kind{c.Robot}
}

// Row is one thing the lamps can say. A lamp that has no pattern in a row is
// not concerned by it.
type Row struct {
	ID       string
	Kinds    []health.Kind // what it tells; none: no condition selects it
	Patterns map[Lamp]Pattern
	Winks    bool   // traffic shows on these lamps, over the pattern
	Meaning  string // for a person beside the box
	Remedy   string // what to do; empty when nothing is wrong
}

// Table is what the lamps can say, in the order of the legend. Each lamp has at
// most one row for a kind.
var Table = []Row{
	{
		ID:       "identify",
		Kinds:    []health.Kind{identify},
		Patterns: map[Lamp]Pattern{WAMP: flash, Client: flash, Board: flash},
		Meaning:  "“Identify” was pressed on this box's page (for ten seconds)",
	},
	{
		ID:       "relay-away",
		Kinds:    []health.Kind{health.RelayAway},
		Patterns: map[Lamp]Pattern{WAMP: fastEven, Client: fastOdd, Board: fastBlink},
		Meaning:  "The relay does not answer",
		Remedy:   "It is restarted within seconds. If this goes on, read its log (port 8081), then switch the box off and on",
	},
	{
		ID:       "no-robot-set",
		Kinds:    []health.Kind{health.NoRobotSet},
		Patterns: map[Lamp]Pattern{WAMP: shortBlink, Board: shortBlink},
		Meaning:  "No robot is set",
		Remedy:   "Set the robot's address on this box's page, under Settings",
	},
	{
		ID:       "router-away",
		Kinds:    []health.Kind{health.NoCable, health.NoAddress, health.RouterAway, health.NoSession},
		Patterns: map[Lamp]Pattern{WAMP: searching, Board: searching},
		Meaning:  "Looking for the robot's router",
		Remedy:   "Is the robot on, and are both on the same network? The page says what was tried",
	},
	{
		ID:       "driver-away",
		Kinds:    []health.Kind{health.RobotUnheard, health.RobotAbsent, health.RobotNotConnected},
		Patterns: map[Lamp]Pattern{WAMP: doubleBlink, Board: doubleBlink},
		Meaning:  "Router joined, the robot's software or its motor board is absent",
		Remedy:   "Wait a minute after the robot was switched on, then look at the page, or restart the robot",
	},
	{
		ID:       "robot-halted",
		Kinds:    []health.Kind{health.RobotHalted},
		Patterns: map[Lamp]Pattern{WAMP: longBlink, Board: longBlink},
		Meaning:  "The robot is halted: it takes commands, and nothing moves",
		Remedy:   "Look at the robot, reset it, home it. The page says who halted it",
	},
	{
		ID:       "ready",
		Kinds:    []health.Kind{health.Fine},
		Patterns: map[Lamp]Pattern{WAMP: steady, Board: steady},
		Winks:    true,
		Meaning:  "Router and robot are there",
	},
	{
		ID:       "no-client",
		Kinds:    []health.Kind{health.NoClient},
		Patterns: map[Lamp]Pattern{Client: dark},
		Meaning:  "No client is connected",
		Remedy:   "Connect your program to port 7887 of this box",
	},
	{
		ID:       "client-waiting",
		Kinds:    []health.Kind{health.ClientWaiting, health.Behind},
		Patterns: map[Lamp]Pattern{Client: waiting},
		Meaning:  "A client is connected and waits for its handshake",
		Remedy:   "Look at the other lamp: the handshake comes when router and robot are there",
	},
	{
		ID:       "client-refused",
		Kinds:    []health.Kind{health.ClientRefused},
		Patterns: map[Lamp]Pattern{Client: tripleBlink, Board: tripleBlink},
		Meaning:  "The robot refuses a client",
		Remedy:   fmt.Sprintf("Restart the robot: its driver has given all %d ids away", wire.DriverIDs),
	},
	{
		ID:       "client-turned-away",
		Kinds:    []health.Kind{health.ClientTurnedAway},
		Patterns: map[Lamp]Pattern{Client: longShort, Board: longShort},
		Meaning:  "In the last minute a further client was turned away: no id or connection is free",
		Remedy:   "Close a client that is no longer needed, then connect again",
	},
	{
		ID:       "client-there",
		Kinds:    []health.Kind{health.Fine},
		Patterns: map[Lamp]Pattern{Client: steady},
		Winks:    true,
		Meaning:  "At least one client is connected and known to the robot",
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
		Remedy:   "Check the power supply. Some lamp must shine half a minute after power-on",
	},
}

// trafficID is the row that is not selected by a condition but played over
// the steady rows, once for each message.
const trafficID = "traffic"

// Select returns the row that lamp l shows under c.
func Select(l Lamp, c Condition) Row {
	for _, kind := range c.kinds(l) {
		for _, r := range Table {
			if _, concerned := r.Patterns[l]; concerned && slices.Contains(r.Kinds, kind) {
				return r
			}
		}
	}
	return Row{ID: "power-off", Patterns: map[Lamp]Pattern{l: dark}}
}
