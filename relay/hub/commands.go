package hub

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"time"

	"rawtcpcom/relay/frame"
	"rawtcpcom/relay/health"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tap"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/relay/wire"
)

// What one client may have under way, beside its share of memory (newMemory).
// Past it, its socket is read no further and TCP slows it down.
const (
	maxInflight      = 64      // published and not acknowledged
	maxInflightBytes = 1 << 20 // of those, or one message
	maxBacklog       = 1024    // messages not published
)

// command is a checked message with what an error about it needs.
type command struct {
	wire.Message
	received []byte          // how it began, as the client sent it
	cost     int             // see costOf
	signs    uint64          // of life from the robot, when it was published
	batch    context.Context // in which it was published, see Client.batch
}

// Frame takes one message of a client. It returns when there is room for the
// next.
func (h *Hub) Frame(conn *tcp.Conn, f []byte) {
	m, e, ok := h.parse(conn, f)
	if !ok {
		return
	}
	cmd := command{Message: m, received: bytes.Clone(f[:min(len(f), wire.ReceivedSize)])}
	cmd.cost = costOf(cmd)
	if c := h.take(conn, cmd, e); c != nil {
		h.waitForRoom(c)
	}
}

// take publishes a command, keeps it for later or refuses it, and returns
// whose it was.
func (h *Hub) take(conn *tcp.Conn, cmd command, e *wire.Error) *Client {
	defer h.turns.TakeForReader().End()
	c := h.byConn[conn]
	if c == nil {
		return nil
	}
	c.received++
	h.Metrics.Received.Inc()
	signal(h.dirty)
	if e == nil {
		e = h.control(c, cmd)
	}
	switch {
	case e != nil:
		h.tellError(c, e, cmd.received)
	case cmd.Urgent():
		c.held.Charge(cmd.cost)
		h.publishUrgent(c, cmd)
	default:
		c.held.Charge(cmd.cost)
		c.backlog = append(c.backlog, cmd)
		h.pump(c)
	}
	return c
}

// BadFrame tells a client of what was no message at all.
func (h *Hub) BadFrame(conn *tcp.Conn, bad *frame.Error) {
	defer h.turns.TakeForReader().End()
	c := h.byConn[conn]
	if c == nil {
		return
	}
	c.received++
	h.Metrics.Received.Inc()
	e := &wire.Error{Code: wire.BadJSON, Text: bad.Error()}
	switch bad.Kind {
	case frame.TooLarge:
		e.Code = wire.TooLarge
	case frame.NoRoom:
		e.Code = wire.Busy
	default:
		e.Text += h.cfg.Dialect.BadFrameHint(bad.Head, bad.Kind == frame.Incomplete)
	}
	h.tellError(c, e, bad.Head)
}

// overtaken is what a client is told of what its own stop overtook.
var overtaken = &wire.Error{Code: wire.Refused, Text: "not sent: a stop that came after it overtook it"}

// publishUrgent sends a stop past all of the client's own that has not been
// sent. That is refused and not sent after the stop either: to move on after
// it is what nobody who sends one wants.
func (h *Hub) publishUrgent(c *Client, stop command) {
	c.withdraw()
	c.renewBatch()
	if _, e := h.gate(c, stop); e != nil {
		h.drop(c, stop, &wire.Error{Code: e.Code, Text: "the stop has not reached the robot: " + ownSwitch + "; " + e.Text})
	} else {
		if stop.Effect == wire.Halts {
			h.clearBefore(c)
		}
		h.publish(c, stop)
		h.session.Flush(false) // before all that it overtook is refused
		h.stepWhereDue()
		if stop.ClearQueue {
			h.tellCleared(c)
		}
	}
	h.refuse(c, overtaken, nil)
}

// refuse answers with an error what of a client's backlog matches, nil for all.
func (h *Hub) refuse(c *Client, e *wire.Error, matches func(wire.Message) bool) {
	backlog := c.backlog
	c.backlog = nil
	for _, cmd := range backlog {
		if matches == nil || matches(cmd.Message) {
			h.drop(c, cmd, e)
			continue
		}
		c.backlog = append(c.backlog, cmd)
	}
	if len(c.backlog) == 0 {
		c.heldSince = time.Time{}
	}
	signal(c.room)
}

// pump publishes from a client's backlog what may go now, and refuses what
// may not go at all.
func (h *Hub) pump(c *Client) {
	if len(c.backlog) == 0 {
		return
	}
	defer h.stepWhereDue()
	// Once full, the window is refilled when half of it has been acknowledged:
	// a burst goes out in one write, where a message for each acknowledgement
	// would take one each.
	c.throttled = c.throttled && c.inflight > maxInflight/2
	for len(c.backlog) > 0 {
		next := c.backlog[0]
		wait, e := h.gate(c, next)
		if e == nil && !wait && !c.hasRoomFor(next) {
			c.throttled = true
		}
		if e == nil && (wait || c.throttled) {
			h.hold(c, wait)
			return
		}
		c.backlog[0] = command{} // let go of its memory
		c.backlog = c.backlog[1:]
		if e != nil {
			h.drop(c, next, e)
		} else {
			h.publish(c, next)
		}
	}
	c.backlog, c.heldSince = nil, time.Time{}
	signal(c.room)
}

func (c *Client) hasRoomFor(cmd command) bool {
	return c.inflight == 0 || c.inflight < maxInflight && c.inflightBytes+cmd.cost <= maxInflightBytes
}

// gate says whether a command may be published now, is to wait until it is
// known whether it may (see held.go), or may not.
func (h *Hub) gate(c *Client, cmd command) (wait bool, e *wire.Error) {
	if h.ending != "" && !cmd.Urgent() {
		return false, &wire.Error{Code: wire.RouterDown, Text: h.ending + "; not sent, connect again and send it once the handshake has come"}
	}
	if h.session == nil {
		return false, &wire.Error{Code: wire.RouterDown, Text: h.noSession() + "; not sent, send it again once the handshake has come"}
	}
	if wait, e = h.gateRouter(cmd); wait || e != nil {
		return wait, e
	}
	return c.side.Gate(cmd.Message)
}

// noSession says that there is no session with the router, and why.
func (h *Hub) noSession() string {
	if h.router.State == state.RouterNotSet {
		return health.NoRobotIsSet(h.cfg.Place)
	}
	text := "the relay has no session with the router at " + h.router.URL
	if h.router.Error != "" {
		text += ": " + h.router.Error
	}
	return h.cfg.Place.InWords(text)
}

func (h *Hub) publish(c *Client, cmd command) {
	now := time.Now()
	payload := h.backend.Payload(c.ID, cmd.Message, now)
	h.backend.Published(c.ID, c.ID, cmd.Message, true, now)
	cmd.Data, cmd.Type = nil, "" // the payload has them
	cmd.signs = h.signs
	h.acks.published()
	c.inflight++
	c.inflightBytes += cmd.cost
	if cmd.Urgent() {
		c.stops++
	}
	if cmd.Command {
		c.moved, c.queued = true, true
		h.commands(c, now)
	}
	h.unproven = h.unproven || h.leavesStale(cmd)
	h.Tap.Offer(tap.In, c.ID, c.remote, cmd.Topic, payload)
	ctx := c.batch
	if cmd.Urgent() {
		ctx = context.Background() // to be sent whatever becomes of its sender
	}
	cmd.batch = ctx
	err := h.send(ctx, cmd.Topic, payload, cmd.Urgent(), func(err error) { h.settled(c, cmd, err) })
	if err != nil {
		h.outcome(c, cmd, err)
		return
	}
	if h.log.Enabled(context.Background(), slog.LevelDebug) {
		h.log.Debug("published", "client", c.ID, "topic", cmd.Topic, "payload", string(payload))
	}
}

// settled hears what became of a publish, and makes room for the next.
func (h *Hub) settled(c *Client, cmd command, err error) {
	take := h.turns.TakeForReader
	if errors.Is(err, session.ErrWithdrawn) {
		take = h.turns.Take // told by a writer
	}
	defer take().End()
	h.outcome(c, cmd, err)
	if h.byConn[c.conn] != c {
		return // it has left
	}
	// Where the session has ended, Lost refuses the rest, after all that was
	// sent before it has been answered.
	if !errors.Is(err, session.ErrNotSent) && !errors.Is(err, session.ErrOutcomeUnknown) {
		h.pump(c)
	}
	signal(c.room)
}

func (h *Hub) outcome(c *Client, cmd command, err error) {
	c.inflight--
	c.inflightBytes -= cmd.cost
	if cmd.Urgent() {
		c.stops--
	}
	c.held.Release(cmd.cost)
	h.routerSettled(err)
	h.settledHalt(cmd, err)
	switch {
	case err == nil:
		h.acknowledged(c, cmd)
	case errors.Is(err, session.ErrWithdrawn):
		reason := overtaken
		if c.finished {
			reason = tooLate
		}
		if e := new(wire.Error); errors.As(context.Cause(cmd.batch), &e) {
			reason = e
		}
		h.tellError(c, reason, cmd.received)
	case errors.Is(err, session.ErrNotSent):
		h.tellError(c, &wire.Error{Code: wire.RouterDown, Text: unsure(cmd) + "the session with the router ended before this was sent; not sent, send it again once the handshake has come"}, cmd.received)
	case errors.Is(err, session.ErrOutcomeUnknown):
		h.stale = h.stale || h.leavesStale(cmd)
		h.tellError(c, &wire.Error{Code: wire.OutcomeUnknown, Text: unsure(cmd) + "the session with the router ended before it acknowledged this; the robot may or may not have got it, so look before you send it again"}, cmd.received)
	default:
		h.tellError(c, &wire.Error{Code: wire.Refused, Text: err.Error()}, cmd.received)
	}
}

// unsure begins the error about a stop of which it is not known that it was taken.
func unsure(cmd command) string {
	if cmd.Urgent() {
		return "the stop may not have reached the robot: " + ownSwitch + "; "
	}
	return ""
}
