package hub

import (
	"context"

	"rawtcpcom/relay/tcp"
)

// Every way into the hub is a turn (see package turn): the readers' ends with
// Idle and EventsIdle, all others' with a flush of its own.

// Idle is called by a client's reader before it blocks.
func (h *Hub) Idle(*tcp.Conn) { h.flush(true) }

// EventsIdle is called by the session's reader before it blocks. It must not
// wait for the router to take something, since the router may be waiting for
// it to read.
func (h *Hub) EventsIdle() { h.flush(false) }

// flush writes what is queued.
func (h *Hub) flush(mayBlock bool) {
	clients, session := h.unwritten()
	for _, c := range clients {
		c.conn.Flush()
	}
	if session != nil {
		session.Flush(mayBlock)
	}
}

// unwritten takes note of what a flush is to write.
func (h *Hub) unwritten() (clients []*Client, session Publisher) {
	defer h.turns.TakeForReader().End()
	if h.unsent {
		session = h.session
	}
	clients = h.unflushed
	h.unflushed, h.unsent = nil, false
	for _, c := range clients {
		c.unflushed = false
	}
	return clients, session
}

// send publishes through the session.
func (h *Hub) send(ctx context.Context, topic string, payload []byte, urgent bool, settle func(error)) error {
	h.published()
	return h.session.Publish(ctx, topic, payload, urgent, settle)
}

// published notes that the session has something to send.
func (h *Hub) published() {
	h.unsent = true
	h.turns.Queued()
}
