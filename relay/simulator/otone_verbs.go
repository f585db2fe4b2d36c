package simulator

import (
	"encoding/json"
	"strconv"
	"strings"
)

// do carries out one message for otone. A verb that it does not know,
// and one with data where it takes none or without where it takes some, does
// nothing and is not answered, as in the recorded software.
func (o *otone) do(verb string, data json.RawMessage) {
	if isNull(data) {
		o.plain(verb)
		return
	}
	switch verb {
	case "home":
		o.erase()
		o.halt()
		o.queue = append(o.queue, task{line: homeLine(data)})
	case "move":
		o.add(moveLines(data, false))
	case "step":
		if len(o.queue) == 0 {
			o.add(moveLines(data, true))
		}
	case "instructions":
		o.job(data)
	case "raw":
		if line, ok := text(data); ok {
			o.send(line)
		}
	case "connectPort":
		o.connect(data)
	}
}

// connect opens the board's port. The recorded software makes its board say how it
// stands then, and goes on with what it had kept: all but the first of what it was
// told to do while the port was closed.
func (o *otone) connect(port json.RawMessage) {
	if !o.closes {
		o.say("status", "true")
		return
	}
	if name, _ := text(port); name != "simulated" {
		return // it says nothing of a port that it cannot open
	}
	o.closed = false
	o.say("status", "true")
	o.send("M62")
	o.busy = false
}

// plain is for the verbs that take no data.
func (o *otone) plain(verb string) {
	switch verb {
	case "eraseJob":
		o.erase()
	case "pauseJob":
		o.paused = len(o.queue) > 0
	case "resumeJob":
		o.paused = false
	case "getCalibrations":
		o.say("containerLocations", "{}")
		o.say("pipetteValues", "{}")
	case "getContainers":
		o.say("containers", "{}")
	case "listPorts":
		o.say("portsList", `["simulated"]`)
	}
}

// add queues moves, which a paused robot drops.
func (o *otone) add(lines []string) {
	for _, line := range lines {
		if !o.paused {
			o.queue = append(o.queue, task{line: line})
		}
	}
}

// erase forgets what is queued; what the board has goes on.
func (o *otone) erase() {
	o.queue, o.paused = nil, false
	if o.closed {
		o.busy = false // with what nobody will do
	}
}

// halt stops the axes where they are, past the queue.
func (o *otone) halt() {
	o.send("M112")
	o.send("M999")
	o.busy = false
}

// job homes, carries out the moves, homes and says that it has finished.
func (o *otone) job(data json.RawMessage) {
	home := task{line: homeLine([]byte(`{"x":true,"y":true,"z":true,"a":true,"b":true}`))}
	o.erase()
	o.halt()
	o.queue = append(o.queue, home)
	for _, instruction := range elements(data) {
		parsed, _ := splitObject(instruction)
		tool, _ := parsed.get("tool")
		if name, _ := text(tool); name == "robot" {
			o.add(moveLines(instruction, false))
		}
	}
	o.queue = append(o.queue, home, task{ends: true})
}

func homeLine(data json.RawMessage) string {
	line := "G28"
	parsed, _ := splitObject(data)
	for _, m := range parsed {
		if name := strings.ToUpper(m.key); axisOf(name) >= 0 {
			line += " " + name
		}
	}
	return line
}

// moveLines are the lines for a location, or for a list of them.
func moveLines(data json.RawMessage, relative bool) (lines []string) {
	list := elements(data)
	if list == nil {
		list = []json.RawMessage{data}
	}
	for _, location := range list {
		parsed, ok := splitObject(location)
		if !ok {
			continue
		}
		mode := "G90"
		if r, _ := parsed.get("relative"); relative || string(r) == "true" {
			mode = "G91"
		}
		line := mode + " G0"
		for _, m := range parsed {
			if name := strings.ToUpper(m.key); axisOf(name) >= 0 {
				line += " " + name + pythonFloat(number(m.value))
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// number is Python's float of a value, and 0 where it has none, which is what
// the recorded software moves to then.
func number(value json.RawMessage) float64 {
	word := string(value)
	if s, ok := text(value); ok {
		word = s
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
	if err != nil {
		return 0
	}
	return v
}

// elements are those of a JSON array; nil for anything else.
func elements(raw json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}
