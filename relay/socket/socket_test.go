package socket_test

import (
	"net"
	"testing"

	"rawtcpcom/relay/socket"
)

// The system's own errors are known by name, whatever their numbers are.
func TestErrors(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if second, err := net.Listen("tcp", addr); !socket.InUse(err) {
		t.Errorf("a second listener: %v, %v", second, err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	if conn, err := net.Dial("tcp", addr); !socket.Refused(err) {
		t.Errorf("nobody listens: %v, %v", conn, err)
	}
	if socket.InUse(nil) || socket.Refused(nil) || socket.Reset(nil) {
		t.Error("no error is taken for one")
	}
}
