package wire

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"rawtcpcom/relay/rawjson"
)

// Axes are those that a command can move, in the order of Position's fields: DriverAxes
// without the last.
const Axes = "xyzab"

// Position is what a message of the robot's tells of where its axes are: one number in
// mm for each of those that it names.
type Position struct {
	MM    [len(Axes)]float64
	Known [len(Axes)]bool
}

// Position is where the board has just told the driver that the robot is: pos, which is
// the board's own word. adj_pos beside it is the same with the backlash added. The answer
// to flow is none: it repeats what the driver heard once, and zeros where that was nothing.
func (t Told) Position() (p Position, ok bool) {
	for i := range p.MM {
		if at := t.Positions[i]; !t.Flow && !math.IsNaN(at) && !math.IsInf(at, 0) {
			p.MM[i], p.Known[i], ok = at, true, true
		}
	}
	return p, ok
}

// OTonePosition reads the same of what otone says.
func OTonePosition(payload []byte) (p Position, ok bool) {
	if !bytes.Contains(payload, []byte(`"position"`)) {
		return Position{}, false // for speed
	}
	typ, data := OToneReply(payload)
	if typ != "position" {
		return Position{}, false
	}
	_ = rawjson.Members(data, func(key, value []byte) bool {
		if string(key) == `"string"` {
			ok = p.read(value)
		}
		return true
	})
	return p, ok
}

// read takes the axes out of an object, and passes over what is no axis and no number.
func (p *Position) read(axes []byte) (any bool) {
	_ = rawjson.Members(axes, func(key, value []byte) bool {
		if len(key) != len(`"x"`) {
			return true
		}
		axis := strings.IndexByte(Axes, key[1]|0x20)
		if axis < 0 || !(value[0] == '-' || '0' <= value[0] && value[0] <= '9') {
			return true
		}
		if mm, err := strconv.ParseFloat(string(value), 64); err == nil && !math.IsInf(mm, 0) {
			p.MM[axis], p.Known[axis], any = mm, true, true
		}
		return true
	})
	return any
}

// BoardMotion reads off a line of otone's motor board whether it has begun or ended a
// motion; ok is false where it tells neither.
func BoardMotion(payload []byte) (begun, ok bool) {
	if !bytes.Contains(payload, []byte(`stat\":`)) {
		return false, false // for speed
	}
	rest, ok := bytes.CutPrefix(boardLine(payload), []byte(`{"stat":`))
	return ok && len(rest) > 0 && rest[0] != '0', ok
}
