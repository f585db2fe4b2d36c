package hub

import (
	"fmt"
	"slices"
	"time"

	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Two programs that command one robot undo each other's work, and neither can see
// it: to each, the robot does something else than it was told. With Exclusive the
// second is refused. Without, both are let, as in 2016, but told of each other: once,
// with the second's first command within besideTime of the first's. A stop and a
// question disturb nobody.

// besideTime is how long a command counts for one who still commands.
const besideTime = time.Minute

// besides are those who command beside each other.
type besides struct {
	last, before *Client // the connected client that commanded last, and the one before it
	pair         []*Client
	since        time.Time // of the pair
}

// commands notes a command, and tells a pair of each other.
func (h *Hub) commands(c *Client, now time.Time) {
	b := &h.beside
	c.commanded = now
	if h.cfg.Exclusive || b.last == c {
		return
	}
	b.before, b.last = b.last, c
	if other := b.before; other != nil && now.Sub(other.commanded) < besideTime {
		h.tellBeside(other, c, now)
	}
}

// tellBeside tells each who has not been told yet.
func (h *Hub) tellBeside(first, second *Client, now time.Time) {
	known := first.toldBeside && second.toldBeside
	if h.beside.pair == nil || !known {
		h.beside.pair, h.beside.since = []*Client{first, second}, now
	}
	if known {
		return
	}
	h.log.Warn("two clients command the robot", "client", second.ID, "remote", second.remote, "other", first.ID, "other_remote", first.remote)
	for _, c := range h.beside.pair {
		other := first
		if c == first {
			other = second
		}
		if c.toldBeside {
			continue
		}
		c.toldBeside = true
		h.tell(c, wire.AppendNotice(nil, now, c.ID, wire.AlsoCommands(other.ID, fmt.Sprintf("client %s at %s commands the robot too: %s", other.ID, other.remote, h.oneAtATime()))))
	}
}

func (h *Hub) oneAtATime() string {
	how := "start the relay with -exclusive"
	if h.cfg.Place == place.Box {
		how = h.cfg.Place.Set("exclusive", "true")
	}
	return "each can undo what the other does without hearing of it; end one of them, or " + how + ", which lets only one command the robot and any client stop it"
}

// besideLeft forgets a client that has left.
func (h *Hub) besideLeft(c *Client) {
	b := &h.beside
	switch c {
	case b.last:
		b.last, b.before = b.before, nil
	case b.before:
		b.before = nil
	}
	if slices.Contains(b.pair, c) {
		b.pair = nil
	}
}

// besideNotice says who command beside each other, for as long as both are there.
func (h *Hub) besideNotice() []state.Notice {
	if h.beside.pair == nil {
		return nil
	}
	first, second := h.beside.pair[0], h.beside.pair[1]
	return []state.Notice{{Time: h.beside.since, Text: fmt.Sprintf("Two clients command the robot, %s at %s and %s at %s: %s.", first.ID, first.remote, second.ID, second.remote, h.oneAtATime())}}
}
