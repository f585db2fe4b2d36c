// Package place tells the box from a PC, and says what a person does there to
// give the relay another setting. Nobody in front of a box has a command line to
// add a flag to; on a PC a relay mostly has no file of settings. Whoever tells a
// person what to do about a setting asks here.
package place

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"rawtcpcom/gokrazy/settings"
)

// Place is where a program of this project runs.
type Place string

const (
	PC  Place = "" // or any other machine on which somebody starts the relay
	Box Place = "box"
)

// Here is where this program runs.
func Here() Place { return Of("/") }

// Of is the place whose file system has that root: the image of the box has
// gokrazy's init, and no other system has.
func Of(root string) Place {
	if _, err := os.Stat(filepath.Join(root, "gokrazy", "init")); err == nil {
		return Box
	}
	return PC
}

// This is what to call the machine.
func (p Place) This() string {
	if p == Box {
		return "this box"
	}
	return "this machine"
}

// onPage is where a box's settings are changed.
const onPage = "in the settings of this box's page"

// Set is what a person does to give a flag of the relay that value, as the end
// of a sentence.
func (p Place) Set(flag, value string) string {
	if p != Box && value == "true" { // after a space, it would be no part of the flag
		return "start the relay with -" + flag
	}
	if p != Box {
		return "start the relay with -" + flag + " " + value
	}
	return "set " + p.Name(flag) + " to " + value + " " + onPage
}

// Name is what a flag of the relay is called: on a box, by the setting that gives
// it its value.
func (p Place) Name(flag string) string {
	if p == Box {
		if s, ok := settingOf(flag); ok {
			return fmt.Sprintf("“%s” (%s)", s.Title, s.Key)
		}
	}
	return "-" + flag
}

// aFlag is a flag that a text names.
var aFlag = regexp.MustCompile(` -[a-z]+(?:-[a-z]+)*\b`)

// InWords is a text with the flags that it names called as they are here.
func (p Place) InWords(text string) string {
	if p != Box {
		return text
	}
	return aFlag.ReplaceAllStringFunc(text, func(flag string) string { return " " + p.Name(strings.TrimPrefix(flag, " -")) })
}

// FlagsIn are the flags that a text names.
func FlagsIn(text string) (flags []string) {
	for _, flag := range aFlag.FindAllString(text, -1) {
		flags = append(flags, strings.TrimPrefix(flag, " -"))
	}
	slices.Sort(flags)
	return slices.Compact(flags)
}

// Settings is where the relay's flags are.
func (p Place) Settings() string {
	if p != Box {
		return "among the flags with which the relay is started"
	}
	return onPage
}

// instead are the settings that take the place of a flag which names a file.
var instead = map[string]string{"router-ca": "robot.ca", "auth-secret-file": "robot.auth-secret"}

func settingOf(flag string) (settings.Setting, bool) {
	if key := instead[flag]; key != "" {
		return settings.Lookup(key)
	}
	return settings.OfFlag(settings.Relay, flag)
}
