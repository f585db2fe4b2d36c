// Package turn is a lock whose release writes what its holder has queued.
//
// What is queued, for clients and for the router, is written when whoever caused
// it has nothing more to read: a single message then goes out at once and from
// the goroutine that read it, without waking another, and a burst goes out in
// one write. So there are two ways to take a turn. A reader, which says when it
// has read all there is, writes then. Everybody else's turn ends in a write.
//
// The mutex is out of reach of who uses it: there is no turn that queues
// something and leaves it lying.
package turn

import "sync"

// Lock is a mutex. Make it with [New].
type Lock struct {
	mu     sync.Mutex
	queued bool // something, in the turn under way
	write  func()
}

// New makes a lock. write writes what has been queued; it is called without the
// lock, and may take it.
func New(write func()) *Lock { return &Lock{write: write} }

// Turn is the time in which the lock is held.
type Turn struct {
	lock   *Lock
	reader bool
}

// Take waits for the lock:
//
//	defer l.Take().End()
//
// Where something is queued meanwhile, End writes it.
func (l *Lock) Take() Turn {
	l.mu.Lock()
	l.queued = false
	return Turn{lock: l}
}

// TakeForReader is Take for who has read something and writes, whatever has been
// queued, before it blocks.
func (l *Lock) TakeForReader() Turn {
	t := l.Take()
	t.reader = true
	return t
}

// Queued notes that something has been queued. The lock must be held.
func (l *Lock) Queued() { l.queued = true }

// End releases the lock.
func (t Turn) End() {
	write := t.lock.queued && !t.reader
	t.lock.mu.Unlock()
	if write {
		t.lock.write()
	}
}
