package tcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"rawtcpcom/relay/budget"
	"rawtcpcom/relay/ending"
	"rawtcpcom/relay/frame"
	"rawtcpcom/relay/panics"
	"rawtcpcom/relay/socket"
	"rawtcpcom/relay/stranger"
)

// Handler is told of the clients. The methods for one client are called one
// at a time, from its reader.
type Handler interface {
	// Arrived admits a client and returns nil, or says why it is turned away.
	Arrived(ctx context.Context, c *Conn) *Denial
	// Frame takes one frame, valid during the call. While it blocks, nothing
	// more is read from the client.
	Frame(c *Conn, frame []byte)
	// BadFrame takes what was no frame.
	BadFrame(c *Conn, bad *frame.Error)
	// Idle is called before the reader waits for more from the client.
	Idle(c *Conn)
	// Finished is called when the client will send no more, before the
	// connection is closed: it may still be sent lines until Finished returns.
	Finished(c *Conn)
	// Closing is called before the server closes a connection of its own
	// accord, with the reason for a person; from any goroutine.
	Closing(c *Conn, why string)
	// Left is called once the connection has ended, if Arrived admitted it or
	// broke off in a panic.
	Left(c *Conn)
}

// Server accepts clients.
type Server struct {
	Handler     Handler
	Terminator  string        // ends each line to a client
	MaxMessage  int           // bytes of one frame
	IdleTimeout time.Duration // 0 for none
	// FirstBytes is how long a client may take to speak first. Who does, as a
	// browser, is judged before it is a client and known to the robot; who does
	// not is greeted after it, and judged when it speaks.
	FirstBytes time.Duration
	PagePort   int // of the status page on this machine, to send browsers to it; 0 for none
	Admit      *Admission
	Door       *Door
	Log        *slog.Logger
}

// largeFrames is how many frames of more than some kilobytes are being received
// at once; who sends one more is read when another is done.
const largeFrames = 8

// shared is what the connections of one server share.
type shared struct {
	lines  *budget.Budget
	frames *frame.Buffers
}

// Serve accepts from ln until the context ends, then closes every client and
// waits for all of them.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	if s.Door == nil {
		s.Door = &Door{Log: s.Log}
	}
	var clients sync.WaitGroup
	defer clients.Wait()
	stop := context.AfterFunc(ctx, func() { ln.Close() })
	defer stop()
	memory := shared{newLines(), frame.NewBuffers(largeFrames, s.MaxMessage)}
	for {
		conn, err := ln.Accept()
		if ctx.Err() != nil {
			if err == nil {
				clients.Go(func() { s.serve(ctx, conn, memory) }) // to be told why
			}
			return nil
		}
		if err != nil {
			// Out of file descriptors, most likely: what is open goes on, and
			// a pause lets some of it end.
			s.Log.Error("accepting a client failed; trying again in a second", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
			continue
		}
		clients.Go(func() { s.serve(ctx, conn, memory) })
	}
}

func (s *Server) serve(ctx context.Context, conn net.Conn, memory shared) {
	host := hostOf(conn)
	gate := stranger.NewGate(conn)
	if denial := s.Admit.enter(host); denial != nil {
		s.Door.turnAway(ctx, conn, gate, denial, s.Terminator)
		return
	}
	defer s.Admit.leave(host)
	socket.SetUserTimeout(conn, userTimeout)
	if denial := s.first(conn, gate); denial != nil {
		s.Door.turnAway(ctx, conn, gate, denial, s.Terminator)
		return
	}

	c := newConn(conn, s.Terminator, memory.lines)
	c.early = newEarly(c, gate, s.Door)
	var writer sync.WaitGroup
	writer.Go(func() {
		defer close(c.done)
		defer conn.Close()
		defer c.letGo()
		s.confine(c, "writing to a client", c.write)
	})
	var denial *Denial
	admitted := false
	defer func() {
		close(c.readDone)
		writer.Wait()
		if admitted {
			s.confine(c, "taking leave of a client", func() { s.Handler.Left(c) })
		}
	}()
	arrived := s.confine(c, "admitting a client", func() { denial = s.Handler.Arrived(ctx, c) })
	c.early.end()
	if !arrived {
		admitted = true // as far as it came
		return
	}
	if admitted = denial == nil; !admitted {
		s.Door.refuse(ctx, c, gate, denial)
		c.discard()
		return
	}
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		s.close(c, Stopping, ending.Why(ctx), nil)
	})
	defer func() {
		if !stop() {
			<-told
		}
	}()
	s.confine(c, "handling a client", func() { s.receive(c, gate, memory.frames) })
	c.discard()
}

// confine runs a part of a client's handling. A panic in it ends that client,
// and confine returns false.
func (s *Server) confine(c *Conn, doing string, f func()) bool {
	err := panics.Confine(s.Log, doing, func() error {
		f()
		return nil
	})
	if err != nil {
		s.close(c, Panicked, "an error inside the relay, which its log tells more of; connect again", err)
	}
	return err == nil
}

func (s *Server) close(c *Conn, reason Reason, why string, cause error) {
	_ = panics.Confine(s.Log, "telling a client why it is closed", func() error { // logged there
		s.Handler.Closing(c, why)
		return nil
	})
	c.Close(reason, cause)
}

// receive hands on what the client sends until it sends no more.
func (s *Server) receive(c *Conn, gate *stranger.Gate, buffers *frame.Buffers) {
	var share share
	gate.From(source{c, s.Handler, s.IdleTimeout, &share})
	r := frame.NewReader(gate, buffers, c.done)
	r.Idle = func() { s.Handler.Idle(c) }
	defer r.Close()
	for {
		f, err := r.Next()
		var bad *frame.Error
		if errors.As(err, &bad) && bad.Kind == frame.NotObject {
			if found := stranger.Line(bad.Head); found != nil {
				err = found
			}
		}
		var other *stranger.Error
		switch reason, _ := c.Ended(); {
		case reason != "":
			return
		case err == nil:
			s.Handler.Frame(c, f)
			share.had(oneFrame)
		case errors.As(err, &other):
			s.expel(c, other)
			return
		case errors.As(err, &bad):
			s.Handler.BadFrame(c, bad)
			share.wasted = true
			share.had(oneFrame)
		case errors.Is(err, io.EOF):
			s.Handler.Finished(c)
			c.Close(Left, nil)
			return
		case errors.Is(err, os.ErrDeadlineExceeded):
			s.close(c, Idle, fmt.Sprintf("nothing came from the client for %v; the relay's -idle-timeout sets this", s.IdleTimeout), nil)
			return
		default:
			c.Close(Lost, fmt.Errorf("reading from the client: %w", err))
			return
		}
	}
}

// discard swallows what an ending connection still receives, see finish.
func (c *Conn) discard() {
	discard(c.conn)
}

// source reads from a connection, with the idle timeout on each read.
type source struct {
	c       *Conn
	handler Handler
	timeout time.Duration
	share   *share
}

func (s source) Read(b []byte) (int, error) {
	s.handler.Idle(s.c)
	if s.timeout > 0 {
		s.c.mu.Lock()
		if !s.c.ending {
			_ = s.c.conn.SetReadDeadline(time.Now().Add(s.timeout))
		}
		s.c.mu.Unlock()
	}
	n, err := s.c.conn.Read(b)
	s.share.had(n)
	return n, err
}

func hostOf(conn net.Conn) netip.Addr {
	addr, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return addr.Addr().Unmap()
}
