package session

import (
	"fmt"

	"github.com/gammazero/nexus/v3/wamp"
)

// leave queues GOODBYE, behind what is urgent: a router answers in order, so
// its answer says that it has those. Nothing is sent after it.
func (s *Session) leave() {
	s.mu.Lock()
	if s.err == nil && !s.leaving {
		s.leaving = true
		s.urgent = append(s.urgent, request{last: true, settle: func(wamp.Message, error) {}, message: func(wamp.ID) wamp.Message {
			return &wamp.Goodbye{Details: wamp.Dict{}, Reason: wamp.CloseRealm}
		}})
	}
	s.mu.Unlock()
	s.signal()
}

// ended says why a GOODBYE of the router ends the session. Where it answers
// ours and nothing is unacknowledged, the connection may end in good order.
func (s *Session) ended(m *wamp.Goodbye) error {
	if m.Reason != wamp.CloseGoodbyeAndOut {
		return fmt.Errorf("the router ended the session: %s", m.Reason)
	}
	s.mu.Lock()
	orderly := s.leaving && len(s.urgent) == 0 && len(s.inflight) == 0
	s.mu.Unlock()
	if orderly {
		s.transport.part()
	}
	return ErrClosed
}
