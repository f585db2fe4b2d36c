package rollback

import "time"

// How long an update is on trial, and what it has to do meanwhile.
const (
	// Patience is how long the relay of an update may take to serve.
	Patience = 3 * time.Minute
	// MaxStarts is how often the box may start while an update is on trial:
	// once for the update and three times more.
	MaxStarts = 4
	// stable is how long the relay must have served without restarting.
	stable = 20 * time.Second
	// interval is the time between two looks at the relay.
	interval = time.Second
)
