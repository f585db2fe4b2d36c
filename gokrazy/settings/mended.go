package settings

import (
	"maps"
	"strings"
)

// mended is what is in force where the file in force has problems. A newer version
// that was taken back may have kept a value that this one does not know, or the disk
// has damaged the file.
//
// What is sound in the file counts, and what is not is as it was before, so that the
// password stays that came last. Which robot is meant has to be certain: where the
// robot's settings are not sound, there is no robot, for that of before may be another
// one, and would be moved. A password that cannot be used is one that nobody knows,
// and not none.
func mended(file []byte, before Values) Values {
	before = before.without("robot")
	values, _, problems := read(file, passUnknown)
	if values == nil {
		return before
	}
	wrong := map[string]bool{}
	for _, p := range problems {
		wrong[p.Key] = true
	}
	password := values["page.password"]
	delete(values, "page.password")
	values = values.sound(wrong, before)
	if password != "" {
		values["page.password"] = password
	}
	return values
}

// sound is what can be used of v, and else what was before.
func (v Values) sound(wrong map[string]bool, before Values) Values {
	values := v.Clone()
	for key, value := range v {
		s, _ := Lookup(key)
		switch was, set := before[key]; {
		case !wrong[key] && s.Check(value) == nil:
			continue
		case s.Section() == "robot":
			values = values.without("robot")
		case set:
			values[key] = was
		default:
			delete(values, key)
		}
	}
	if len(values.Check()) > 0 { // what goes only together
		values = values.without("robot")
	}
	if len(values.Check()) == 0 {
		return values
	}
	return before
}

// without is a copy without a section.
func (v Values) without(section string) Values {
	v = v.Clone()
	maps.DeleteFunc(v, func(key, _ string) bool { return strings.HasPrefix(key, section+".") })
	return v
}
