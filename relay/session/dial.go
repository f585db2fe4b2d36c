package session

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// subprotocol works with every crossbar.io there was on the robot; msgpack
// and cbor do not (PROTOCOL, "WAMP side").
const subprotocol = "wamp.2.json"

// bufferSize is that of the WebSocket's buffers, bytes: many events to a read.
const bufferSize = 32 << 10

// Dialer opens the WebSocket to the router.
type Dialer struct {
	URL string      // ws:// or wss://
	TLS *tls.Config // for wss; nil trusts the system's roots
}

func (d Dialer) dial(ctx context.Context) (*websocket.Conn, *transport, error) {
	t := new(transport)
	ws := websocket.Dialer{
		Subprotocols:    []string{subprotocol},
		TLSClientConfig: d.TLS,
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			t.Conn = conn
			return t, unreached(err)
		},
		HandshakeTimeout: JoinTimeout,
		ReadBufferSize:   bufferSize,
		WriteBufferSize:  bufferSize,
	}
	conn, answer, err := ws.DialContext(ctx, d.URL, nil)
	switch {
	case errors.Is(err, websocket.ErrBadHandshake) && answer != nil:
		return nil, nil, fmt.Errorf("dialling the router at %s: it answered %q and opened no WebSocket; check the path, crossbar.io's is /ws", d.URL, answer.Status)
	case err != nil:
		return nil, nil, fmt.Errorf("dialling the router at %s: %w%s", d.URL, err, remedy(err))
	case conn.Subprotocol() != subprotocol:
		conn.Close()
		return nil, nil, fmt.Errorf("dialling the router at %s: it opened a WebSocket without the sub-protocol %s; check that it is a WAMP router", d.URL, subprotocol)
	}
	conn.SetReadLimit(readLimit)
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

// transport is the connection below TLS and WebSocket. It gives each read and
// each write its deadline, so that a large message on a slow link is not cut
// off as long as bytes keep moving, and nothing blocks for ever on one where
// they do not. Once corked, it collects writes until flush.
type transport struct {
	net.Conn
	idle func() // called before a read; nil for none

	mu     sync.Mutex
	corked bool
	buf    []byte
}

// corkSize is how many bytes are collected at most.
const corkSize = 64 << 10

func (t *transport) Read(b []byte) (int, error) {
	if t.idle != nil {
		t.idle()
	}
	if err := t.SetReadDeadline(time.Now().Add(Silence)); err != nil {
		return 0, err
	}
	return t.Conn.Read(b)
}

func (t *transport) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.corked && len(t.buf)+len(b) <= corkSize {
		t.buf = append(t.buf, b...)
		return len(b), nil
	}
	if err := t.empty(); err != nil {
		return 0, err
	}
	return t.write(b)
}

func (t *transport) flush() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.empty()
}

func (t *transport) empty() error {
	if len(t.buf) == 0 {
		return nil
	}
	_, err := t.write(t.buf)
	t.buf = t.buf[:0]
	return err
}

func (t *transport) write(b []byte) (int, error) {
	if err := t.SetWriteDeadline(time.Now().Add(WriteTimeout)); err != nil {
		return 0, err
	}
	return t.Conn.Write(b)
}
