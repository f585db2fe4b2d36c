// Package budget bounds what the relay holds in memory for its clients: for
// each of them, and for all of them together however many there are.
//
// Whatever is kept for a client after the call that brought it is charged to an
// account of its, and released when it is let go of. The hub's accounts hold
// what is on its way to the robot (messages that wait, messages that the router
// has not acknowledged, stops included), those of package tcp the lines that
// wait for a client. An account outlives its client: what a client that has
// gone left under way is still there, and counts.
//
// Nothing here blocks or refuses. Who is past its bound is read no further, or
// closed; that is for the account's owner to do.
package budget

import "sync"

// Budget is what may be held, in bytes.
type Budget struct {
	Each  int // for one client; what crosses it is still taken
	All   int // for all of them together
	Least int // for one client where the others have used up All

	mu    sync.Mutex
	held  int
	eased chan struct{} // closed when held is no longer over All; nil while it is not
}

// Account is what is held for one client.
type Account struct {
	budget *Budget
	held   int // guarded by budget.mu
}

// Open makes an account with nothing in it.
func (b *Budget) Open() *Account { return &Account{budget: b} }

// Charge notes n bytes more.
func (a *Account) Charge(n int) {
	b := a.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	a.held += n
	b.held += n
	switch {
	case b.held > b.All && b.eased == nil:
		b.eased = make(chan struct{})
	case b.held <= b.All && b.eased != nil:
		close(b.eased)
		b.eased = nil
	}
}

// Release notes n bytes less.
func (a *Account) Release(n int) { a.Charge(-n) }

// Past reports whether no more is to be taken for this client. Where the others
// have a part in that, eased is closed when they have not any more.
func (a *Account) Past() (past bool, eased <-chan struct{}) {
	b := a.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	return a.held > b.Each || a.held > b.Least && b.held > b.All, b.eased
}

// Eased is closed when less than All is held again; nil where it is so already.
func (b *Budget) Eased() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.eased
}

// Held is how much is held for all clients.
func (b *Budget) Held() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held
}
