package tcp_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"rawtcpcom/relay/frame"
	"rawtcpcom/relay/tcp"
)

// handler is told of clients, and panics where it is told to.
type handler struct {
	panics atomic.Value // string: the method that panics; none if empty
	conns  chan *tcp.Conn
	left   chan tcp.Reason
}

func (h *handler) at(method string) {
	if h.panics.Load() == method {
		panic("in " + method)
	}
}

func (h *handler) Arrived(_ context.Context, c *tcp.Conn) *tcp.Denial {
	h.conns <- c
	h.at("Arrived")
	c.Send([]byte("hello"))
	c.Flush()
	return nil
}

func (h *handler) Frame(c *tcp.Conn, f []byte) {
	if strings.Contains(string(f), "panic") {
		h.at("Frame")
	}
	c.Send(f)
	c.Flush()
}

func (h *handler) BadFrame(*tcp.Conn, *frame.Error) { h.at("BadFrame") }
func (h *handler) Idle(*tcp.Conn)                   {}
func (h *handler) Finished(*tcp.Conn)               { h.at("Finished") }

func (h *handler) Closing(c *tcp.Conn, why string) {
	c.Send([]byte("closing: " + why))
	h.at("Closing")
}

func (h *handler) Left(c *tcp.Conn) {
	reason, _ := c.Ended()
	h.left <- reason
	h.at("Left")
}

// serve runs a server for the test and returns how to stop it.
func serve(t *testing.T, s *tcp.Server, ln net.Listener) (stop func()) {
	t.Helper()
	s.Terminator, s.MaxMessage, s.Log = "\n", 1<<20, slog.New(slog.DiscardHandler)
	if s.Admit == nil {
		s.Admit = &tcp.Admission{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, PerAddress: 10, InAll: 10}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := s.Serve(ctx, ln); err != nil {
			t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		serving.Wait()
	})
	t.Cleanup(stop)
	return stop
}

func newHandler(panics string) *handler {
	h := &handler{conns: make(chan *tcp.Conn, 10), left: make(chan tcp.Reason, 10)}
	h.panics.Store(panics)
	return h
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := tcp.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func dial(t *testing.T, ln net.Listener) (*net.TCPConn, *bufio.Scanner) {
	t.Helper()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(15 * time.Second))
	return conn.(*net.TCPConn), bufio.NewScanner(conn)
}

func next(t *testing.T, lines *bufio.Scanner, want string) {
	t.Helper()
	lines.Scan()
	if !strings.Contains(lines.Text(), want) {
		t.Fatalf("%q instead of %q, %v", lines.Text(), want, lines.Err())
	}
}

// A panic anywhere in a client's handling ends that client, who is told, and
// the server goes on.
func TestPanicEndsThatClientAlone(t *testing.T) {
	for _, method := range []string{"Arrived", "Frame", "BadFrame", "Finished", "Left", "Closing"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			ln := listen(t)
			h := newHandler("")
			serve(t, &tcp.Server{Handler: h}, ln)
			bystander, heard := dial(t, ln)
			next(t, heard, "hello")
			<-h.conns

			h.panics.Store(method)
			victim, lines := dial(t, ln)
			if method != "Arrived" {
				next(t, lines, "hello")
			}
			switch method {
			case "Frame":
				fmt.Fprintln(victim, `{"panic": 1}`)
			case "BadFrame":
				fmt.Fprintln(victim, `no object`)
			default:
				_ = victim.CloseWrite()
			}
			want := tcp.Panicked
			if method == "Left" || method == "Closing" {
				want = tcp.Left
			}
			if reason := <-h.left; reason != want {
				t.Errorf("closed as %q, not %q", reason, want)
			}
			if want == tcp.Panicked {
				next(t, lines, "closing: an error inside the relay")
			}
			if lines.Scan() {
				t.Errorf("not closed: %q", lines.Text())
			}
			h.panics.Store("")
			fmt.Fprintln(bystander, `{"still": "here"}`)
			next(t, heard, `{"still": "here"}`)
			_, another := dial(t, ln)
			next(t, another, "hello")
		})
	}
}

func TestPanicWhileStoppingIsConfined(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	h := newHandler("Closing")
	stop := serve(t, &tcp.Server{Handler: h}, ln)
	_, lines := dial(t, ln)
	next(t, lines, "hello")
	stop()
	if reason := <-h.left; reason != tcp.Stopping {
		t.Errorf("closed as %q", reason)
	}
}

// A peer found dead by keepalive or the user timeout is lost, not idle or slow,
// though the error of the kernel says "timed out".
func TestDeadPeerIsLost(t *testing.T) {
	t.Parallel()
	for _, errno := range []error{syscall.ETIMEDOUT, syscall.EHOSTUNREACH, syscall.ECONNRESET} {
		h := newHandler("")
		ln := oneConn{make(chan net.Conn, 1), make(chan struct{})}
		stop := serve(t, &tcp.Server{Handler: h, IdleTimeout: time.Hour}, ln)
		ln.conns <- deadConn{err: &net.OpError{Op: "read", Err: errno}}
		if reason := <-h.left; reason != tcp.Lost {
			t.Errorf("%v: closed as %q", errno, reason)
		}
		stop()
	}
}

// Who is turned away for a limit hears of it even if it sent something first.
func TestDenialReachesWhoSpeaksFirst(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	h := newHandler("")
	serve(t, &tcp.Server{Handler: h, Admit: &tcp.Admission{
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, PerAddress: 1, InAll: 10,
	}}, ln)
	_, lines := dial(t, ln)
	next(t, lines, "hello")
	for range tcp.LingeringEach {
		conn, lines := dial(t, ln)
		_, _ = io.WriteString(conn, strings.Repeat(`{"early": "bird"}`, 1000)) // may come too late
		next(t, lines, "there are 1 connections from 127.0.0.1 already")
	}
}

// deadConn is a connection whose peer is found dead at the first read.
type deadConn struct {
	net.Conn
	err error
}

func (c deadConn) Read([]byte) (int, error)         { return 0, c.err }
func (deadConn) Write(b []byte) (int, error)        { return len(b), nil }
func (deadConn) Close() error                       { return nil }
func (deadConn) SetDeadline(time.Time) error        { return nil }
func (deadConn) SetReadDeadline(time.Time) error    { return nil }
func (deadConn) SetWriteDeadline(t time.Time) error { return nil }
func (deadConn) RemoteAddr() net.Addr               { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

type oneConn struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l oneConn) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, errors.New("closed")
	}
}

func (l oneConn) Close() error   { close(l.closed); return nil }
func (l oneConn) Addr() net.Addr { return &net.TCPAddr{} }
