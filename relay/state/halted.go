package state

import (
	"strings"
	"time"
)

// HaltState is whether the robot is halted.
type HaltState string

const (
	HaltedUnknown HaltState = "unknown" // no sign of either in this session, or since the robot was started
	HaltedYes     HaltState = "yes"     // it takes commands and drops them, until it is reset
	HaltedNo      HaltState = "no"
)

// Who halted or reset the robot, where that was no client of this relay.
const (
	ByRelay   = "the relay"       // see -after-silence
	ByAnother = "another program" // on the router
)

// Halted is what is known of the robot's halt.
type Halted struct {
	State HaltState `json:"state"`
	By    string    `json:"by,omitempty"` // who halted or reset it: a client's id, or words such as those above; empty where nobody knows
	Since time.Time `json:"since,omitzero"`
}

// Who is By in a sentence. An id is one word.
func (h Halted) Who() string {
	switch {
	case h.By == "":
		return "somebody"
	case strings.Contains(h.By, " "):
		return h.By
	}
	return "client " + h.By
}
