package simulator

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// commandSpec is a command of the driver: the G-code it stands for and the
// parameters it lets through.
type commandSpec struct {
	name       string
	code       string
	parameters []string
}

// commandTable is the driver's table, in its order.
var commandTable = []commandSpec{
	{"move", "G91 G0", motionParameters},
	{"move_to", "G90 G0", motionParameters},
	{"rapid_linear_move", "G0", motionParameters},
	{"linear_move", "G1", motionParameters},
	{"home", "G28", motionParameters},
	{"absolute", "G90", nil},
	{"relative", "G91", nil},
	{"speed", "F", nil},
	{"speed_a", "a", nil},
	{"speed_b", "b", nil},
	{"speed_c", "c", nil},
	{"enable_motors", "M17", nil},
	{"disable_motors", "M18", nil},
	{"feedback_on", "M62", nil},
	{"feedback_off", "M63", nil},
	{"halt", "M112", nil},
	{"positions", "M114", nil},
	{"limit_switches", "M119", nil},
	{"feed_rate", "M198", []string{"", "S", "A", "B"}},
	{"seek_rate", "M199", []string{"", "S", "A", "B"}},
	{"max_rates", "M203", motionParameters},
	{"acceleration", "M204", []string{"", "S", "Z", "A", "B"}},
	{"junction", "M205", []string{"", "X", "Z", "S"}},
	{"reset", "reset", nil},
	{"reset_from_halt", "M999", nil},
	{"nothing", "", []string{"X", "Y", "Z", "A", "B", "a", "b"}},
}

var motionParameters = []string{"", "X", "Y", "Z", "A", "B"}

// command deals with a message of type "command". A name that is no driver's
// is answered by an error without content (the driver reports an exception
// that never was); an unknown command by nothing.
func (d *driver) command(r request) {
	if r.name != smoothie || d.removed {
		d.answer(r, "None", "driver", "error", "[null, null, null]")
		return
	}
	name, param, ok := r.command()
	if !ok || d.replaced {
		return
	}
	if i := slices.IndexFunc(commandTable, func(c commandSpec) bool { return c.name == name }); i >= 0 {
		if line, ok := d.line(commandTable[i], param); ok {
			d.enqueue(r.from, r.session, line)
		}
		return
	}
	isCode := slices.ContainsFunc(commandTable, func(c commandSpec) bool { return c.code == name })
	// Given as code, a command can have no parameters: the driver fails on them.
	if parameters, isObject := splitObject(param); isCode && !(isObject && len(parameters) > 0) {
		d.enqueue(r.from, r.session, name)
	}
}

// answer publishes a reply on the sender's own topic, or on frontend for a
// sender without a name.
func (d *driver) answer(r request, name, typ, key, value string) {
	if r.from.empty() {
		d.publish(frontendTopic, r.from, r.session, typ, name, key, value)
		return
	}
	d.publishTo(r.from, r.from, r.session, typ, name, key, value)
}

// line writes a command as G-code: the code and the parameters it accepts, in
// the order they came. It reports false where the driver drops the command.
func (d *driver) line(c commandSpec, param json.RawMessage) (string, bool) {
	parameters, _ := splitObject(param) // anything else counts as none
	line := c.code
	for _, p := range parameters {
		if !slices.Contains(c.parameters, p.key) {
			continue
		}
		value := pythonText(p.value)
		if axis := axisOf(p.key); axis >= 0 && !d.turn(c.code, axis, value) {
			return "", false
		}
		line += " " + p.key + value
	}
	return line, true
}

// turn keeps the direction that an axis moves in, which the driver wants for
// the backlash. It reports false where the driver drops the move: its value is not
// a number, or it goes back to a place below what the board has told after the
// axis went up (relay/wire/README.md, "What the genuine software does in silence").
func (d *driver) turn(code string, axis int, value string) bool {
	absolute := strings.HasPrefix(code, "G90")
	if !absolute && !strings.HasPrefix(code, "G91") {
		return true
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil && value != "True" && value != "False" {
		return false
	}
	from := 0.0
	if absolute {
		from = d.position[axis]
	}
	switch {
	case v > from:
		d.direction[axis] = true
	case v < from && absolute && d.direction[axis]:
		return false // the driver looks for the direction where it does not keep it
	case v < from:
		d.direction[axis] = false
	}
	return true
}

// pythonText is a JSON value as Python's str() has it, near enough for a board.
func pythonText(raw json.RawMessage) string {
	if s, ok := text(raw); ok {
		return s
	}
	switch string(raw) {
	case "true":
		return "True"
	case "false":
		return "False"
	case "null":
		return "None"
	}
	return string(raw)
}
