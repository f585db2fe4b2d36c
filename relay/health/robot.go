package health

import (
	"fmt"
	"strings"
	"time"

	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

var noTime time.Time // where nobody told since when

// software is how a person is told of the robot's software: the driver and otone
// do not behave alike.
type software struct {
	title   string
	the     string // in a sentence
	restart string // why a restart helps where it is absent
	refused string // why it refuses a client, and what helps
	connect string // what helps where its motor board is not connected
	reset   string // how a halt is ended
}

func softwareOf(d state.Robot) software {
	if d.Name == "robot" {
		return software{
			title: "Robot", the: "the robot's software", restart: "its software is not running",
			refused: "Restart the robot.", reset: wire.OToneDialect.Reset,
			connect: `Open the board's port from the robot's own front end, or with the verb connectPort ({"type":"connectPort","data":"PORT"}, where listPorts names the ports), then home. If its port is not listed, check the board's power and cable.`,
		}
	}
	return software{
		title: "Driver", the: "the robot's driver", restart: "its driver is not running",
		connect: "Check the board's power and cable, then restart the robot: its driver does not look for the board again.",
		refused: fmt.Sprintf("The driver takes %d ids until it is restarted, those of browsers included. Restart the robot.", wire.DriverIDs),
		reset:   wire.DriverDialect.Reset,
	}
}

func robot(all state.State, at place.Place) Link {
	d := all.Robot
	s := softwareOf(d)
	if all.Router.State == state.RouterNotSet {
		return fine(Robot, s.title, noTime, "") // After cuts it off
	}
	l := Link{Name: Robot, Title: s.title, Since: d.Since}
	switch d.State {
	case state.RobotPresent:
		if d.Board == state.BoardAway {
			l.Kind, l.Short, l.Line = RobotNotConnected, "motor board not connected", "motor board not connected"
			l.Why = upper(s.the) + " is there, but its motor board is not connected: it takes commands, stops included, and nothing moves."
			l.Do = s.connect
			return l
		}
		if all.Halted.State == state.HaltedYes {
			return isHalted(l, s, all.Halted)
		}
		return fine(Robot, s.title, d.Since, "answers")
	case state.RobotUnknown:
		l.Kind, l.Short, l.Line = RobotUnheard, "not heard of yet", "not heard of yet"
		l.Why = "The router is there, but " + s.the + " has not been heard of yet."
		l.Do = "Wait a few seconds. It starts later than the router."
		return l
	}
	l.Kind, l.Short, l.Line = RobotAbsent, "absent", "absent"
	if d.Speaks != "" {
		l.Short, l.Line = "speaks "+d.Speaks, "absent: "+d.Error
		l.Why = "The router is there, but this robot speaks " + d.Speaks + ", which the relay is not set to."
		l.Do = "Set the robot's software to " + d.Speaks + ": " + at.Set("backend", d.Speaks) + "."
		return l
	}
	l.Why = "The router is there, but " + s.the + " is absent"
	if d.Error != "" {
		l.Line += ": " + d.Error
		l.Why += ": " + strings.TrimSuffix(d.Error, ".")
	}
	l.Why += "."
	l.Do = "Wait a minute after the robot was switched on. If it stays like this, restart the robot: " + s.restart + "."
	return l
}

func isHalted(l Link, s software, h state.Halted) Link {
	l.Kind, l.Short, l.Since = RobotHalted, "halted", h.Since
	l.Line = "halted by " + h.Who()
	l.Why = upper(h.Who()) + " halted the robot. It takes commands, and nothing moves."
	l.Do = "Look at the robot. When it may move again, send it " + s.reset + ", and home it."
	return l
}
