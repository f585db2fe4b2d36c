package simulator

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// metaCommands are the driver's, in the order it lists them.
var metaCommands = []string{
	"drivers", "add_driver", "remove_driver", "callbacks", "meta_callbacks",
	"set_meta_callback", "add_callback", "remove_callback", "flow",
	"clear_queue", "connect", "disconnect", "commands", "configs",
	"set_config", "meta_commands",
}

// slack is the backlash of each axis in mm, as "configs" tells it.
var slack = [axes]float64{0.5, 0.5, 0, 0.1, 0.1, 0}

// meta deals with a message of type "meta". Where the driver fails it tries to
// publish the exception and fails at that, so every failure is silence.
func (d *driver) meta(r request) {
	name, param, ok := r.command()
	if !ok {
		return
	}
	named := r.name == smoothie && !d.removed
	display := "None"
	if named {
		display = smoothie
	}
	switch name {
	case "drivers":
		d.answer(r, display, "driver", name, d.driversJSON())
	case "meta_commands":
		d.answer(r, display, "driver", name, pythonStrings(metaCommands))
	case "add_driver":
		if named {
			d.replaced = true
		} else {
			d.unnamed = true
		}
		d.answer(r, display, "driver", "drivers", d.driversJSON())
	case "remove_driver":
		switch {
		case named:
			d.removed, d.replaced = true, false
		case d.unnamed:
			d.unnamed = false
		default:
			return
		}
		d.answer(r, display, "driver", "drivers", d.driversJSON())
	default:
		if named && !d.replaced {
			d.metaOfBoard(r, name, param)
		}
	}
}

// metaOfBoard deals with the meta commands that are about one board.
func (d *driver) metaOfBoard(r request, name string, param json.RawMessage) {
	_, isObject := splitObject(param)
	switch name {
	case "flow":
		d.answer(r, smoothie, "driver", name, d.flowJSON())
	case "clear_queue":
		// Unlocked as well as empty, so the next command goes out at once
		// whatever the board is doing: this is what an emergency stop relies on.
		d.queue, d.queueSize = nil, 0
		d.ackReceived, d.ackReady = true, true
		d.answer(r, smoothie, "labware", name, d.flowJSON())
	case "configs":
		d.answer(r, smoothie, "driver", name, configsJSON())
	case "set_config":
		if !isObject { // the driver fails on every object
			d.answer(r, smoothie, "driver", "configs", configsJSON())
		}
	case "callbacks":
		d.answer(r, smoothie, "driver", name, d.callbacksJSON())
	case "remove_callback":
		callback, _ := text(param)
		if i := slices.Index(d.callbacks, callback); i >= 0 {
			d.callbacks = slices.Delete(d.callbacks, i, i+1)
			d.answer(r, smoothie, "driver", "callbacks", d.callbacksJSON())
		}
	case "commands":
		d.publishTo(r.from, r.from, r.session, "driver", smoothie, name, commandsJSON())
	case "meta_callbacks":
		d.publishTo(r.from, r.from, r.session, "driver", smoothie, name, metaCallbacksJSON)
	case "set_meta_callback":
		value := metaCallbacksJSON
		if isObject {
			value = pythonString("{error:name not in meta_callbacks or callback is not Callable}")
		}
		d.publishTo(r.from, r.from, r.session, "driver", smoothie, "meta_callback", value)
	case "connect":
		// It stops the loop that everything hangs from, and spins for ever.
		d.wedged = true
	}
}

func (d *driver) driversJSON() string {
	var names []string
	if !d.removed {
		names = append(names, pythonString(smoothie))
	}
	if d.unnamed {
		names = append(names, "null")
	}
	return "[" + strings.Join(names, ", ") + "]"
}

func (d *driver) flowJSON() string {
	return `{"name": "smoothie", "simulation": true, "connected": ` + strconv.FormatBool(!d.boardless) + `, "transport": ` + strconv.FormatBool(!d.boardless) + `, "locked": ` +
		strconv.FormatBool(d.locked) + `, "ack_received": ` + strconv.FormatBool(d.ackReceived) +
		`, "ack_ready": ` + strconv.FormatBool(d.ackReady) + `, "queue_size": ` + strconv.Itoa(d.queueSize) +
		`, "direction": ` + perAxis(func(axis int) string {
		if d.direction[axis] {
			return "1"
		}
		return "0"
	}) + `, "smoothie_pos": ` + d.positionJSON() + `, "adjusted_pos": ` + d.adjustedJSON() +
		`, "absolute_mode": ` + strconv.FormatBool(d.absolute) +
		`, "feedback_on": ` + strconv.FormatBool(d.feedbackOn) + `}`
}

func (d *driver) positionJSON() string {
	return perAxis(func(axis int) string {
		if !d.positionSet {
			return "0"
		}
		return pythonFloat(d.position[axis])
	})
}

// adjustedJSON is the position with the backlash added where an axis last
// moved down, as the driver has it.
func (d *driver) adjustedJSON() string {
	return perAxis(func(axis int) string {
		switch {
		case !d.positionSet:
			return "0"
		case d.direction[axis]:
			return pythonFloat(d.position[axis])
		}
		return pythonFloat(d.position[axis] + slack[axis])
	})
}

func (d *driver) callbacksJSON() string {
	var b []byte
	for i, name := range d.callbacks {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(appendPythonString(b, name), ": ["...)
		b = append(appendPythonString(b, callbackMessage(name)), ']')
	}
	return "{" + string(b) + "}"
}

// callbackMessage is the board's message that a callback serves.
func callbackMessage(callback string) string {
	switch callback {
	case callbackNone:
		return "None"
	case callbackPositions:
		return "M114"
	}
	return callback
}

const metaCallbacksJSON = `{"on_connect": "on_connect", "on_disconnect": "on_disconnect", ` +
	`"on_empty_queue": "on_empty_queue", "on_raw_data": "on_raw_data"}`

func configsJSON() string {
	return `{"delimiter": "\n", "message_ender": "\r\n", "ack_received_message": "ok", ` +
		`"ack_received_parameter": null, "ack_received_value": null, "ack_ready_message": "None", ` +
		`"ack_ready_parameter": "stat", "ack_ready_value": "0", "slack": ` +
		perAxis(func(axis int) string { return pythonFloat(slack[axis]) }) + `}`
}

func commandsJSON() string {
	var b []byte
	for i, c := range commandTable {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(appendPythonString(b, c.name), `: {"code": `...)
		b = append(appendPythonString(b, c.code), `, "parameters": `...)
		b = append(append(b, pythonStrings(c.parameters)...), '}')
	}
	return "{" + string(b) + "}"
}

// perAxis writes an object with one value for each axis.
func perAxis(value func(axis int) string) string {
	var b strings.Builder
	b.WriteByte('{')
	for axis := range axes {
		if axis > 0 {
			b.WriteString(", ")
		}
		b.WriteString(`"` + axisNames[axis:axis+1] + `": ` + value(axis))
	}
	b.WriteByte('}')
	return b.String()
}
