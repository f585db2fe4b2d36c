package session

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/gorilla/websocket"
)

// subprotocol works with every crossbar.io there was on the robot; msgpack
// and cbor do not (PROTOCOL, "WAMP side").
const subprotocol = "wamp.2.json"

// Dialer opens the WebSocket to the router.
type Dialer struct {
	URL string      // ws:// or wss://
	TLS *tls.Config // for wss; nil trusts the system's roots
}

func (d Dialer) dial(ctx context.Context) (*websocket.Conn, error) {
	ws := websocket.Dialer{
		Subprotocols:    []string{subprotocol},
		TLSClientConfig: d.TLS,
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			return deadlineConn{conn}, err
		},
		HandshakeTimeout: JoinTimeout,
	}
	conn, answer, err := ws.DialContext(ctx, d.URL, nil)
	switch {
	case errors.Is(err, websocket.ErrBadHandshake) && answer != nil:
		return nil, fmt.Errorf("dialling the router at %s: it answered %q and opened no WebSocket; check the path, crossbar.io's is /ws", d.URL, answer.Status)
	case err != nil:
		return nil, fmt.Errorf("dialling the router at %s: %w", d.URL, err)
	case conn.Subprotocol() != subprotocol:
		conn.Close()
		return nil, fmt.Errorf("dialling the router at %s: it opened a WebSocket without the sub-protocol %s; check that it is a WAMP router", d.URL, subprotocol)
	}
	conn.SetReadLimit(readLimit)
	return conn, nil
}

// deadlineConn gives each read and each write its deadline. It sits below TLS
// and WebSocket, so a large message on a slow link is not cut off as long as
// bytes keep moving, and nothing blocks for ever on one where they do not.
type deadlineConn struct{ net.Conn }

func (c deadlineConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(Silence)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c deadlineConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(WriteTimeout)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
