// Package tcp serves the clients' side: it accepts connections, hands their
// frames on and writes lines to them. It knows nothing of what is in them.
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
	"sync"
	"time"
)

// Limits of a connection.
const (
	WriteTimeout = 10 * time.Second // for a client to take some bytes
	flushTimeout = time.Second      // for the last lines before a close
	// MaxQueued bounds the lines that wait for a client, in bytes; the one
	// that crosses it is still taken.
	MaxQueued = 4 << 20
	writeSize = 64 << 10 // bytes handed to one write
)

// A Reason says why a connection ended. The set is closed: it is logged,
// counted and shown.
type Reason string

const (
	Left           Reason = "left"         // the client closed it
	Lost           Reason = "lost"         // the connection broke, or the peer is dead
	Slow           Reason = "slow"         // the client does not take what it is sent
	Idle           Reason = "idle"         // over the idle timeout
	Unhandshaken   Reason = "unhandshaken" // over the handshake timeout
	TooMany        Reason = "too_many"     // no client id, or no connection, to spare
	NotAllowed     Reason = "not_allowed"  // outside the allowed networks
	ClosedByPerson Reason = "closed_by_person"
	Stopping       Reason = "stopping" // the relay is shutting down
	Panicked       Reason = "panicked" // an internal error, confined to this client
)

// Conn is one client's connection. Its methods are safe for concurrent use.
type Conn struct {
	conn       net.Conn
	terminator string
	done       chan struct{} // closed when the connection has ended
	readDone   chan struct{} // closed when the reader has ended
	wake       chan struct{}

	mu     sync.Mutex
	queue  [][]byte
	queued int  // bytes in queue and in the write under way
	ending bool // no further lines; the writer flushes and closes
	reason Reason
	cause  error
}

func newConn(c net.Conn, terminator string) *Conn {
	return &Conn{
		conn: c, terminator: terminator,
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
// returns false where the connection is ending, or ends now because the
// client is too slow; the line is lost then, together with the connection.
func (c *Conn) Send(line []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ending {
		return false
	}
	size := len(line) + len(c.terminator)
	if c.queued > MaxQueued {
		c.abort(Slow, fmt.Errorf("more than %d bytes wait for the client to take them", MaxQueued))
		return false
	}
	c.queue = append(c.queue, line)
	c.queued += size
	c.signal()
	return true
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
	_ = c.conn.Close()
	c.signal()
}

func (c *Conn) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// write works off the queue until the connection ends.
func (c *Conn) write() {
	var buf []byte
	for {
		lines, ending := c.take()
		if len(lines) == 0 && ending {
			c.finish()
			return
		}
		if len(lines) == 0 {
			<-c.wake
			continue
		}
		buf = buf[:0]
		for _, line := range lines {
			buf = append(append(buf, line...), c.terminator...)
		}
		if err := c.writeAll(buf, ending); err != nil {
			c.mu.Lock()
			c.abort(reasonOf(err), fmt.Errorf("writing to the client: %w", err))
			c.mu.Unlock()
			return
		}
		c.mu.Lock()
		c.queued -= len(buf)
		c.mu.Unlock()
		if cap(buf) > 16*writeSize {
			buf = nil // one large line must not cost its memory for ever
		}
	}
}

// finish closes this side first and lets the reader swallow what the client
// has still under way: closing with bytes unread would reset the connection and
// take the last lines with it.
func (c *Conn) finish() {
	if half, ok := c.conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		<-c.readDone // no later than the deadline that Close has set
	}
}

// take takes the queued lines, some writeSize bytes of them at a time.
func (c *Conn) take() (lines [][]byte, ending bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, size := 0, 0
	for n < len(c.queue) && size < writeSize {
		size += len(c.queue[n])
		n++
	}
	lines = c.queue[:n:n]
	if c.queue = c.queue[n:]; len(c.queue) == 0 {
		c.queue = nil
	}
	return lines, c.ending
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
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return Slow
	}
	return Lost
}
