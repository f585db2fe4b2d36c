// Package console is a test client that a person drives from the page.
//
// It is an ordinary TCP client of the relay, with no way of its own to the
// robot: what works here works for a lab's program. It holds one of the few
// client ids of the driver only while it is used: it connects for the first
// message and leaves after a time without one.
package console

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

const (
	// Idle is for how long the console stays connected without a message.
	Idle = 30 * time.Second
	// MaxMessage is the longest message taken from the page, in bytes.
	MaxMessage = 64 << 10

	handshakeTime = 5 * time.Second
	writeTime     = 5 * time.Second
	busyTime      = time.Second
	keptLines     = 100
	maxLine       = 1 << 20 // bytes of a reply that are read
	shownLine     = 2048    // bytes of it that are kept
)

// Line is one line of the console.
type Line struct {
	N    uint64    `json:"n"`
	Time time.Time `json:"time"`
	Kind string    `json:"kind"` // sent, received, note
	Text string    `json:"text"`
}

// Console is the client. Run must run for Send to work.
type Console struct {
	address  string
	idle     time.Duration
	requests chan request

	mu    sync.Mutex
	last  uint64
	lines []Line
}

type request struct {
	ctx      context.Context // of the person who waits: nothing is sent when they left
	messages []string
	done     chan error
}

// New makes a console for the relay's TCP address, such as 127.0.0.1:7887.
func New(address string) *Console {
	return &Console{address: address, idle: Idle, requests: make(chan request)}
}

// Send sends the messages one after the other; they are on their way to the
// relay when it returns nil, and what comes back appears in Lines. It never
// leaves a message behind to be sent later.
func (c *Console) Send(ctx context.Context, messages ...string) error {
	for _, m := range messages {
		if len(m) > MaxMessage {
			return fmt.Errorf("the message has %d bytes; the console takes %d", len(m), MaxMessage)
		}
		if strings.TrimSpace(m) == "" {
			return errors.New("there is nothing to send: the message is empty")
		}
		if strings.ContainsAny(m, "\r\n") {
			return errors.New("the message has a line break, which would end it: write it in one line")
		}
	}
	r := request{ctx, messages, make(chan error, 1)}
	busy := time.NewTimer(busyTime)
	defer busy.Stop()
	select {
	case c.requests <- r:
	case <-busy.C:
		return errors.New("the console is busy with the message before; nothing was sent")
	case <-ctx.Done():
		return fmt.Errorf("sending from the console: %w; nothing was sent", ctx.Err())
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("sending from the console: %w; it may have been sent", ctx.Err())
	}
}

// Run serves Send until ctx ends.
func (c *Console) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-c.requests:
			c.connected(ctx, r)
		}
	}
}

// connected lives as long as one connection: from the first request to the
// idle time after the last one, or until the relay ends it.
func (c *Console) connected(ctx context.Context, first request) {
	conn, err := (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "tcp", c.address)
	if err != nil {
		first.done <- fmt.Errorf("connecting the console to the relay at %s: %w; is the relay running?", c.address, err)
		return
	}
	link := newLink(conn)
	defer link.close()
	c.note("connected to the relay; the console counts as one client until it is left alone for " + c.idle.String())

	if err := c.handshake(ctx, link); err != nil {
		c.note("disconnected: " + err.Error())
		first.done <- fmt.Errorf("the console is not let in: %w", err)
		return
	}
	first.done <- c.send(link, first)
	idle := time.NewTimer(c.idle)
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-idle.C:
			c.note("disconnected after " + c.idle.String() + " without a message; the client id is free again")
			return
		case r := <-c.requests:
			r.done <- c.send(link, r)
			idle.Reset(c.idle)
		case line, ok := <-link.lines:
			if !ok {
				c.note("the relay closed the connection")
				return
			}
			c.add("received", line)
		}
	}
}

// handshake waits until the driver knows the console.
func (c *Console) handshake(ctx context.Context, l *link) error {
	timeout := time.NewTimer(handshakeTime)
	defer timeout.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timeout.C:
			return fmt.Errorf("the robot's driver did not answer the handshake within %v; nothing was sent", handshakeTime)
		case line, ok := <-l.lines:
			if !ok {
				return errors.New("the relay closed the connection")
			}
			c.add("received", line)
			switch result(line) {
			case "success", "already_connected":
				return nil
			case "failed":
				return errors.New("the relay or the driver refused it (see the line above); nothing was sent")
			}
		}
	}
}

func (c *Console) send(l *link, r request) error {
	if err := r.ctx.Err(); err != nil {
		return fmt.Errorf("sending from the console: %w; nothing was sent", err)
	}
	for i, m := range r.messages {
		if err := l.write(m); err != nil {
			return fmt.Errorf("sending message %d of %d to the relay: %w", i+1, len(r.messages), err)
		}
		c.add("sent", m)
	}
	return nil
}

func (c *Console) note(text string) { c.add("note", text) }

func (c *Console) add(kind, text string) {
	if len(text) > shownLine {
		text = strings.ToValidUTF8(text[:shownLine], "") + " …"
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	c.lines = append(c.lines, Line{c.last, time.Now(), kind, text})
	if len(c.lines) > keptLines {
		c.lines = append([]Line{}, c.lines[len(c.lines)-keptLines:]...)
	}
}

// After returns the kept lines with a number above n.
func (c *Console) After(n uint64) []Line {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []Line
	for _, l := range c.lines {
		if l.N > n {
			list = append(list, l)
		}
	}
	return list
}
