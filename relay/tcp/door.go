package tcp

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"rawtcpcom/relay/metrics"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/stranger"
	"rawtcpcom/relay/wire"
)

// Denial is why somebody is turned away, and what they are told.
type Denial struct {
	Reason Reason
	Text   string // what to do, for who opened the connection
	answer answer
}

type answer int

const (
	inLines answer = iota // as a client is told: a notice and an error
	inHTTP                // to a browser
	silence               // to who is not to know what is here
)

// Deny is a denial that is told as clients are told.
func Deny(reason Reason, format string, args ...any) *Denial {
	return &Denial{Reason: reason, Text: fmt.Sprintf(format, args...)}
}

func (d *Denial) Error() string { return d.Text }

// code is that of the error line.
func (d *Denial) code() wire.Code {
	if d.Reason == NotOurProtocol {
		return wire.Refused
	}
	return wire.Busy
}

// say is the whole of the answer.
func (d *Denial) say(terminator string) []byte {
	switch d.answer {
	case silence:
		return nil
	case inHTTP:
		return fmt.Appendf(nil, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"+
			"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n%s\n", len(d.Text)+1, d.Text)
	}
	now := time.Now()
	line := append(wire.AppendNotice(nil, now, "", wire.FailedBecause(d.Text)), terminator...)
	return append(wire.AppendError(line, now, "", &wire.Error{Code: d.code(), Text: d.Text}, nil), terminator...)
}

const (
	// Lingering bounds those turned away whose connections are not closed yet, and
	// LingeringEach those of one address: whoever connects in a loop must not keep out
	// another who has come to stop the robot.
	Lingering     = 32
	LingeringEach = 8
	// Of the denials for one reason, logBurst are logged each logWindow.
	logBurst  = 5
	logWindow = time.Minute
)

// Door is where everybody is turned away who does not become a client, or is
// found to be none: it answers, counts, logs and remembers, the same for each
// reason. The zero value works, without metrics.
type Door struct {
	Log     *slog.Logger
	Metrics *metrics.Metrics // nil: not counted
	Changed func()           // called after each; may be nil
	// LastWord takes a message of who is turned away for want of room, and returns
	// the line to answer with and whether a further one is to be heard; nil: none
	// is heard.
	LastWord func(remote string, frame []byte) (line []byte, more bool)
	// Stops reports whether a message is one for which LastWord stops the robot; nil: none is.
	Stops func(frame []byte) bool

	mu     sync.Mutex
	turned state.TurnedAway
	logged map[Reason]*logged
	leaves int // connections that linger
	each   map[netip.Addr]int
}

// logged is how much was logged for one reason of late.
type logged struct {
	since         time.Time
	lines, missed int
}

// TurnedAway is who was, so far.
func (d *Door) TurnedAway() state.TurnedAway {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.turned
}

// turnAway answers and closes a connection.
func (d *Door) turnAway(ctx context.Context, conn net.Conn, gate *stranger.Gate, why *Denial, terminator string) {
	defer conn.Close()
	d.note(conn.RemoteAddr().String(), why)
	d.count(why)
	host := hostOf(conn)
	if !d.mayLinger(host) {
		if t, ok := conn.(*net.TCPConn); ok {
			_ = t.SetLinger(0) // nothing of it is left in the kernel either
		}
		return
	}
	defer d.lingered(host)
	_ = conn.SetDeadline(time.Now().Add(flushTimeout))
	if text := why.say(terminator); len(text) > 0 {
		_, _ = conn.Write(text) // the other side may be gone already
		d.hear(ctx, conn, gate, why, func(line []byte) {
			_ = conn.SetWriteDeadline(time.Now().Add(flushTimeout))
			_, _ = conn.Write(append(line, terminator...))
		})
		_ = conn.SetDeadline(time.Now().Add(flushTimeout))
		// Closed with bytes unread, the connection would be reset and the answer lost.
		if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
			discard(conn)
		}
	}
}

// refuse is turnAway for a connection with a writer.
func (d *Door) refuse(ctx context.Context, c *Conn, gate *stranger.Gate, why *Denial) {
	d.note(c.Remote(), why)
	d.count(why)
	c.sendRaw(why.say(c.terminator))
	c.Flush()
	d.hear(ctx, c.conn, gate, why, func(line []byte) {
		c.Send(line)
		c.Flush()
	})
	c.Close(why.Reason, why)
}

// mayLinger takes one of the places for connections that are not closed yet.
func (d *Door) mayLinger(host netip.Addr) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.leaves >= Lingering || d.each[host] >= LingeringEach {
		return false
	}
	if d.each == nil {
		d.each = map[netip.Addr]int{}
	}
	d.each[host]++
	d.leaves++
	return true
}

func (d *Door) lingered(host netip.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.leaves--
	if d.each[host]--; d.each[host] == 0 {
		delete(d.each, host)
	}
}

// count counts a connection that ends here. One that was a client's is counted
// by who took leave of it.
func (d *Door) count(why *Denial) {
	if d.Metrics == nil {
		return
	}
	d.Metrics.Closed.WithLabelValues(string(why.Reason)).Inc()
	if why.answer == inLines {
		d.Metrics.Errors.WithLabelValues(string(why.code())).Inc()
	}
}

// note remembers and logs.
func (d *Door) note(remote string, why *Denial) {
	now := time.Now()
	d.mu.Lock()
	d.turned.Count++
	if why.Reason == TooMany || d.turned.Reason != string(TooMany) || now.Sub(d.turned.Last) >= time.Minute {
		// A port scan must not hide a lab program that found no room.
		d.turned = state.TurnedAway{Count: d.turned.Count, Last: now, Remote: remote, Reason: string(why.Reason), Text: why.Text}
	}
	missed, log := d.mayLog(why.Reason, now)
	d.mu.Unlock()
	if log {
		attrs := []any{"remote", remote, "reason", string(why.Reason), "error", why.Text}
		if missed > 0 {
			attrs = append(attrs, "not_logged_before", missed)
		}
		d.Log.Warn("client turned away", attrs...)
	}
	if d.Changed != nil {
		d.Changed()
	}
}

// mayLog keeps whoever scans the port from flooding the log. It returns how
// many were not logged since the last that was. The caller holds mu.
func (d *Door) mayLog(reason Reason, now time.Time) (missed int, ok bool) {
	if d.logged == nil {
		d.logged = map[Reason]*logged{}
	}
	l := d.logged[reason]
	if l == nil {
		l = &logged{since: now}
		d.logged[reason] = l
	}
	if now.Sub(l.since) >= logWindow {
		l.since, l.lines = now, 0
	}
	if l.lines >= logBurst {
		l.missed++
		return 0, false
	}
	l.lines++
	missed, l.missed = l.missed, 0
	return missed, true
}
