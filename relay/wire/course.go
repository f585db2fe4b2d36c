package wire

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"

	"rawtcpcom/relay/rawjson"
)

// DriverAxes are those that the driver keeps a direction and a position of, in the order in
// which Toward and Told number them.
const DriverAxes = "XYZABC"

// Course is what a command has to do with the directions that the driver keeps of its
// axes, for which it drops some ways back (relay/driver/wayback.go).
type Course struct {
	Asks     bool // for positions, which the driver then knows
	Absolute bool // move_to; otherwise move
	Vague    bool // it cannot be told what the driver makes of it
	Axes     []Toward

	room [2]Toward // for them, as most have
}

// Toward is where an axis is to go, or by how much.
type Toward struct {
	Axis int
	To   float64
}

// courseOf is that of a command, nil where it has none.
func courseOf(name, params []byte) *Course {
	switch {
	case isOneOf(name, "positions", "M114"):
		return &Course{Asks: true}
	case !isOneOf(name, "move", "move_to"), len(params) == 0, params[0] != '{':
		return nil
	}
	c := &Course{Absolute: isOneOf(name, "move_to")}
	c.Axes = c.room[:0]
	var seen [len(DriverAxes)]bool
	_ = rawjson.Members(params, func(key, value []byte) bool {
		i := axisOf(key)
		if i < 0 {
			return true // copied as it is, or dropped
		}
		to, ok := placeOf(value)
		c.Vague = c.Vague || !ok || seen[i]
		seen[i] = true
		c.Axes = append(c.Axes, Toward{i, to})
		return true
	})
	if len(c.Axes) == 0 {
		return nil
	}
	return c
}

func axisOf(key []byte) int {
	text, _ := rawjson.Text(key)
	if len(text) != 1 {
		return -1
	}
	return bytes.IndexByte([]byte(DriverAxes), text[0])
}

// placeOf reads a number, or a text that is one for Python and Go alike.
func placeOf(value []byte) (to float64, ok bool) {
	word := trimmed(value)
	if len(word) > longText {
		return 0, false
	}
	for _, c := range word {
		if bytes.IndexByte([]byte("+-.eE0123456789"), c) < 0 {
			return 0, false
		}
	}
	to, err := strconv.ParseFloat(string(word), 64)
	return to, err == nil
}

// OverheardCourse is that of somebody else's message to the driver, nil where it has
// none or the driver cannot read it.
func OverheardCourse(payload []byte) *Course {
	if !bytes.Contains(payload, []byte("mov")) && !bytes.Contains(payload, []byte("pos")) && !bytes.Contains(payload, []byte(`M114`)) && !bytes.Contains(payload, []byte(`\u`)) {
		return nil // for speed
	}
	r, err := ParseReply(payload)
	if err != nil || string(r.Type) != "command" {
		return nil
	}
	name, command, params, ok := overheardCommand(r)
	if !ok || !driverTakes(name, command, params) {
		return nil
	}
	c := courseOf(command, params)
	if c != nil && (len(r.From) == 0 || len(r.SessionID) == 0 || !json.Valid(payload)) {
		c.Vague = true // the driver may not take it
	}
	return c
}

// Told is what a reply of the driver's tells of its axes, by their numbers.
type Told struct {
	Positions [len(DriverAxes)]float64 // as the driver knows them, NaN where it tells none
	Up        [len(DriverAxes)]bool    // the axis went up last
	// Flow says that it is an answer to flow or clear_queue. Otherwise the board has just
	// told positions.
	Flow bool
}

// Told reads that; ok is false for a reply that tells nothing of them.
func (r Reply) Told() (told Told, ok bool) {
	if !bytes.Contains(r.data, []byte(`"pos"`)) && !bytes.Contains(r.data, []byte(`_pos"`)) {
		return told, false // for speed: most lines of the driver
	}
	for i := range told.Positions {
		told.Positions[i] = math.NaN()
	}
	_ = rawjson.Members(r.data, func(key, value []byte) bool {
		if string(key) != `"message"` {
			return true
		}
		_ = rawjson.Members(value, func(key, value []byte) bool {
			switch string(key) {
			case `"pos"`:
				ok = true
				told.positions(value)
			case `"flow"`, `"clear_queue"`:
				ok, told.Flow = true, true
				told.flow(value)
			}
			return true
		})
		return true
	})
	return told, ok
}

func (t *Told) flow(flow []byte) {
	_ = rawjson.Members(flow, func(key, value []byte) bool {
		switch string(key) {
		case `"smoothie_pos"`:
			t.positions(value)
		case `"direction"`:
			_ = rawjson.Members(value, func(key, value []byte) bool {
				if i := axisOf(key); i >= 0 {
					t.Up[i] = string(value) == "1"
				}
				return true
			})
		}
		return true
	})
}

func (t *Told) positions(values []byte) {
	_ = rawjson.Members(values, func(key, value []byte) bool {
		if i := axisOf(key); i >= 0 && value[0] != '"' {
			if at, ok := placeOf(value); ok {
				t.Positions[i] = at
			}
		}
		return true
	})
}
