// Package report is what the program lan tells the box's other programs about
// the cable and the address: a file that lan writes at each change. It lies in a
// tmpfs, so after a start there is none before lan has looked.
package report

import (
	"rawtcpcom/gokrazy/told"
)

// Path is where the report is on the box.
const Path = "/run/rawtcpcom/address.json"

// Confirmed is the file that confirms an address on trial. Whoever has been
// reached at the new address writes that address into it, without its prefix
// length; lan removes the file.
const Confirmed = "/run/rawtcpcom/address-confirmed"

// How is where an address comes from.
type How string

const (
	DHCP      How = "dhcp"
	Static    How = "static"
	LinkLocal How = "link-local"
	None      How = "none"
)

// Report is the interface as it is now. Times are seconds since power-on, since
// the clock may not be set yet.
type Report struct {
	Interface string   `json:"interface"`
	MAC       string   `json:"mac"` // empty while the interface is not there
	Cable     bool     `json:"cable"`
	How       How      `json:"how"`
	Address   string   `json:"address"` // with its prefix length; empty for none
	Gateway   string   `json:"gateway"`
	DNS       []string `json:"dns"`
	NTP       []string `json:"ntp"`    // time servers that DHCP named, option 42
	Search    []string `json:"search"` // domains in which the network may know the box by its name
	// Duplicate is the MAC of another machine that answers for the address that
	// the box was to have, as that of the settings; empty for none. DuplicateOf
	// is that address.
	Duplicate   string `json:"duplicate"`
	DuplicateOf string `json:"duplicate of"`
	// Problem says why the address is not the one that the settings want; empty
	// while it is, and where only no DHCP server answers, which How tells.
	Problem string  `json:"problem"`
	Trial   *Trial  `json:"trial"`
	Undone  string  `json:"undone"` // why network settings were taken back, until others are set; empty for not
	Uptime  float64 `json:"uptime"` // of the last change
}

// Trial is that of network settings that nobody has confirmed yet.
type Trial struct {
	Address string  `json:"address"` // the one to confirm, without its prefix length
	Until   float64 `json:"until uptime seconds"`
}

// Write replaces the report. Whoever reads finds the old one or this, whole.
func (r Report) Write(path string) error {
	return told.Write(path, "the address", r)
}

// Read reads the report. Without one, as on a PC, the error is one of
// os.ErrNotExist.
func Read(path string) (Report, error) {
	return told.Read[Report](path, "the address")
}
