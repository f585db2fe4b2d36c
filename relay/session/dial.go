package session

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"

	"github.com/gorilla/websocket"
)

// subprotocol works with every crossbar.io there was on the robot; msgpack and
// cbor do not (relay/wire/README.md, "The router and its topics").
const subprotocol = "wamp.2.json"

// bufferSize is that of the WebSocket's buffers, bytes: many events to a read.
const bufferSize = 32 << 10

// Dialer opens the WebSocket to the router.
type Dialer struct {
	URL string      // ws:// or wss://
	TLS *tls.Config // for wss; nil trusts the system's roots
	// ReadLimit bounds one message from the router, in bytes; 0 is what a robot's may have.
	ReadLimit int64

	connect func(ctx context.Context, network, addr string) (net.Conn, error) // net.Dialer's, unless a test has another
}

func (d Dialer) dial(ctx context.Context) (*websocket.Conn, *transport, error) {
	connect := d.connect
	if connect == nil {
		connect = new(net.Dialer).DialContext
	}
	t := new(transport)
	asked := ctx // that of gorilla ends when the dial does
	over := func() bool { return true }
	ws := websocket.Dialer{
		Subprotocols:    []string{subprotocol},
		TLSClientConfig: d.TLS,
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := connect(ctx, network, addr)
			if err != nil {
				return nil, unreached(err)
			}
			t.Conn = conn
			if err := t.setUp(); err != nil {
				conn.Close()
				return nil, fmt.Errorf("setting up the connection: %w", err)
			}
			// The transport sets deadlines of its own, and gorilla has no other way
			// to end a handshake that gets no answer.
			over = context.AfterFunc(asked, func() { t.Close() })
			return t, nil
		},
		HandshakeTimeout: JoinTimeout,
		ReadBufferSize:   bufferSize,
		WriteBufferSize:  bufferSize,
	}
	conn, answer, err := ws.DialContext(ctx, d.URL, nil)
	over()
	switch {
	case errors.Is(err, websocket.ErrBadHandshake) && answer != nil:
		return nil, nil, fmt.Errorf("dialling the router at %s: it answered %q and opened no WebSocket; check the path, crossbar.io's is /ws", d.URL, answer.Status)
	case err != nil:
		return nil, nil, fmt.Errorf("dialling the router at %s: %w%s", d.URL, err, remedy(err))
	case conn.Subprotocol() != subprotocol:
		t.Close()
		return nil, nil, fmt.Errorf("dialling the router at %s: it opened a WebSocket without the sub-protocol %s; check that it is a WAMP router", d.URL, subprotocol)
	}
	limit := d.ReadLimit
	if limit == 0 {
		limit = readLimit
	}
	conn.SetReadLimit(limit)
	return conn, t, nil
}

// remedy is what to do about an error of TLS, whose own words do not say.
func remedy(err error) string {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var plain tls.RecordHeaderError
	switch {
	case errors.As(err, &unknown):
		return "; if the router is yours, give its authority's certificate with -router-ca"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "; renew the router's certificate, or set this machine's clock"
	case errors.As(err, &host):
		return "; dial the router by a name or address that its certificate holds"
	case errors.As(err, &plain):
		return "; the router does not speak TLS there, try ws:// instead of wss://"
	}
	return ""
}
