// Package place tells the box from a PC, and says what a person does there to
// give the relay another setting. Nobody in front of a box has a command line to
// add a flag to, and nobody in front of a PC has a card to make. Whoever tells a
// person what to do about a setting asks here.
package place

import (
	"os"
	"path/filepath"
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

// Variables are the flags of the relay that make sets in a box, by the names of
// make's variables.
var Variables = map[string]string{"router": "ROUTER", "backend": "BACKEND"}

const (
	update = "make update-root HOST=rawtcpcom"
	maker  = " on the machine that made this box's card"
)

// Set is what a person does to give a flag of the relay that value, as the end
// of a sentence.
func (p Place) Set(flag, value string) string {
	if p != Box && value == "true" { // after a space, it would be no part of the flag
		return "start the relay with -" + flag
	}
	if p != Box {
		return "start the relay with -" + flag + " " + value
	}
	if variable := Variables[flag]; variable != "" {
		return "run " + update + " " + variable + "=" + value + maker
	}
	return "put -" + flag + "=" + value + " among " + p.Flags()
}

// Flags is where the relay's flags are, and what makes a change of them count.
func (p Place) Flags() string {
	if p != Box {
		return "the flags with which the relay is started"
	}
	return "the relay's flags in gokrazy/rawtcpcom/config.json and run " + update + "," + maker
}
