//go:build !linux

package session

import (
	"net"
	"time"
)

// setUserTimeout is left to the session's own deadlines here.
func setUserTimeout(*net.TCPConn, time.Duration) {}
