package link

import (
	"errors"
	"math/rand/v2"
	"time"

	"rawtcpcom/relay/session"
)

// Back-off between attempts. The first comes soon, since a router that
// restarts is back in a second or two; the cap keeps a box that waits for its
// robot from being noticed late when that is switched on.
const (
	leastWait = 250 * time.Millisecond
	mostWait  = 5 * time.Second
	// authWait is for a router that does not take the relay's credentials:
	// a person has to act first, and some routers lock out who insists.
	authWait = 30 * time.Second
	// stable is how long a session lasts that ends the back-off.
	stable = 10 * time.Second
)

// backOff doubles the wait with each attempt and takes a random part of it, so
// that several boxes do not fall upon a router together.
func backOff(attempt int, err error) time.Duration {
	least, most := leastWait, mostWait
	var auth *session.AuthError
	if errors.As(err, &auth) {
		least, most = authWait, authWait
	}
	wait := min(least<<min(attempt, 10), most)
	return wait/2 + rand.N(wait/2+1)
}
