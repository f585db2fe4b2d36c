package simulator

import (
	"encoding/json"
	"strconv"
	"strings"
)

// otoneAxes are those that otone moves; C is not among them.
const otoneAxes = "XYZAB"

func otoneAxis(key string) string {
	if name := strings.ToUpper(key); len(name) == 1 && strings.Contains(otoneAxes, name) {
		return name
	}
	return ""
}

// home halts the board and homes what is named, or all where data is empty. Data
// that is no list of names, in any form, fails after the queue is dropped.
func (o *otone) home(data json.RawMessage) {
	o.erase()
	names, ok := homeNames(data)
	if !ok {
		return
	}
	o.halt()
	o.add(homeTasks(names))
}

// homeNames are the names in data: an object's keys, a list's texts, or the
// letters of a text.
func homeNames(data json.RawMessage) (names []string, ok bool) {
	if parsed, isObject := splitObject(data); isObject {
		for _, m := range parsed {
			names = append(names, m.key)
		}
		return names, true
	}
	if s, isText := text(data); isText {
		return strings.Split(s, ""), true
	}
	list := elements(data)
	for _, element := range list {
		s, _ := text(element)
		names = append(names, s)
	}
	return names, list != nil
}

// homeTasks home the named axes: all for no name, none for names that are no axes.
func homeTasks(names []string) []task {
	line := ""
	for _, name := range names {
		if axis := otoneAxis(name); axis != "" {
			line += " " + axis
		}
	}
	if line == "" && len(names) > 0 {
		return nil
	}
	return []task{{line: "G28" + line}}
}

// job homes, carries out the moves, homes and says that it has finished. Another
// tool than the pipette is passed over.
func (o *otone) job(data json.RawMessage) {
	home := task{line: "G28 X Y Z A B"}
	o.erase()
	o.halt()
	o.queue = append(o.queue, home)
	for _, instruction := range elements(data) {
		parsed, _ := splitObject(instruction)
		tool, _ := parsed.get("tool")
		groups, _ := parsed.get("groups")
		if name, _ := text(tool); name == "pipette" {
			o.groups(groups)
		}
	}
	o.queue = append(o.queue, home, task{ends: true})
}

func (o *otone) groups(groups json.RawMessage) {
	for _, group := range elements(groups) {
		parsed, _ := splitObject(group)
		command, _ := parsed.get("command")
		axis, _ := parsed.get("axis")
		places, _ := parsed.get("locations")
		if c, _ := text(command); c != "pipette" {
			continue
		}
		if a, _ := text(axis); a != "a" && a != "b" {
			continue
		}
		o.add(locations(places, false))
	}
}

// locations are the tasks for a location, or for a list of them.
func locations(data json.RawMessage, step bool) (tasks []task) {
	if parsed, ok := splitObject(data); ok {
		if len(parsed) == 0 {
			return nil
		}
		return []task{moveTask(parsed, step && small(parsed))}
	}
	for _, element := range elements(data) {
		parsed, ok := splitObject(element)
		if !ok {
			tasks = append(tasks, task{stumbles: true})
			continue
		}
		tasks = append(tasks, moveTask(parsed, step))
	}
	return tasks
}

// small reports whether a location has an axis in small letters, without which a
// step does not know it for one.
func small(location object) bool {
	for _, m := range location {
		if len(m.key) == 1 && strings.Contains("xyzab", m.key) {
			return true
		}
	}
	return false
}

// moveTask is the move to a location. A relative one of X or Y wants small letters
// and a number, and any a value that Python's float takes: otherwise the software
// stumbles.
func moveTask(location object, relative bool) task {
	if r, _ := location.get("relative"); !relative {
		v, err := strconv.ParseFloat(string(r), 64)
		relative = string(r) == "true" || err == nil && v == 1
	}
	line := "G90 G0"
	if relative {
		line = "G91 G0"
	}
	for _, m := range location {
		axis := otoneAxis(m.key)
		if axis == "" {
			continue
		}
		_, isText := text(m.value)
		v, ok := pythonNumber(m.value)
		head := axis == "X" || axis == "Y"
		if !ok || relative && head && (isText || m.key == axis && v != 0) {
			return task{stumbles: true}
		}
		if !relative {
			v = max(v, 0)
		}
		line += " " + axis + pythonFloat(v)
	}
	return task{line: line}
}

// pythonNumber is Python's float of a value.
func pythonNumber(value json.RawMessage) (v float64, ok bool) {
	word := string(value)
	switch word {
	case "true":
		return 1, true
	case "false":
		return 0, true
	}
	if s, isText := text(value); isText {
		word = s
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
	return v, err == nil
}
