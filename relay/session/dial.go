package session

import (
	"context"
	"crypto/tls"
	"crypto/x509"
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
		return nil, fmt.Errorf("dialling the router at %s: %w%s", d.URL, err, remedy(err))
	case conn.Subprotocol() != subprotocol:
		conn.Close()
		return nil, fmt.Errorf("dialling the router at %s: it opened a WebSocket without the sub-protocol %s; check that it is a WAMP router", d.URL, subprotocol)
	}
	conn.SetReadLimit(readLimit)
	return conn, nil
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
