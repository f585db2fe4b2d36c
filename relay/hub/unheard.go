package hub

import (
	"fmt"
	"slices"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// That the router has taken a message does not say that anybody got it
// (relay/wire/README.md, "What the router tells"). A robot that dies in silence
// is missed after some seconds, and what the router took meanwhile is lost. So
// where the robot goes without a sign of life since, whoever sent something is
// told.

// unheard are a client's messages to the robot that were acknowledged and that
// no sign of life has followed.
type unheard struct {
	signs uint64 // how many signs of life there had been
	count int
	first []byte // how the first of them began
}

// acknowledged notes a message that the router has taken.
func (h *Hub) acknowledged(c *Client, cmd command) {
	h.Metrics.Published.Inc()
	switch u := &c.unheard; {
	case !slices.Contains(h.dialect.RobotTopics, cmd.Topic) || cmd.signs != h.signs:
		// Not for the robot, or it has spoken since.
	case h.gone:
		h.tellUnheard(c, unheard{count: 1, first: cmd.received})
	case u.count > 0 && u.signs == h.signs:
		u.count++
	default:
		*u = unheard{h.signs, 1, cmd.received}
	}
}

func (h *Hub) tellUnheard(c *Client, u unheard) {
	what := "this"
	if u.count > 1 {
		what = fmt.Sprintf("this and %d more", u.count-1)
	}
	h.tellError(c, &wire.Error{Code: wire.OutcomeUnknown, Text: fmt.Sprintf("the router took %s, but the robot has gone without a sign of life since; it may or may not have got it, so look before you send it again", what)}, u.first)
}

// Heard notes a sign of life from the robot.
func (d Desk) Heard() {
	d.h.signs, d.h.gone = d.h.signs+1, false
	d.h.unproven, d.h.sighted = false, true
}

// Replaced says that another robot has taken its place. Where that is sure, it has
// nothing queued.
func (d Desk) Replaced(sure bool) {
	d.h.robotGone()
	if sure {
		d.h.stale = false
	}
}

// robotGone tells whoever has sent something to the robot that is gone.
func (h *Hub) robotGone() {
	for _, c := range h.clients {
		if c.unheard.count > 0 && c.unheard.signs == h.signs {
			h.tellUnheard(c, c.unheard)
		}
		c.unheard = unheard{}
	}
	h.gone = true
	h.outdated(state.OldAway)
	h.lostSight()
}
