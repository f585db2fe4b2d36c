package session

import (
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// setUserTimeout makes the kernel abort the connection when bytes that were
// sent stay unacknowledged for so long, or do not get sent at all (tcp(7),
// TCP_USER_TIMEOUT). A kernel that does not know the option is no error: the
// session's own deadlines do the same as long as the process runs.
func setUserTimeout(conn *net.TCPConn, limit time.Duration) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(limit.Milliseconds()))
	})
}
