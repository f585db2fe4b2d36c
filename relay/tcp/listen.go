package tcp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A pulled cable is noticed within a minute: by keepalive on a connection at
// rest, by the user timeout on one with bytes under way.
const (
	keepAliveIdle     = 15 * time.Second
	keepAliveInterval = 10 * time.Second
	keepAliveCount    = 3
	userTimeout       = 45 * time.Second
)

// Listen listens on a TCP address. The error says what to do when the address
// is taken.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	cfg := net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: keepAliveIdle, Interval: keepAliveInterval, Count: keepAliveCount,
	}}
	ln, err := cfg.Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listening on %s: the port is in use; stop the program that has it, or choose another address", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", addr, err)
	}
	return ln, nil
}

// tune sets the user timeout: how long sent bytes may stay unacknowledged
// before the kernel gives the connection up (tcp(7), TCP_USER_TIMEOUT).
func tune(conn net.Conn) {
	t, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := t.SyscallConn()
	if err != nil {
		return
	}
	// Where the kernel does not know the option, keepalive still works.
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(userTimeout.Milliseconds()))
	})
}

// writeNow writes what the kernel takes without waiting, and returns how many
// bytes that was. An error shows as nothing written; the next ordinary write
// will meet it again.
func writeNow(raw syscall.RawConn, b []byte) int {
	if raw == nil {
		return 0
	}
	n := 0
	_ = raw.Write(func(fd uintptr) bool {
		n, _ = unix.Write(int(fd), b)
		return true // do not wait until there is room
	})
	return max(n, 0)
}
