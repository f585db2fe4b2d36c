package hub

import (
	"fmt"
	"time"

	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/wire"
)

// A command waits where it is not known whether what is beyond the relay is
// there to take it: the robot owes a sign of life, or its handshake, or may have
// been replaced, or the router owes an acknowledgement. It is asked at once, and
// what comes in time lets the commands go on. None is something that the robot
// may be made to do much later, so what waits for presence.AnswerTime is refused.
// A client that goes on sending meanwhile would by then have piled up many, to
// run all at once: where more than a few wait, crowdTime is all they get. With
// what goes out in presence.QuietAfter, that makes 16 late commands at the most
// where ten come in a second.
const (
	crowd     = 8 // commands, of all clients
	crowdTime = 800 * time.Millisecond
)

// hold notes since when a client's commands wait for it to be known whether
// their service is there.
func (h *Hub) hold(c *Client, wait bool) {
	switch {
	case !wait:
		c.heldSince = time.Time{}
	case c.heldSince.IsZero():
		c.heldSince = time.Now()
		fallthrough
	default:
		signal(h.wake) // there may be a crowd now
	}
	signal(c.room)
}

// refuseHeld refuses what has been held for too long, and returns how long until
// more may have to be.
func (h *Hub) refuseHeld(now time.Time) time.Duration {
	limit, waiting := presence.AnswerTime, 0
	for _, c := range h.clients {
		if !c.heldSince.IsZero() {
			waiting += len(c.backlog)
		}
	}
	if waiting > crowd {
		limit = crowdTime
	}
	next := presence.Never
	for _, c := range h.clients {
		if c.heldSince.IsZero() {
			continue
		}
		if wait := c.heldSince.Add(limit).Sub(now); wait > 0 {
			next = min(next, wait)
			continue
		}
		h.refuse(c, h.unconfirmed(now, limit), nil)
		c.heldSince = time.Time{}
	}
	return next
}

// unconfirmed is what a client is told of what was held too long.
func (h *Hub) unconfirmed(now time.Time, limit time.Duration) *wire.Error {
	if silence := h.acks.silence(now); silence >= presence.QuietAfter {
		return unacknowledged(silence)
	}
	return &wire.Error{Code: wire.DriverAbsent, Text: fmt.Sprintf("it could not be found out within %v whether the robot is there to take this; not sent, send it again", limit)}
}
