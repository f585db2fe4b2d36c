package simulator

import (
	"encoding/json"
	"strconv"
	"strings"
)

// do carries out one message for the later robot. A verb that it does not know,
// and one with data where it takes none or without where it takes some, does
// nothing and is not answered, as in the recorded software.
func (l *later) do(verb string, data json.RawMessage) {
	if isNull(data) {
		l.plain(verb)
		return
	}
	switch verb {
	case "home":
		l.erase()
		l.halt()
		l.queue = append(l.queue, task{line: homeLine(data)})
	case "move":
		l.add(moveLines(data, false))
	case "step":
		if len(l.queue) == 0 {
			l.add(moveLines(data, true))
		}
	case "instructions":
		l.job(data)
	case "raw":
		if line, ok := text(data); ok {
			l.send(line)
		}
	case "connectPort":
		l.say("status", "true")
	}
}

// plain is for the verbs that take no data.
func (l *later) plain(verb string) {
	switch verb {
	case "eraseJob":
		l.erase()
	case "pauseJob":
		l.paused = len(l.queue) > 0
	case "resumeJob":
		l.paused = false
	case "getCalibrations":
		l.say("containerLocations", "{}")
		l.say("pipetteValues", "{}")
	case "getContainers":
		l.say("containers", "{}")
	case "listPorts":
		l.say("portsList", `["simulated"]`)
	}
}

// add queues moves, which a paused robot drops.
func (l *later) add(lines []string) {
	for _, line := range lines {
		if !l.paused {
			l.queue = append(l.queue, task{line: line})
		}
	}
}

// erase forgets what is queued; what the board has goes on.
func (l *later) erase() { l.queue, l.paused = nil, false }

// halt stops the axes where they are, past the queue.
func (l *later) halt() {
	l.send("M112")
	l.send("M999")
	l.busy = false
}

// job homes, carries out the moves, homes and says that it has finished.
func (l *later) job(data json.RawMessage) {
	home := task{line: homeLine([]byte(`{"x":true,"y":true,"z":true,"a":true,"b":true}`))}
	l.erase()
	l.halt()
	l.queue = append(l.queue, home)
	for _, instruction := range elements(data) {
		o, _ := splitObject(instruction)
		tool, _ := o.get("tool")
		if name, _ := text(tool); name == "robot" {
			l.add(moveLines(instruction, false))
		}
	}
	l.queue = append(l.queue, home, task{ends: true})
}

func homeLine(data json.RawMessage) string {
	line := "G28"
	o, _ := splitObject(data)
	for _, m := range o {
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
		o, ok := splitObject(location)
		if !ok {
			continue
		}
		mode := "G90"
		if r, _ := o.get("relative"); relative || string(r) == "true" {
			mode = "G91"
		}
		line := mode + " G0"
		for _, m := range o {
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
