package commands

import (
	"strconv"
	"strings"

	"rawtcpcom/relay/rawjson"
)

// otoneAxes are those that a location or a home may name, in either case.
const otoneAxes = "xyzab"

// locationKeys are what otone reads of a location. It does one thing for each: it
// waits (delay), homes, sets a speed, or moves.
var locationKeys = []string{"x", "y", "z", "a", "b", "relative", "delay", "home", "speed", "axis"}

// axis is the letter of an otone axis in lower case, or 0.
func axis(key []byte) byte {
	if len(key) != 1 || !strings.Contains(otoneAxes, string(key[0]|0x20)) {
		return 0
	}
	return key[0] | 0x20
}

func checkMove(data []byte) *Complaint { return checkLocations(data, false) }
func checkStep(data []byte) *Complaint { return checkLocations(data, true) }

func checkLocations(data []byte, step bool) *Complaint {
	switch data[0] {
	case '{':
		return checkLocation(data, step, false)
	case '[':
		return elements("locations", data, func(location []byte) *Complaint { return checkLocation(location, step, true) })
	}
	return wrong(`the robot's software does nothing for %s; write a location such as {"x": 100}`, shown(data))
}

// location is what stands in one.
type location struct {
	does     string // the first of what it does that is not motion
	moves    string // a key that is an axis
	small    bool   // an axis in lower case is among them
	relative bool
	unclear  []byte // the value of "relative" that is neither true nor false
	speed    bool
	axis     []byte
	// Of X and Y, for a relative motion: in capitals, or as a text.
	capital, text []byte
}

func checkLocation(data []byte, step, listed bool) (e *Complaint) {
	var l location
	_ = rawjson.Members(data, func(key, value []byte) bool {
		e = l.take(key, value)
		return e == nil
	})
	switch {
	case e != nil:
		return e
	case l.does != "" && l.moves != "":
		return wrong("a location with %q and %q: the robot does the %s and drops the rest; send two", l.does, l.moves, l.does)
	case l.speed && l.axis == nil:
		return wrong(`"speed" without "axis", over which the robot's software stumbles; add one of xyz, a, b, c`)
	case l.speed && !oneOf(l.axis, "xyz", "a", "b", "c"):
		return wrong(`"axis" is %s%s`, shown(l.axis), didYouMean(word(l.axis), []string{"xyz", "a", "b", "c"}))
	case step && l.moves != "" && !listed && !l.small && !l.relative:
		return wrong("a step with %q in capitals moves to that place instead of by it; write %q", l.moves, strings.ToLower(l.moves))
	}
	byStep := step && (listed || l.small) // says so itself, whatever "relative" is
	relative := l.relative || byStep
	switch {
	case l.unclear != nil && !byStep:
		return wrong(`"relative" is %s, which the robot takes for false, and moves to that place; write true`, shown(l.unclear))
	case relative && l.capital != nil:
		return wrong("the robot's software stumbles over a relative move of %s in capitals; write it small", shown(l.capital))
	case relative && l.text != nil:
		return wrong("the robot's software stumbles over a relative move by a text, as for %s; write a number", shown(l.text))
	}
	return nil
}

// take takes in one member.
func (l *location) take(key, value []byte) *Complaint {
	k := word(key)
	if a := axis(k); a != 0 {
		return l.takeAxis(key, value, a)
	}
	switch string(k) {
	case "relative":
		l.takeRelative(value)
	case "delay":
		l.do(k)
		if !Place.fits(value) {
			return wrong(`"delay" is %s; write a number of seconds`, shown(value))
		}
	case "home":
		l.do(k)
		return checkHome(value)
	case "speed":
		l.do(k)
		l.speed = true
		if !Number.fits(value) {
			return wrong(`"speed" is %s; %s`, shown(value), Number.wants())
		}
	case "axis":
		l.axis = value
	default:
		return wrong("%s is no axis, and the robot drops it%s", shown(key), didYouMean(k, locationKeys))
	}
	return nil
}

// takeRelative takes what Python finds equal to True; whatever else seems to say
// so would be a motion to a place far away.
func (l *location) takeRelative(value []byte) {
	v, err := strconv.ParseFloat(string(value), 64)
	switch {
	case string(value) == "true", err == nil && v == 1:
		l.relative = true
	case string(value) == "false", string(value) == "null", err == nil && v == 0:
	default:
		l.unclear = value
	}
}

func (l *location) do(key []byte) {
	if l.does == "" {
		l.does = string(key)
	}
}

func (l *location) takeAxis(key, value []byte, a byte) *Complaint {
	k := word(key)
	if !Number.fits(value) {
		return wrong("%s is %s, which is no place: depending on its release, the robot moves to 0 or stumbles; %s", shown(key), shown(value), Number.wants())
	}
	l.moves = string(k)
	l.small = l.small || k[0] == a
	if a == 'x' || a == 'y' {
		if k[0] != a && !isZero(value) {
			l.capital = key
		}
		if value[0] == '"' {
			l.text = key
		}
	}
	return nil
}

func isZero(value []byte) bool { return strings.Trim(string(value), "-0.") == "" }

// checkHome complains of what names no axis, and of an axis that is named to be
// left out. The robot looks for the letters: in the keys of an object, in a list,
// or in a text.
func checkHome(data []byte) (e *Complaint) {
	switch data[0] {
	case '{':
		_ = rawjson.Members(data, func(key, value []byte) bool {
			switch {
			case axis(word(key)) == 0:
				e = notHomed(key)
			case !Named.fits(value):
				e = wrong("%s is %s, but the robot homes every axis that is named; leave it out", shown(key), shown(value))
			}
			return e == nil
		})
	case '[':
		_ = rawjson.Elements(data, func(value []byte) bool {
			if axis(word(value)) == 0 {
				e = notHomed(value)
			}
			return e == nil
		})
	case '"':
		if strings.Trim(strings.ToLower(string(word(data))), otoneAxes+" ,") != "" {
			e = notHomed(data)
		}
	case 'n': // null in a location: all axes
	default:
		e = notHomed(data)
	}
	return e
}

func notHomed(what []byte) *Complaint {
	return wrong(`%s is no axis to home; there are x, y, z, a and b: {"x": true}, or {} for all`, shown(what))
}
