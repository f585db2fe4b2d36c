package program

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"rawtcpcom/relay/tcp"
)

// doors are where the relay listens. They stay open while its parts start anew.
type doors struct {
	clients, stateAPI net.Listener // stateAPI is nil where there is none
}

func openDoors(ctx context.Context, o options) (d doors, err error) {
	if d.clients, err = tcp.Listen(ctx, o.listen); err != nil {
		return d, fmt.Errorf("%w with -listen", err)
	}
	if o.http != "" {
		if d.stateAPI, err = tcp.Listen(ctx, o.http); err != nil {
			d.clients.Close()
			return d, fmt.Errorf("%w with -http", err)
		}
	}
	return d, nil
}

func (d doors) close() {
	d.clients.Close()
	if d.stateAPI != nil {
		d.stateAPI.Close()
	}
}

// lend is the doors for parts that close them when they end. Who comes between
// the end of some and the start of the next waits in the kernel.
func (d doors) lend() doors {
	lent := doors{clients: lend(d.clients)}
	if d.stateAPI != nil {
		lent.stateAPI = lend(d.stateAPI)
	}
	return lent
}

type deadliner interface {
	net.Listener
	SetDeadline(time.Time) error
}

func lend(ln net.Listener) net.Listener {
	d, ok := ln.(deadliner)
	if !ok {
		return ln // no listener of TCP is one
	}
	_ = d.SetDeadline(time.Time{}) // it fails where the listener is closed, and so does Accept
	return &lent{deadliner: d}
}

// lent is a listener that Close only takes away from who has it.
type lent struct {
	deadliner
	closed atomic.Bool
}

func (l *lent) Accept() (net.Conn, error) {
	conn, err := l.deadliner.Accept()
	if err != nil && l.closed.Load() {
		return nil, net.ErrClosed
	}
	return conn, err
}

func (l *lent) Close() error {
	l.closed.Store(true)
	return l.SetDeadline(time.Unix(1, 0)) // an Accept under way returns
}
