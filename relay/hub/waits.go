package hub

import (
	"time"

	"rawtcpcom/relay/health"
	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// waitsAfter is how long a client's handshake may be missing before it is told
// why, and how long another reason has to stand before it is told of that: one
// that comes and goes must not flood it.
const waitsAfter = 2 * time.Second

// waiting is what a client whose handshake is not there was told of it.
type waiting struct {
	since  time.Time // that it is not there; zero where it is
	why    reason    // as it stands
	stands time.Time // since when that is why
	told   reason    // the last that it was told of; empty for none
}

// reason is why a handshake is not there, without what changes from one attempt
// to the next.
type reason struct {
	kind  health.Kind
	short string
}

// tellWaits tells clients whose handshake is not there why, as package health
// judges it, and returns how long until more may have to be told. It is no
// error, since it is about no message; clients of 2016 pass over it
// (wire.Waits).
func (h *Hub) tellWaits(now time.Time) time.Duration {
	next := presence.Never
	for _, c := range h.clients {
		next = min(next, h.tellWait(c, now))
	}
	return next
}

func (h *Hub) tellWait(c *Client, now time.Time) time.Duration {
	handshake, _ := c.side.Handshake()
	if handshake.Done() {
		c.waiting = waiting{}
		return presence.Never
	}
	w := &c.waiting
	if w.since.IsZero() {
		w.since = now
	}
	l, code, waits := health.Waits(h.cfg.Place, h.router, h.backend.State().Robot, state.Client{Remote: c.remote, Since: c.Since, Handshake: handshake})
	if !waits {
		return presence.Never
	}
	if why := (reason{l.Kind, l.Short}); why != w.why {
		w.why, w.stands = why, now
	}
	if w.told == w.why || w.told.kind == health.ClientWaiting && w.why.kind == health.ClientWaiting {
		return presence.Never
	}
	from := w.since
	if w.told != (reason{}) {
		from = w.stands
	}
	if wait := from.Add(waitsAfter).Sub(now); wait > 0 {
		return wait
	}
	w.told = w.why
	h.log.Info("client waits for its handshake", "client", c.ID, "code", string(code), "reason", l.Line)
	h.tell(c, wire.AppendNotice(nil, now, c.ID, wire.Waits(code, l.Why, l.Do)))
	return presence.Never
}

// TellBusy tells a client at once that its handshake waits for the robot, and
// why, where the backend knows more than that it does.
func (d Desk) TellBusy(c *Client, why, do string) {
	c.waiting.told = reason{kind: health.ClientWaiting}
	d.h.log.Info("client waits for its handshake", "client", c.ID, "code", string(wire.Busy), "reason", why)
	d.Tell(c, wire.AppendNotice(nil, time.Now(), c.ID, wire.Waits(wire.Busy, why, do)))
}
