package state

import "time"

// Old is why a position may not be where the robot stands now.
type Old string

const (
	OldMoved Old = "moved" // the robot has been sent commands since, or moves
	OldAway  Old = "away"  // the robot, or the session with it, has been away since
)

// Position is where the robot's axes stood when that was told last, in mm, as passed by
// in messages: the relay never asks for it. relay/wire/COMMANDS.md, "Axes and units",
// says which way is which.
type Position struct {
	Place
	// Since is when the axis that was told longest ago was; missing where none was.
	Since time.Time `json:"since,omitzero"`
	Old   Old       `json:"old,omitempty"`
	// Largest are the largest numbers told since the relay was started, to draw a place
	// to scale: nothing tells how far an axis reaches.
	Largest Place `json:"largest"`
}

// Place is one number for each axis; nil where it is not known.
type Place struct {
	X *float64 `json:"x"`
	Y *float64 `json:"y"`
	Z *float64 `json:"z"`
	A *float64 `json:"a"`
	B *float64 `json:"b"`
}
