package webguard

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// MaxConns is how many connections a bounded server has at once.
const MaxConns = 64

// Bound bounds the connections of a server, which is to serve the listener that
// is returned. When there are too many, the one that has been without a request
// for longest makes room, so that browsers and scrapers that keep theirs open
// shut nobody out. Where each has a request under way, the machine that has most of
// them makes room for another with fewer: one that asks slowly on all connections
// there are keeps nobody from the page's halt. Else the new one is closed.
func Bound(server *http.Server, ln net.Listener, most int) net.Listener {
	b := &bound{Listener: ln, most: most, conns: map[net.Conn]rest{}}
	server.ConnState = b.changed
	return b
}

type bound struct {
	net.Listener
	most int

	mu    sync.Mutex
	conns map[net.Conn]rest
}

// rest is since when a connection has had no request under way, or has had one.
type rest struct {
	busy  bool
	since time.Time
}

// Accept is net.Listener's.
func (b *bound) Accept() (net.Conn, error) {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if b.admit(conn) {
			return conn, nil
		}
		conn.Close()
	}
}

func (b *bound) admit(conn net.Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.conns) >= b.most && !b.evict() && !b.level(conn) {
		return false
	}
	b.conns[conn] = rest{since: time.Now()}
	return true
}

// evict closes the connection at rest for longest, if there is one. The caller
// holds mu.
func (b *bound) evict() bool {
	var oldest net.Conn
	for conn, r := range b.conns {
		if !r.busy && (oldest == nil || r.since.Before(b.conns[oldest].since)) {
			oldest = conn
		}
	}
	return b.drop(oldest)
}

// level closes the connection that is busy for longest of the machine that has
// most, if the one who comes has fewer even with one more. The caller holds mu.
func (b *bound) level(coming net.Conn) bool {
	count := map[string]int{}
	for conn := range b.conns {
		count[machine(conn)]++
	}
	most := machine(coming)
	count[most]++
	for m, n := range count {
		if n > count[most] {
			most = m
		}
	}
	var oldest net.Conn
	for conn, r := range b.conns {
		if most != machine(coming) && machine(conn) == most && (oldest == nil || r.since.Before(b.conns[oldest].since)) {
			oldest = conn
		}
	}
	return b.drop(oldest)
}

// machine is where a connection comes from.
func machine(conn net.Conn) string {
	host, _, _ := net.SplitHostPort(conn.RemoteAddr().String())
	return host
}

// drop closes a connection, if there is one. The caller holds mu.
func (b *bound) drop(conn net.Conn) bool {
	if conn == nil {
		return false
	}
	delete(b.conns, conn)
	conn.Close()
	return true
}

// changed is http.Server's ConnState.
func (b *bound) changed(conn net.Conn, state http.ConnState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ours := b.conns[conn]; !ours {
		return // made room for another
	}
	switch state {
	case http.StateActive:
		b.conns[conn] = rest{busy: true, since: time.Now()}
	case http.StateIdle:
		b.conns[conn] = rest{since: time.Now()}
	case http.StateClosed, http.StateHijacked:
		delete(b.conns, conn)
	}
}
