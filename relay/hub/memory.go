package hub

import (
	"rawtcpcom/relay/budget"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/relay/wire"
)

// A message has one cost, set when it is parsed, and is charged to its client
// from when it is taken until it is known what became of it: while it waits
// here, in the session's queue, and until the router has acknowledged it, even
// if its client has gone. There are three ways out, drop, outcome and abandon,
// and each releases it.
//
// A stop is charged like any other, and never refused or made to wait for the
// room that others take up: it is small (wire.MaxStop), and a client has so few
// unacknowledged that there is always room. Past maxStops of them its socket is
// read no further until the router has taken one: those have gone ahead of all
// that waits, and no further stop could.
const (
	// messageCost is what a message costs beside its bytes, in bytes: the
	// envelope, what the hub and the session note of it, the allocator's share.
	messageCost = 512
	// maxStops bounds one client's stops in flight.
	maxStops = 16
	// largeFrame is what is parsed only one at a time and only while all
	// clients together are within their bound, in bytes. No stop is as large
	// that its sender has not padded.
	largeFrame = 16 << 10
)

// newMemory is what messages may cost. With the clients of -backend driver,
// of which there are four, Each is reached before All unless clients come, send
// and leave; those that come then have Least until it is settled.
func newMemory() *budget.Budget {
	return &budget.Budget{Each: 1 << 20, All: 8 << 20, Least: 16 << 10}
}

// costOf is what it costs to keep a command, in bytes.
func costOf(cmd command) int {
	return messageCost + len(cmd.Data) + len(cmd.Type) + len(cmd.received)
}

// parse checks a frame. A large one takes its turn, since checking it takes
// some times its own memory; ok is false where its connection has ended by then.
func (h *Hub) parse(conn *tcp.Conn, f []byte) (m wire.Message, e *wire.Error, ok bool) {
	if len(f) > largeFrame {
		for eased := h.memory.Eased(); eased != nil; eased = h.memory.Eased() {
			h.flush(true)
			select {
			case <-eased:
			case <-conn.Done():
				return m, nil, false
			}
		}
		h.parsing.Lock()
		defer h.parsing.Unlock()
	}
	m, e = h.dialect.Parse(f, h.cfg.Rules)
	return m, e, true
}

// waitForRoom returns when a client's next message may be read.
func (h *Hub) waitForRoom(c *Client) {
	for {
		full, eased := h.full(c)
		if !full {
			return
		}
		h.flush(true)
		select {
		case <-c.room:
		case <-eased:
		case <-c.conn.Done():
			return
		}
	}
}

func (h *Hub) full(c *Client) (full bool, eased <-chan struct{}) {
	defer h.turns.Take().End()
	past, eased := c.held.Past()
	return past || len(c.backlog) >= maxBacklog || c.stops >= maxStops, eased
}

// drop answers a command that is not published with the reason.
func (h *Hub) drop(c *Client, cmd command, e *wire.Error) {
	c.held.Release(cmd.cost)
	h.tellError(c, e, cmd.received)
}

// abandon lets go of what a client that has gone has not had published.
func (h *Hub) abandon(c *Client) {
	for _, cmd := range c.backlog {
		c.held.Release(cmd.cost)
	}
	c.backlog = nil
}
