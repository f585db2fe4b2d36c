// Package socket asks of a TCP socket what package net does not offer, on each
// system as far as it goes.
//
// Linux, for which the box is made, has all of it. macOS has no user timeout
// here: a peer that is gone while bytes are under way is noticed when the
// system gives up sending them again, or by the caller's own deadlines. Windows
// has neither that nor a write that does not wait, so there the goroutine that
// writes does everything; its system errors have numbers of their own.
package socket

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// SetUserTimeout makes the kernel abort the connection when bytes that were
// sent stay unacknowledged for so long, or do not get sent at all (tcp(7),
// TCP_USER_TIMEOUT). A system without the option is no error: keepalive and the
// caller's deadlines do the same more slowly.
func SetUserTimeout(conn net.Conn, limit time.Duration) {
	t, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	if raw, err := t.SyscallConn(); err == nil {
		setUserTimeout(raw, limit)
	}
}

// WriteNow writes what the kernel takes without waiting, and returns how many
// bytes that was. An error shows as nothing written; the next ordinary write
// will meet it again.
func WriteNow(raw syscall.RawConn, b []byte) int {
	if raw == nil {
		return 0
	}
	return writeNow(raw, b)
}

// InUse reports whether an address could not be listened on since another has it.
func InUse(err error) bool { return errors.Is(err, errInUse) }

// Refused reports whether nobody listens at an address.
func Refused(err error) bool { return errors.Is(err, errRefused) }

// Reset reports whether the other side broke the connection off.
func Reset(err error) bool { return errors.Is(err, errReset) }
