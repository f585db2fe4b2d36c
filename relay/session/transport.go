package session

import (
	"net"
	"sync"
	"time"

	"rawtcpcom/relay/socket"
)

// transport is the connection below TLS and WebSocket. It gives each read and
// each write its deadline, so that a large message on a slow link is not cut
// off as long as bytes keep moving, and nothing blocks for ever on one where
// they do not. Once corked, it collects writes until flush.
//
// Closing it aborts it: what the kernel has not sent yet, or would send again,
// is thrown away. A command must not outlive its session there and move the
// robot half a minute later, when the cable is back in. The socket is set to
// that from the start, so that it holds however the process ends, SIGKILL
// included; only an orderly leave undoes it.
type transport struct {
	net.Conn
	idle func() // called before a read; nil for none

	mu     sync.Mutex
	corked bool
	buf    []byte

	closing sync.Once
	closed  error
}

const (
	// corkSize is how many bytes are collected at most.
	corkSize = 64 << 10
	// sendBuffer is how many bytes the kernel is asked to hold (Linux holds up
	// to twice as many). What is in it is ahead of the next ping, so it bounds
	// how slow a link may be: it has to leave, and the pong to come, within
	// Silence.
	sendBuffer = 64 << 10
	// userTimeout is for a process that does not get to run; the session's own
	// limits come first. It is longer than those because Linux takes a window
	// that stays smaller than the next segment for one long silence, however
	// many bytes trickle through it.
	userTimeout = 30 * time.Second
)

// setUp comes before the first byte.
func (t *transport) setUp() error {
	conn, ok := t.Conn.(*net.TCPConn)
	if !ok {
		return nil // a test's, which has no kernel behind it
	}
	if err := conn.SetLinger(0); err != nil {
		return err
	}
	socket.SetUserTimeout(conn, userTimeout)
	return conn.SetWriteBuffer(sendBuffer)
}

// part makes Close end the connection in good order: the router has answered
// everything, so nothing is left that could arrive late.
func (t *transport) part() {
	if conn, ok := t.Conn.(*net.TCPConn); ok {
		_ = conn.SetLinger(-1) // without it, the router sees a reset
	}
}

// Close aborts the connection. It returns when the kernel has thrown away what
// it held, whoever called it first.
func (t *transport) Close() error {
	t.closing.Do(func() { t.closed = t.Conn.Close() })
	return t.closed
}

func (t *transport) Read(b []byte) (int, error) {
	if t.idle != nil {
		t.idle()
	}
	if err := t.SetReadDeadline(time.Now().Add(Silence)); err != nil {
		return 0, err
	}
	return t.Conn.Read(b)
}

func (t *transport) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.corked && len(t.buf)+len(b) <= corkSize {
		t.buf = append(t.buf, b...)
		return len(b), nil
	}
	if err := t.empty(); err != nil {
		return 0, err
	}
	return t.write(b)
}

func (t *transport) flush() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.empty()
}

func (t *transport) empty() error {
	if len(t.buf) == 0 {
		return nil
	}
	_, err := t.write(t.buf)
	t.buf = t.buf[:0]
	return err
}

func (t *transport) write(b []byte) (int, error) {
	if err := t.SetWriteDeadline(time.Now().Add(WriteTimeout)); err != nil {
		return 0, err
	}
	return t.Conn.Write(b)
}
