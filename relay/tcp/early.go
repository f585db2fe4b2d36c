package tcp

import (
	"bytes"
	"sync"
	"time"

	"rawtcpcom/relay/frame"
	"rawtcpcom/relay/panics"
	"rawtcpcom/relay/stranger"
)

// Whoever is to be admitted may have to wait for a moment, where no id is free and one
// may become so. Somebody who has come to stop the robot must not: he is read
// meanwhile, and turned away at once, so that his stop is heard (lastword.go).

// early reads a connection while it waits to be admitted, once it is asked to.
type early struct {
	conn *Conn
	gate *stranger.Gate
	door *Door

	asked   bool
	stop    chan struct{} // closed when a stop is there
	reading sync.WaitGroup
}

func newEarly(c *Conn, gate *stranger.Gate, door *Door) *early {
	return &early{conn: c, gate: gate, door: door, stop: make(chan struct{})}
}

// StopIsThere is closed once the first message of a connection that is not admitted yet is
// here and stops the robot. It is for Handler.Arrived, while that runs.
func (c *Conn) StopIsThere() <-chan struct{} {
	e := c.early
	if !e.asked && e.door.LastWord != nil && e.door.Stops != nil {
		e.asked = true
		e.reading.Go(func() {
			_ = panics.Confine(e.door.Log, "reading who waits to be admitted", func() error { // logged there
				e.read()
				return nil
			})
		})
	}
	return e.stop
}

// read reads until the first message is there, or end is called.
func (e *early) read() {
	for {
		r := frame.NewReader(bytes.NewReader(e.gate.Held()), frame.NewBuffers(1, maxLastWord), e.conn.done)
		f, err := r.Next()
		is := err == nil && e.door.Stops(f)
		r.Close()
		switch {
		case is:
			close(e.stop)
			return
		case err == nil, len(e.gate.Held()) > maxLastWord, !e.gate.More():
			return
		}
	}
}

// end ends the reading; what was read is the gate's still.
func (e *early) end() {
	if !e.asked {
		return
	}
	e.conn.mu.Lock()
	if !e.conn.ending {
		_ = e.conn.conn.SetReadDeadline(time.Now())
	}
	e.conn.mu.Unlock()
	e.reading.Wait()
	e.conn.mu.Lock()
	if !e.conn.ending {
		_ = e.conn.conn.SetReadDeadline(time.Time{})
	}
	e.conn.mu.Unlock()
}
