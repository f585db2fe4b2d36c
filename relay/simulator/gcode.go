package simulator

import (
	"math"
	"strconv"
	"strings"
)

// axes is the number of axes: X and Y carry the head, Z lifts it, A and B
// drive the plungers, C is spare.
const axes = 6

const axisNames = "XYZABC"

// axisOf returns the index of a named axis, or -1.
func axisOf(name string) int {
	if len(name) != 1 {
		return -1
	}
	return strings.Index(axisNames, name)
}

// action is what a line of G-code makes the board do.
type action int

const (
	actionNone   action = iota // taken, and nothing moves
	actionLinear               // G0, G1
	actionHome                 // G28
	actionHalt                 // M112
	actionUnhalt               // M999
	actionReport               // M114
	actionReset                // reset
)

// distanceMode says how a line changes the meaning of coordinates; the board
// keeps it for the lines after.
type distanceMode int

const (
	modeKept distanceMode = iota
	modeAbsolute
	modeRelative
)

// gcode is one line, understood.
type gcode struct {
	action action
	mode   distanceMode
	named  [axes]bool    // the axis is in the line
	valued [axes]bool    // and has a number
	value  [axes]float64 // mm
}

// farthest bounds a coordinate, in mm: beyond it the arithmetic is no longer
// that of a machine.
const farthest = 1e9

// parseLine understands a line as the board does: words it does not know are
// passed over. What is no number, or NaN, or too far, is no coordinate.
func parseLine(line string) gcode {
	var g gcode
	for word, rest, ok := cutWord(line); ok; word, rest, ok = cutWord(rest) {
		switch word {
		case "G0", "G1":
			g.action = actionLinear
		case "G28":
			g.action = actionHome
		case "G90":
			g.mode = modeAbsolute
		case "G91":
			g.mode = modeRelative
		case "M112":
			g.action = actionHalt
		case "M114":
			g.action = actionReport
		case "M999":
			g.action = actionUnhalt
		case "reset":
			g.action = actionReset
		default:
			axis := axisOf(word[:1])
			if axis < 0 {
				continue
			}
			g.named[axis] = true
			v, err := strconv.ParseFloat(word[1:], 64)
			if err == nil && math.Abs(v) <= farthest {
				g.valued[axis], g.value[axis] = true, v
			}
		}
	}
	return g
}

// cutWord takes the first word off a line; ok is false at its end.
func cutWord(line string) (word, rest string, ok bool) {
	line = strings.TrimLeft(line, " ")
	word, rest, _ = strings.Cut(line, " ")
	return word, rest, word != ""
}
