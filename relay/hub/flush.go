package hub

import (
	"context"

	"rawtcpcom/relay/tcp"
)

// What is queued, for clients and for the router, is written when whoever
// caused it has nothing more to read: a single message then goes out at once
// and from the goroutine that read it, without waking another, and a burst
// goes out in one write. So every way into the hub ends in a flush: the readers'
// before they block (Idle), all others' with the release of the mutex.

// Idle is called by a client's reader before it blocks.
func (h *Hub) Idle(*tcp.Conn) { h.flush(true) }

// EventsIdle is called by the session's reader before it blocks. It must not
// wait for the router to take something, since the router may be waiting for
// it to read.
func (h *Hub) EventsIdle() { h.flush(false) }

// release unlocks the mutex and flushes.
func (h *Hub) release() {
	h.mu.Unlock()
	h.flush(false)
}

func (h *Hub) flush(mayBlock bool) {
	h.mu.Lock()
	clients, unsent, session := h.unflushed, h.unsent, h.session
	h.unflushed, h.unsent = nil, false
	for _, c := range clients {
		c.unflushed = false
	}
	h.mu.Unlock()
	for _, c := range clients {
		c.conn.Flush()
	}
	if unsent && session != nil {
		session.Flush(mayBlock)
	}
}

// send publishes through the session.
func (h *Hub) send(ctx context.Context, topic string, payload []byte, urgent bool, settle func(error)) error {
	h.unsent = true
	return h.session.Publish(ctx, topic, payload, urgent, settle)
}
