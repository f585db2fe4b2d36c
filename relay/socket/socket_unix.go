//go:build unix

package socket

import (
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	errInUse   = syscall.EADDRINUSE
	errRefused = syscall.ECONNREFUSED
	errReset   = syscall.ECONNRESET
)

func writeNow(raw syscall.RawConn, b []byte) int {
	n := 0
	_ = raw.Write(func(fd uintptr) bool {
		n, _ = unix.Write(int(fd), b)
		return true // do not wait until there is room
	})
	return max(n, 0)
}
