package tcp

import (
	"context"
	"fmt"
	"net"
	"time"

	"rawtcpcom/relay/socket"
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
// is taken, and ends so that the caller can add by which flag.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	cfg := net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: keepAliveIdle, Interval: keepAliveInterval, Count: keepAliveCount,
	}}
	ln, err := cfg.Listen(ctx, "tcp", addr)
	if socket.InUse(err) {
		return nil, fmt.Errorf("listening on %s: the port is in use; stop the program that has it (another relay?), or choose another", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w; choose another address", addr, err)
	}
	return ln, nil
}
