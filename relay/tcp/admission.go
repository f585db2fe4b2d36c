package tcp

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"rawtcpcom/relay/network"
	"rawtcpcom/relay/wire"
)

// Admission decides, before anything is read, who may connect.
type Admission struct {
	Allow      network.Networks
	PerAddress int // connections from one address at once
	InAll      int // connections at once

	mu    sync.Mutex
	count map[netip.Addr]int
	all   int
}

// denial is why a connection was turned away, and what the client is told.
type denial struct {
	Reason Reason
	text   string
	silent bool // strangers are not told anything
}

func (d *denial) Error() string { return d.text }

func (a *Admission) enter(host netip.Addr) *denial {
	if !a.Allow.Contain(host) {
		return &denial{NotAllowed, fmt.Sprintf("%v is in no network that may connect; see -allow", host), true}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.all >= a.InAll:
		return &denial{TooMany, fmt.Sprintf("there are %d connections already; close one", a.all), false}
	case a.count[host] >= a.PerAddress:
		return &denial{TooMany, fmt.Sprintf("there are %d connections from %v already; close one", a.count[host], host), false}
	}
	if a.count == nil {
		a.count = map[netip.Addr]int{}
	}
	a.count[host]++
	a.all++
	return nil
}

func (a *Admission) leave(host netip.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all--
	if a.count[host]--; a.count[host] == 0 {
		delete(a.count, host)
	}
}

// tell closes a connection that is denied, and says why.
func (d *denial) tell(conn net.Conn, terminator string) {
	defer conn.Close()
	if d.silent {
		return
	}
	_ = conn.SetDeadline(time.Now().Add(flushTimeout))
	line := wire.AppendNotice(nil, time.Now(), "", wire.FailedBecause(d.text))
	_, _ = conn.Write(append(line, terminator...)) // the client may be gone already
	// Closed with bytes unread, the connection would be reset and the line lost.
	if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
}
