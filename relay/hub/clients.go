package hub

import (
	"context"
	"errors"
	"time"

	"rawtcpcom/relay/budget"
	"rawtcpcom/relay/ending"
	"rawtcpcom/relay/lease"
	"rawtcpcom/relay/tap"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/relay/wire"
)

// A client that has closed its side may only have closed that side: it is
// given time for its last commands to be acknowledged, then for the answers
// to come back. Its id goes to a newcomer that finds no other.
const (
	drainTime  = time.Second
	lingerTime = 250 * time.Millisecond
	// A client that connects again at once may be there before the end of its
	// old connection is noticed: it is not turned away until that had time.
	arrivalGrace = 500 * time.Millisecond
)

// Client is one connection with its id.
type Client struct {
	ID    string
	Since time.Time

	side   Side // the backend's
	conn   *tcp.Conn
	remote string // host:port

	held          *budget.Account // what all of these cost
	backlog       []command       // not published yet
	heldSince     time.Time       // since when it waits for a service; zero if it does not
	inflight      int             // published, not acknowledged
	inflightBytes int
	stops         int // of those in flight
	unheard       unheard
	waiting       waiting // for its handshake
	// batch is the context of its publishes, withdrawn by a stop.
	batch    context.Context
	withdraw context.CancelFunc
	// withdrawFor is the same for a reason that its client is to be told.
	withdrawFor context.CancelCauseFunc
	throttled   bool          // its window was full and is not half empty yet
	unflushed   bool          // lines were queued since the last flush
	room        chan struct{} // signalled when the backlog shrinks
	moved       bool          // a command to the robot was published for it
	queued      bool          // likewise, since it was last told that the robot drops what it has queued
	finished    bool          // it will send no more
	evicted     chan struct{} // closed when a newcomer takes its place

	received, sent, errors uint64
	lastError              string
	errorLogged            time.Time

	commanded  time.Time // when the last command to the robot was published for it
	toldBeside bool      // that another commands the robot too
	haltTold   time.Time // when it was last told of another's halt
}

// renewBatch begins a new batch of publishes.
func (c *Client) renewBatch() {
	c.batch, c.withdrawFor = context.WithCancelCause(context.Background())
	c.withdraw = func() { c.withdrawFor(nil) }
}

// Arrived leases an id to a connection and tells it (relay/wire/README.md,
// "From connect to command", step 2).
func (h *Hub) Arrived(ctx context.Context, conn *tcp.Conn) *tcp.Denial {
	id, err := h.lease(ctx, conn)
	if err != nil {
		return h.noID(ctx, err)
	}
	now := time.Now()
	c := &Client{
		conn: conn, ID: id, remote: conn.Remote(), Since: now,
		held:    h.memory.Open(),
		room:    make(chan struct{}, 1),
		evicted: make(chan struct{}),
	}
	c.renewBatch()
	defer h.turns.Take().End()
	h.clients[id], h.byConn[conn] = c, c
	h.tell(c, wire.AppendNotice(nil, now, id, wire.StartUp))
	c.side = h.backend.Arrived(c)
	h.follow()
	h.log.Info("client connected", "client", id, "remote", conn.Remote())
	signal(h.dirty)
	signal(h.wake)
	return nil
}

// lease finds an id for a newcomer: a free one, or that of a client that has
// closed its side. Who has come to stop the robot is not kept waiting for one.
func (h *Hub) lease(ctx context.Context, conn *tcp.Conn) (id string, err error) {
	grace := time.NewTimer(arrivalGrace)
	defer grace.Stop()
	for {
		ended := h.ended.Next()
		id, err = h.pool.Lease()
		if err == nil {
			return id, nil
		}
		if h.evict() {
			continue
		}
		select {
		case <-ended:
		case <-grace.C:
			return "", err
		case <-conn.StopIsThere():
			return "", err
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// noID says why a newcomer gets none.
func (h *Hub) noID(ctx context.Context, err error) *tcp.Denial {
	if errors.Is(err, lease.ErrExhausted) {
		return tcp.Deny(tcp.TooMany, "all %d client ids are in use; end a program that is no longer needed, or close it on the status page, then connect again", len(h.pool.IDs()))
	}
	return tcp.Deny(tcp.Stopping, "%s", ending.Why(ctx))
}

// evict frees the id of a client that has closed its own side and has been
// answered all that it sent, the one longest connected. It returns false where
// there is none.
func (h *Hub) evict() bool {
	defer h.turns.Take().End()
	var oldest *Client
	for _, c := range h.clients {
		if c.finished && c.answered() && (oldest == nil || c.Since.Before(oldest.Since)) {
			oldest = c
		}
	}
	if oldest != nil {
		h.forget(oldest, tcp.Left, nil)
		close(oldest.evicted)
	}
	return oldest != nil
}

// Finished waits for the last commands of a client that has closed its side,
// and for their answers.
func (h *Hub) Finished(conn *tcp.Conn) {
	c := h.finished(conn)
	if c == nil {
		return
	}
	h.flush(true)
	deadline := time.NewTimer(drainTime)
	defer deadline.Stop()
	for !h.drained(c) {
		select {
		case <-c.room:
		case <-deadline.C:
			h.giveUp(c)
		case <-c.evicted:
			return
		case <-conn.Done():
			return
		}
	}
	linger := time.NewTimer(lingerTime)
	defer linger.Stop()
	select {
	case <-linger.C:
	case <-c.evicted:
	case <-conn.Done():
	}
}

// finished notes that a client will send no more; nil where there is none.
func (h *Hub) finished(conn *tcp.Conn) *Client {
	defer h.turns.TakeForReader().End()
	c := h.byConn[conn]
	if c != nil {
		c.finished = true
		h.ended.Notify()
	}
	return c
}

// giveUp refuses what a client that has closed its side still waits to have
// sent. What has been sent is acknowledged soon, or its outcome is unknown when
// the session ends.
func (h *Hub) giveUp(c *Client) {
	defer h.turns.Take().End()
	h.refuse(c, tooLate, nil)
	c.withdraw()
}

var tooLate = &wire.Error{Code: wire.Refused, Text: "not sent: its sender closed its side before it could be; keep the connection open until the handshake has come"}

func (h *Hub) drained(c *Client) bool {
	defer h.turns.Take().End()
	return c.answered()
}

// answered reports whether it is known of all that a client sent what became
// of it.
func (c *Client) answered() bool { return len(c.backlog) == 0 && c.inflight == 0 }

// Closing tells a client why its connection is closed. What it still waits to
// have sent is refused.
func (h *Hub) Closing(conn *tcp.Conn, why string) {
	defer h.turns.Take().End()
	if c := h.byConn[conn]; c != nil {
		h.closing(c, why)
	}
}

func (h *Hub) closing(c *Client, why string) {
	h.refuse(c, &wire.Error{Code: wire.Refused, Text: "not sent: the connection is closed: " + why}, nil)
	h.tell(c, wire.AppendNotice(nil, time.Now(), c.ID, wire.FailedBecause(why)))
}

// Left takes the id of a connection that has ended back.
func (h *Hub) Left(conn *tcp.Conn) {
	reason, cause := conn.Ended()
	defer h.turns.Take().End()
	c := h.byConn[conn]
	if c == nil {
		return // forgotten already
	}
	h.forget(c, reason, cause)
}

// forget frees a client's id. What has not been sent yet is dropped with it:
// nobody is there to be told, and to move the robot for a client that has
// vanished is the worst that could be done with it.
func (h *Hub) forget(c *Client, reason tcp.Reason, cause error) {
	attrs := []any{"client", c.ID, "remote", c.remote, "reason", string(reason), "received", c.received, "sent", c.sent}
	if cause != nil {
		attrs = append(attrs, "error", cause)
	}
	h.log.Info("client disconnected", attrs...)
	h.Metrics.Closed.WithLabelValues(string(reason)).Inc()
	delete(h.clients, c.ID)
	delete(h.byConn, c.conn)
	h.abandon(c)
	c.withdraw()
	h.handOver(c)
	h.besideLeft(c)
	h.stopFor(c)
	c.side.Left() // first, as its id may have to rest
	h.follow()
	h.pool.Release(c.ID)
	h.ended.Notify()
	signal(h.dirty)
	signal(h.wake)
}

// CloseClient closes the connection of a client id; false where there is none.
func (h *Hub) CloseClient(id string) bool {
	defer h.turns.Take().End()
	c := h.clients[id]
	if c == nil {
		return false
	}
	h.closing(c, "somebody closed this connection on the status page")
	c.conn.Close(tcp.ClosedByPerson, nil)
	return true
}

// tell queues one line for a client.
func (h *Hub) tell(c *Client, line []byte) {
	if c.conn.Send(line) {
		if !c.unflushed {
			c.unflushed = true
			h.unflushed = append(h.unflushed, c)
		}
		h.turns.Queued()
		c.sent++
		h.Metrics.Sent.Inc()
		h.Tap.Offer(tap.Out, c.ID, c.remote, "", line)
	}
	signal(h.dirty)
}

// tellError queues an error line for a client.
func (h *Hub) tellError(c *Client, e *wire.Error, received []byte) {
	c.errors++
	c.lastError = e.Error()
	h.Metrics.Errors.WithLabelValues(string(e.Code)).Inc()
	// A client that sends nothing but rubbish must not flood the log with it.
	if now := time.Now(); now.Sub(c.errorLogged) >= time.Second {
		c.errorLogged = now
		h.log.Info("client told of an error", "client", c.ID, "code", string(e.Code), "error", e.Text, "errors", c.errors)
	}
	h.tell(c, wire.AppendError(nil, time.Now(), c.ID, e, received))
}
