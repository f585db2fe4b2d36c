package lock

import (
	"io"
	"net"

	"rawtcpcom/relay/socket"
)

// Name locks a name until what it returns is closed.
func Name(name string) (io.Closer, error) {
	l, err := net.Listen("unix", "@rawtcpcom/"+name)
	if socket.InUse(err) {
		return nil, ErrTaken
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}
