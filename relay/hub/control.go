package hub

import (
	"fmt"
	"time"

	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/relay/wire"
)

// control refuses what another client's exclusive control forbids. Control is
// taken with the first message to the robot and given back by leaving. A stop
// is everybody's right.
func (h *Hub) control(c *Client, cmd command) *wire.Error {
	if !h.cfg.Exclusive || cmd.Urgent() || h.holder == c {
		return nil
	}
	if h.holder != nil {
		return &wire.Error{Code: wire.Refused, Text: fmt.Sprintf("not sent: client %s at %s has control (-exclusive) until it disconnects; wait, or close it on the status page. A stop passes", h.holder.ID, h.holder.remote)}
	}
	h.holder = c
	h.log.Info("client controls the robot", "client", c.ID, "remote", c.remote)
	return nil
}

// handOver frees the control of a client that has left.
func (h *Hub) handOver(c *Client) {
	if h.holder == c {
		h.holder = nil
	}
}

// closeUnhandshaken closes clients over the handshake timeout and returns how
// long until the next may be.
func (h *Hub) closeUnhandshaken(now time.Time) time.Duration {
	next := presence.Never
	if h.cfg.HandshakeTimeout == 0 {
		return next
	}
	for _, c := range h.clients {
		if shake, done := c.side.Handshake(); shake != state.HandshakePending || done {
			continue
		}
		wait := c.Since.Add(h.cfg.HandshakeTimeout).Sub(now)
		if wait > 0 {
			next = min(next, wait)
			continue
		}
		h.closing(c, fmt.Sprintf("no handshake with the %s within %v", h.dialect.Robot, h.cfg.HandshakeTimeout))
		c.conn.Close(tcp.Unhandshaken, nil)
	}
	return next
}
