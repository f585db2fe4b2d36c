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
// a rest after each wrong one, so a flood costs one core at most. Where too many wait
// for their turn, one that was wrong often makes room for one that was not: whoever
// knows the password waits for some seconds, and is locked out by no machine that has
// been given many addresses.
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
	queue   map[netip.Prefix]context.CancelCauseFunc // of those that were wrong before and wait for their turn
}

// record is what is known of an address.
type record struct {
	busy   bool // an attempt of its is under way
	wrong  int
	last   time.Time // when it was wrong
	notYet time.Time // before when it may not try again
}

func newAttempts() attempts {
	return attempts{turn: make(chan struct{}, 1), by: map[netip.Prefix]record{}, queue: map[netip.Prefix]context.CancelCauseFunc{}}
}

// try checks a password, when it is this address's turn.
func (a *attempts) try(ctx context.Context, from netip.Prefix, check func() bool) (right bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if wait := a.enter(from, cancel); wait > 0 {
		return false, slowedError(wait)
	}
	checked := false
	defer func() { a.leave(from, checked, right) }()
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	a.keepPlace(from)
	select {
	case <-time.After(time.Until(a.next)):
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	checked, right = true, check()
	if !right {
		a.next = time.Now().Add(restInAll)
	}
	return right, nil
}

// enter is how long the address has to wait before it may try, or 0 where it may
// now; then leave is to be called. Before its turn, another may end it by cancel.
func (a *attempts) enter(from netip.Prefix, cancel context.CancelCauseFunc) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.by[from]
	switch wait := time.Until(r.notYet); {
	case wait > 0:
		return wait
	case r.busy, a.waiting >= maxWaiting && !a.makeRoom(r.wrong):
		return time.Second
	}
	a.forget()
	r.busy = true
	a.by[from] = r
	a.waiting++
	if r.wrong > 0 {
		a.queue[from] = cancel
	}
	return 0
}

// makeRoom ends the wait of who was wrong most often, if that is more often than
// the one who comes. It counts as waiting until it has gone, which is at once. The
// lock is held.
func (a *attempts) makeRoom(wrong int) bool {
	var most netip.Prefix
	for from := range a.queue {
		if n := a.by[from].wrong; n > wrong {
			most, wrong = from, n
		}
	}
	cancel, found := a.queue[most]
	if found {
		cancel(slowedError(time.Second))
		delete(a.queue, most)
	}
	return found
}

// keepPlace has nobody take the turn from who has it.
func (a *attempts) keepPlace(from netip.Prefix) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.queue, from)
}

// leave notes what became of an attempt.
func (a *attempts) leave(from netip.Prefix, checked, right bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting--
	delete(a.queue, from)
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
