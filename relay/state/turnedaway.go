package state

import "time"

// TurnedAway is what became of connections that were not let in.
type TurnedAway struct {
	Count  uint64    `json:"count"`            // since the relay started
	Last   time.Time `json:"last,omitzero"`    // when the latest was
	Remote string    `json:"remote,omitempty"` // its address
	Reason string    `json:"reason,omitempty"` // one of the reasons of relay/tcp
	Text   string    `json:"text,omitempty"`   // for a person
}
