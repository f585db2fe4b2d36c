package commands

import "rawtcpcom/relay/rawjson"

// CheckOTone says what otone_backend would drop or mistake in a message, or nil.
// data is raw JSON, nil where there is none. The caller lets stops pass.
func CheckOTone(name string, data []byte) *Complaint {
	none := len(data) == 0 || string(data) == "null"
	for i := range OToneVerbs {
		v := &OToneVerbs[i]
		switch {
		case v.Name != name:
			continue
		case v.Fails != "":
			return wrong("the robot's software never carries out %s: %s", name, v.Fails)
		case v.Data == "" && !none:
			return wrong(`%s takes no "data", and the robot's software fails on it; leave it out`, name)
		case v.Data != "" && none:
			return wrong(`%s needs "data", and the robot's software fails without; such as %s`, name, v.Example)
		case v.Data == "":
			return nil
		}
		return v.check(data)
	}
	return unknown("no %s%s"+own, shown(rawjson.AppendString(nil, name)), didYouMean([]byte(name), verbNames()))
}

func verbNames() (names []string) {
	for _, v := range OToneVerbs {
		if v.Fails == "" {
			names = append(names, v.Name)
		}
	}
	return names
}

func checkObject(data []byte) *Complaint {
	if data[0] != '{' {
		return wrong("the robot's software fails on data that is no object, as %s", shown(data))
	}
	return nil
}

func checkText(data []byte) *Complaint {
	if data[0] != '"' {
		return wrong("the robot's software fails on data that is no text, as %s", shown(data))
	}
	return nil
}

func checkCreateDeck(data []byte) *Complaint {
	if data[0] != '{' && data[0] != '[' {
		return wrong("the robot's software takes no %s for a deck; write an object whose keys are the containers' names", shown(data))
	}
	return nil
}

// member is the raw value of a key, the last one, as Python has it; nil for none.
func member(object []byte, key string) (found []byte) {
	_ = rawjson.Members(object, func(k, value []byte) bool {
		if string(word(k)) == key {
			found = value
		}
		return true
	})
	return found
}

// choice complains of an object without a key, or with another value for it than
// these words. Without words, any will do.
func choice(object []byte, key string, words ...string) *Complaint {
	value := member(object, key)
	switch {
	case value == nil:
		return wrong("%q is missing, and the robot's software does nothing without", key)
	case len(words) > 0 && !oneOf(value, words...):
		return wrong("%q is %s%s", key, shown(value), didYouMean(word(value), words))
	}
	return nil
}

// all is the first complaint.
func all(complaints ...*Complaint) *Complaint {
	for _, c := range complaints {
		if c != nil {
			return c
		}
	}
	return nil
}

func checkCalibratePipette(data []byte) *Complaint {
	return all(checkObject(data), choice(data, "axis", "a", "b"), choice(data, "property", "top", "bottom", "blowout", "droptip"))
}

func checkCalibrateContainer(data []byte) *Complaint {
	return all(checkObject(data), choice(data, "axis", "a", "b"), choice(data, "name"))
}

func checkMovePipette(data []byte) *Complaint {
	return all(checkObject(data), choice(data, "axis", "a", "b"), choice(data, "property"))
}

func checkSpeed(data []byte) *Complaint {
	if e := all(checkObject(data), choice(data, "axis", "xyz", "a", "b", "c", "ab"), choice(data, "value")); e != nil {
		return e
	}
	if value := member(data, "value"); !Number.fits(value) {
		return wrong(`"value" is %s; %s`, shown(value), Number.wants())
	}
	return nil
}

func checkMovePlunger(data []byte) *Complaint {
	if e := all(checkObject(data), choice(data, "axis", "a", "b"), choice(data, "locations")); e != nil {
		return e
	}
	return elements("locations", member(data, "locations"), func(location []byte) *Complaint {
		value := member(location, "plunger")
		if value == nil || Place.fits(value) || oneOf(value, "blowout", "droptip", "resting") {
			return nil
		}
		return wrong(`"plunger" is %s; write a number from 0 (top) to 1 (bottom), or blowout, droptip or resting`, shown(value))
	})
}

func checkInstructions(data []byte) *Complaint {
	return elements("data", data, func(instruction []byte) *Complaint {
		if isEmpty(instruction) {
			return nil // passed over
		}
		if e := choice(instruction, "tool", "pipette"); e != nil {
			return e
		}
		groups := member(instruction, "groups")
		if len(groups) == 0 || groups[0] != '[' {
			return nil
		}
		return elements("groups", groups, func(group []byte) *Complaint {
			if e := choice(group, "command", "pipette"); e != nil {
				return e
			}
			return choice(group, "axis", "a", "b")
		})
	})
}

// elements checks a list of objects.
func elements(what string, list []byte, check func([]byte) *Complaint) (e *Complaint) {
	if list[0] != '[' {
		return wrong("the robot's software fails on %s that is no list, as %s", what, shown(list))
	}
	_ = rawjson.Elements(list, func(element []byte) bool {
		if element[0] != '{' {
			e = wrong("the robot's software stumbles over %s in the list of %s; write objects", shown(element), what)
		} else {
			e = check(element)
		}
		return e == nil
	})
	return e
}
