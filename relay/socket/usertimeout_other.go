//go:build !linux

package socket

import (
	"syscall"
	"time"
)

func setUserTimeout(syscall.RawConn, time.Duration) {}
