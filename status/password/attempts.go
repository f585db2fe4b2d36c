package password

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Limits of the attempts to guess the password. One address waits longer after each
// wrong one, up to longestWait. Many addresses together get one check at a time, and
// a rest after each wrong one, so a flood costs one core at most, and whoever knows
// the password waits for some seconds and is never locked out.
const (
	longestWait = 30 * time.Second
	restInAll   = 500 * time.Millisecond
	maxWaiting  = 8   // attempts that wait for their turn
	maxRecords  = 512 // addresses that are remembered
)

// slowedError is an attempt that came too early.
type slowedError time.Duration

func (e slowedError) Error() string {
	return fmt.Sprintf("too many attempts; try again in %.0f s", math.Ceil(time.Duration(e).Seconds()))
}

type attempts struct {
	turn chan struct{} // held by the one that is checked
	next time.Time     // when the next one may be checked; of whoever has the turn

	mu      sync.Mutex
	waiting int
	by      map[netip.Prefix]record
}

// record is what is known of an address.
type record struct {
	busy   bool // an attempt of its is under way
	wrong  int
	last   time.Time // when it was wrong
	notYet time.Time // before when it may not try again
}

func newAttempts() attempts {
	return attempts{turn: make(chan struct{}, 1), by: map[netip.Prefix]record{}}
}

// try checks a password, when it is this address's turn.
func (a *attempts) try(ctx context.Context, from netip.Prefix, check func() bool) (right bool, err error) {
	if wait := a.enter(from); wait > 0 {
		return false, slowedError(wait)
	}
	checked := false
	defer func() { a.leave(from, checked, right) }()
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	select {
	case <-time.After(time.Until(a.next)):
	case <-ctx.Done():
		return false, ctx.Err()
	}
	checked, right = true, check()
	if !right {
		a.next = time.Now().Add(restInAll)
	}
	return right, nil
}

// enter is how long the address has to wait before it may try, or 0 where it may
// now; then leave is to be called.
func (a *attempts) enter(from netip.Prefix) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.by[from]
	switch wait := time.Until(r.notYet); {
	case wait > 0:
		return wait
	case r.busy || a.waiting >= maxWaiting:
		return time.Second
	}
	a.forget()
	r.busy = true
	a.by[from] = r
	a.waiting++
	return 0
}

// leave notes what became of an attempt.
func (a *attempts) leave(from netip.Prefix, checked, right bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting--
	r := a.by[from]
	r.busy = false
	if checked && !right {
		r.wrong++
		r.last = time.Now()
		r.notYet = r.last.Add(min(longestWait, time.Second<<min(r.wrong-1, 10)))
	}
	a.by[from] = r
	if right || r.wrong == 0 {
		delete(a.by, from)
	}
}

// forget makes room for one more address: those come first that were wrong
// longest ago. The lock is held.
func (a *attempts) forget() {
	for len(a.by) >= maxRecords {
		var oldest netip.Prefix
		for p, r := range a.by {
			if !r.busy && (!oldest.IsValid() || r.last.Before(a.by[oldest].last)) {
				oldest = p
			}
		}
		delete(a.by, oldest) // at most maxWaiting are busy, so there is one
	}
}

// who is where a request comes from. A machine has a whole network of IPv6
// addresses to itself.
func who(r *http.Request) netip.Prefix {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Prefix{}
	}
	addr := from.Addr().Unmap().WithZone("")
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	p, _ := addr.Prefix(bits) // fails for a wrong number of bits only
	return p
}
