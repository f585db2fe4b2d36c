package tcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"rawtcpcom/relay/frame"
	"rawtcpcom/relay/guard"
)

// Handler is told of the clients. The methods for one client are called one
// at a time, from its reader.
type Handler interface {
	// Arrived admits a client, or closes it and returns false.
	Arrived(ctx context.Context, c *Conn) bool
	// Frame takes one frame, valid during the call. While it blocks, nothing
	// more is read from the client.
	Frame(c *Conn, frame []byte)
	// BadFrame takes what was no frame.
	BadFrame(c *Conn, bad *frame.Error)
	// Finished is called when the client will send no more, before the
	// connection is closed: it may still be sent lines until Finished returns.
	Finished(c *Conn)
	// Stopping is called when the relay shuts down, before the connection is
	// closed; from another goroutine than the rest.
	Stopping(c *Conn)
	// Left is called once the connection has ended, if Arrived admitted it.
	Left(c *Conn)
}

// Server accepts clients.
type Server struct {
	Handler     Handler
	Terminator  string        // ends each line to a client
	MaxMessage  int           // bytes of one frame
	IdleTimeout time.Duration // 0 for none
	Admit       *Admission
	Log         *slog.Logger
}

// Serve accepts from ln until the context ends, then closes every client and
// waits for all of them.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	var clients sync.WaitGroup
	defer clients.Wait()
	stop := context.AfterFunc(ctx, func() { ln.Close() })
	defer stop()
	for {
		conn, err := ln.Accept()
		if ctx.Err() != nil {
			if err == nil {
				conn.Close()
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
		clients.Go(func() { s.serve(ctx, conn) })
	}
}

func (s *Server) serve(ctx context.Context, conn net.Conn) {
	host := hostOf(conn)
	if err := s.Admit.enter(host); err != nil {
		s.Log.Warn("client turned away", "remote", conn.RemoteAddr().String(), "reason", string(err.Reason), "error", err.Error())
		turnAway(conn, err, s.Terminator)
		return
	}
	defer s.Admit.leave(host)
	tune(conn)

	c := newConn(conn, s.Terminator)
	var writer sync.WaitGroup
	writer.Go(func() {
		defer close(c.done)
		defer conn.Close()
		err := guard.Call(s.Log, "writing to a client", func() error {
			c.write()
			return nil
		})
		if err != nil {
			c.Close(Panicked, err)
		}
	})
	admitted := s.Handler.Arrived(ctx, c)
	defer func() {
		close(c.readDone)
		writer.Wait()
		if admitted {
			s.Handler.Left(c)
		}
	}()
	if !admitted {
		c.discard()
		return
	}
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		s.Handler.Stopping(c)
		c.Close(Stopping, nil)
	})
	defer func() {
		if !stop() {
			<-told
		}
	}()
	s.read(c)
	c.discard()
}

// read hands on what the client sends until it sends no more.
func (s *Server) read(c *Conn) {
	err := guard.Call(s.Log, "handling a client", func() error {
		s.receive(c)
		return nil
	})
	if err != nil {
		c.Close(Panicked, err)
	}
}

func (s *Server) receive(c *Conn) {
	r := frame.NewReader(idleReader{c, s.IdleTimeout}, s.MaxMessage)
	for {
		f, err := r.Next()
		var bad *frame.Error
		switch reason, _ := c.Ended(); {
		case reason != "":
			return
		case err == nil:
			s.Handler.Frame(c, f)
		case errors.As(err, &bad):
			s.Handler.BadFrame(c, bad)
		case errors.Is(err, io.EOF):
			s.Handler.Finished(c)
			c.Close(Left, nil)
			return
		default:
			reason := Lost
			if reasonOf(err) == Slow {
				reason = Idle
			}
			c.Close(reason, fmt.Errorf("reading from the client: %w", err))
			return
		}
	}
}

// discard swallows what an ending connection still receives, see finish.
func (c *Conn) discard() {
	_, _ = io.Copy(io.Discard, c.conn)
}

// idleReader puts the idle timeout on each read of a connection.
type idleReader struct {
	c       *Conn
	timeout time.Duration
}

func (r idleReader) Read(b []byte) (int, error) {
	if r.timeout > 0 {
		r.c.mu.Lock()
		if !r.c.ending {
			_ = r.c.conn.SetReadDeadline(time.Now().Add(r.timeout))
		}
		r.c.mu.Unlock()
	}
	return r.c.conn.Read(b)
}

func hostOf(conn net.Conn) netip.Addr {
	addr, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return addr.Addr().Unmap()
}
