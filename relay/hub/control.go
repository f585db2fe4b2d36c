package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/relay/wire"
)

// OnDisconnect is what is published for a client that commanded the robot and
// is gone, whether it closed its connection or lost it: from here the two look
// the same, as a program that crashes has its connections closed for it.
type OnDisconnect string

const (
	DoNothing  OnDisconnect = "none"
	ClearQueue OnDisconnect = "clear" // what the driver has queued is dropped
	Halt       OnDisconnect = "halt"  // likewise, and the driver's software stop
)

// OnDisconnects are all the choices.
var OnDisconnects = []OnDisconnect{DoNothing, ClearQueue, Halt}

// stopFor publishes what OnDisconnect says for a client that is gone. The
// queue is cleared before a halt, which would wait its turn behind it
// otherwise (PROTOCOL, "What the robot does that a relay must live with").
func (h *Hub) stopFor(c *client) {
	if h.cfg.OnDisconnect == DoNothing || h.cfg.OnDisconnect == "" || !c.moved {
		return
	}
	settle := func(err error) {
		if err != nil {
			h.log.Error("stop for a client that is gone failed", "client", c.id, "error", err)
		}
	}
	if h.session == nil {
		settle(errors.New("no session with the router")) // and none is kept for the next: it could stop somebody else
		return
	}
	driver := h.services[wire.Driver].id
	stops := [][]byte{wire.AppendStop(nil, time.Now(), driver, c.id, false)}
	if h.cfg.OnDisconnect == Halt {
		stops = append(stops, wire.AppendStop(nil, time.Now(), driver, c.id, true))
	}
	for _, payload := range stops {
		if err := h.send(context.Background(), wire.Driver.Topic(), payload, true, settle); err != nil {
			settle(err)
		}
	}
	h.log.Warn("client that commanded the robot is gone", "client", c.id, "published", string(h.cfg.OnDisconnect))
}

// control refuses what another client's exclusive control forbids. Control is
// taken with the first message to the robot and given back by leaving. A stop
// is everybody's right.
func (h *Hub) control(c *client, cmd command) *wire.Error {
	if !h.cfg.Exclusive || cmd.Urgent() || h.holder == c {
		return nil
	}
	if h.holder != nil {
		return &wire.Error{Code: wire.Refused, Text: fmt.Sprintf("client %s at %s controls the robot; control is free when it disconnects", h.holder.id, h.holder.remote)}
	}
	h.holder = c
	h.log.Info("client controls the robot", "client", c.id, "remote", c.remote)
	return nil
}

// handOver frees the control of a client that has left.
func (h *Hub) handOver(c *client) {
	if h.holder == c {
		h.holder = nil
	}
}

// closeUnhandshaken closes clients over the handshake timeout and returns how
// long until the next may be.
func (h *Hub) closeUnhandshaken(now time.Time) time.Duration {
	next := never
	if h.cfg.HandshakeTimeout == 0 {
		return next
	}
	for _, c := range h.clients {
		if shake := c.shakes[wire.Driver]; shake != state.HandshakePending || c.shaken {
			continue
		}
		wait := c.since.Add(h.cfg.HandshakeTimeout).Sub(now)
		if wait > 0 {
			next = min(next, wait)
			continue
		}
		h.closing(c, fmt.Sprintf("no handshake with the driver within %v", h.cfg.HandshakeTimeout))
		c.conn.Close(tcp.Unhandshaken, nil)
	}
	return next
}
