package chain

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Addresses lists those of this machine that others can reach, without the
// loopback and the link-local ones. IPv4 comes first: people type it.
func Addresses() []string {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var v4, v6 []string
	for _, a := range all {
		n, ok := a.(*net.IPNet)
		if !ok || !n.IP.IsGlobalUnicast() {
			continue
		}
		if n.IP.To4() != nil {
			v4 = append(v4, n.IP.String())
		} else {
			v6 = append(v6, n.IP.String())
		}
	}
	return append(v4, v6...)
}

// Uptime is for how long the machine has been on; where the kernel does not
// tell, for how long this program runs.
func Uptime(started time.Time) time.Duration {
	text, err := os.ReadFile("/proc/uptime")
	if err == nil {
		first, _, _ := strings.Cut(string(text), " ")
		if seconds, err := strconv.ParseFloat(first, 64); err == nil {
			return time.Duration(seconds * float64(time.Second))
		}
	}
	return time.Since(started)
}

// dialTime is how long a router may take to accept a connection.
const dialTime = 2 * time.Second

// TryDial looks whether anything listens where the WebSocket address points.
func TryDial(ctx context.Context, address string) Dial {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	d := Dial{Address: hostPort(address), Done: true}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", d.Address)
	if err == nil {
		conn.Close()
		return d
	}
	d.Err = reason(err)
	return d
}

// reason is the kernel's word without the addresses around it.
func reason(err error) string {
	var name *net.DNSError
	var number syscall.Errno
	var timeout net.Error
	switch {
	case errors.As(err, &name):
		return "no such host"
	case errors.As(err, &number):
		return number.Error()
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	}
	return err.Error()
}
