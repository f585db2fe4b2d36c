// Package tcp serves the clients' side: it accepts connections, hands their
// frames on and writes lines to them. It knows nothing of what is in them, but
// for what no lab program sends (package stranger).
//
// Whoever does not become a client, or is found to be none, goes through one
// door (Door): too many, not allowed, without an id, or a browser.
//
// A connection has two goroutines. The reader hands on one frame at a time,
// so a receiver that takes its time stops the reading and TCP itself slows the
// client down. The writer works off a bounded queue; a client that lets it
// fill up is closed, since to drop a single line would stall its run, and to
// wait for it would stall everybody else's.
package tcp

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"rawtcpcom/relay/budget"
	"rawtcpcom/relay/socket"
)

// Limits of a connection.
const (
	WriteTimeout = 10 * time.Second // for a client to take some bytes
	flushTimeout = time.Second      // for the last lines before a close
	// MaxQueued bounds the lines that wait for a client, in bytes; the one that
	// crosses it is still taken. The clients' own buffers are of 400,000 bytes
	// (relay/wire/README.md).
	MaxQueued = 2 << 20
	writeSize = 64 << 10 // bytes handed to one write
)

// newLines is what may wait for all clients. Where that is used up, the first
// to be closed is one that has more waiting than a client needs.
func newLines() *budget.Budget {
	return &budget.Budget{Each: MaxQueued, All: 8 << 20, Least: 16 << 10}
}

// A Reason says why a connection ended. The set is closed: it is logged,
// counted and shown.
type Reason string

const (
	Left           Reason = "left"             // the client closed it
	Lost           Reason = "lost"             // the connection broke, or the peer is dead
	Slow           Reason = "slow"             // the client does not take what it is sent
	Idle           Reason = "idle"             // over the idle timeout
	Unhandshaken   Reason = "unhandshaken"     // over the handshake timeout
	TooMany        Reason = "too_many"         // no client id, or no connection, to spare
	NotAllowed     Reason = "not_allowed"      // outside the allowed networks
	NotOurProtocol Reason = "not_our_protocol" // HTTP, TLS or something else that no lab program sends, see package stranger
	ClosedByPerson Reason = "closed_by_person"
	Stopping       Reason = "stopping" // the relay ends, or starts anew
	Panicked       Reason = "panicked" // an internal error, confined to this client
)

// Conn is one client's connection. Its methods are safe for concurrent use.
type Conn struct {
	conn       net.Conn
	raw        syscall.RawConn // nil where the connection has none
	terminator string
	done       chan struct{} // closed when the connection has ended
	readDone   chan struct{} // closed when the reader has ended
	wake       chan struct{}
	early      *early

	mu      sync.Mutex
	queue   []byte // lines with their terminators
	taken   int    // bytes that the writer has taken out of it and not written yet
	lines   *budget.Account
	charged int  // of both, to lines
	ending  bool // no further lines; the writer flushes and closes
	reason  Reason
	cause   error
}

func newConn(c net.Conn, terminator string, lines *budget.Budget) *Conn {
	var raw syscall.RawConn
	if s, ok := c.(syscall.Conn); ok {
		raw, _ = s.SyscallConn() // without it, the writer does everything
	}
	return &Conn{
		conn: c, raw: raw, terminator: terminator, lines: lines.Open(),
		done: make(chan struct{}), readDone: make(chan struct{}), wake: make(chan struct{}, 1),
	}
}

// Remote is the client's address, host:port.
func (c *Conn) Remote() string { return c.conn.RemoteAddr().String() }

// Done is closed when the connection has ended.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Ended says why the connection is ending or has ended, with the error behind
// it if there is one; the reason is empty while it lives.
func (c *Conn) Ended() (Reason, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason, c.cause
}

// Send queues a line, to which the terminator is added, and never blocks. It
// is written with the next Flush. Send returns false where the connection is
// ending, or ends now because the client is too slow; the line is lost then,
// together with the connection.
func (c *Conn) Send(line []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ending {
		return false
	}
	if past, _ := c.lines.Past(); past {
		c.abort(Slow, fmt.Errorf("%d bytes wait for the client to take them, and there is no room for more", c.charged))
		return false
	}
	c.queue = append(append(c.queue, line...), c.terminator...)
	c.charge()
	return true
}

// sendRaw queues bytes as they are.
func (c *Conn) sendRaw(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ending {
		c.queue = append(c.queue, b...)
		c.charge()
	}
}

// charge brings the account up to what waits. The caller holds mu, and calls it
// whenever queue or taken has changed.
func (c *Conn) charge() {
	// One line that is longer than the bound must not use up what all have.
	waiting := min(c.taken+len(c.queue), MaxQueued+1)
	if waiting != c.charged {
		c.lines.Charge(waiting - c.charged)
		c.charged = waiting
	}
}

// letGo gives back what waited when the writer ended, however it ended.
func (c *Conn) letGo() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ending, c.queue, c.taken = true, nil, 0
	c.charge()
}

// Flush writes what is queued and never blocks: what the kernel takes at once
// is written here, and the writer sees to the rest.
func (c *Conn) Flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.taken == 0 && !c.ending && len(c.queue) > 0 {
		n := socket.WriteNow(c.raw, c.queue)
		c.queue = c.queue[:copy(c.queue, c.queue[n:])]
		c.charge()
	}
	if len(c.queue) > 0 {
		c.signal()
	}
	c.queue = trim(c.queue)
}

// trim gives back the memory of a large line, so that it is not kept for ever.
func trim(b []byte) []byte {
	if len(b) == 0 && cap(b) > 4*writeSize {
		return nil
	}
	return b
}

// Close ends the connection for a reason, after the lines queued so far have
// been taken or flushTimeout has passed. It does not wait. The first reason stays.
func (c *Conn) Close(reason Reason, cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ending {
		return
	}
	c.ending, c.reason, c.cause = true, reason, cause
	// A write that is already blocked gets no longer than the flush.
	_ = c.conn.SetDeadline(time.Now().Add(flushTimeout))
	c.signal()
}

// abort ends the connection with what is queued thrown away. The caller holds mu.
func (c *Conn) abort(reason Reason, cause error) {
	if !c.ending {
		c.ending, c.reason, c.cause = true, reason, cause
	}
	c.queue = nil
	c.charge()
	_ = c.conn.Close()
	c.signal()
}

func (c *Conn) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// write works off what Flush left, until the connection ends.
func (c *Conn) write() {
	var batch []byte
	for {
		var ending bool
		batch, ending = c.take(batch)
		if len(batch) == 0 && ending {
			c.finish()
			return
		}
		if len(batch) == 0 {
			<-c.wake
			continue
		}
		err := c.writeAll(batch, ending)
		c.mu.Lock()
		c.taken = 0
		c.charge()
		if err != nil {
			c.abort(reasonOf(err), fmt.Errorf("writing to the client: %w", err))
		} else if !c.ending {
			_ = c.conn.SetWriteDeadline(time.Time{}) // Flush would trip over one that has passed
		}
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// finish closes this side first and lets the reader swallow what the client
// has still under way: closing with bytes unread would reset the connection and
// take the last lines with it.
func (c *Conn) finish() {
	if half, ok := c.conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		// The deadline that Close has set ends a read, but not a receiver that
		// makes the reader wait.
		select {
		case <-c.readDone:
		case <-time.After(flushTimeout):
		}
	}
}

// take swaps the queue for the batch that was written last.
func (c *Conn) take(written []byte) (batch []byte, ending bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	batch, c.queue = c.queue, trim(written[:0])
	c.taken = len(batch)
	return batch, c.ending
}

// writeAll gives the client WriteTimeout for each piece, so that it is closed
// for standing still and not for a slow line.
func (c *Conn) writeAll(b []byte, ending bool) error {
	for len(b) > 0 {
		if !ending {
			c.mu.Lock()
			if ending = c.ending; !ending {
				_ = c.conn.SetWriteDeadline(time.Now().Add(WriteTimeout))
			}
			c.mu.Unlock()
		}
		n, err := c.conn.Write(b[:min(len(b), writeSize)])
		if err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

func reasonOf(err error) Reason {
	// Not net.Error's Timeout, which is true of a dead peer as well: ETIMEDOUT.
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return Slow
	}
	return Lost
}
