// Package broadcast tells all who wait that something has happened.
//
// A signal carries no value and is kept for nobody: who waits takes the channel
// first and looks at what it is about then, so that no change comes between.
package broadcast

import (
	"context"
	"sync"
)

// Signal wakes all who wait, again and again. The zero value is ready; it is
// safe for concurrent use.
type Signal struct {
	mu   sync.Mutex
	next chan struct{} // nil while nobody waits
}

// Next is closed when Notify is called next.
func (s *Signal) Next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = make(chan struct{})
	}
	return s.next
}

// Notify wakes all who wait.
func (s *Signal) Notify() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next != nil {
		close(s.next)
		s.next = nil
	}
}

// Until returns when cond is true, having asked it again at each Notify. The
// error is that of ctx.
func (s *Signal) Until(ctx context.Context, cond func() bool) error {
	for {
		next := s.Next()
		if cond() {
			return nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
