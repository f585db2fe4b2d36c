package relaytest

import (
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Proxy is a link to the router that can be held or slowed, either way, cut,
// reset in the middle of a message, and refused.
type Proxy struct {
	Up   *Gate // to the router
	Down *Gate // from the router

	t      testing.TB
	addr   string
	listen func(addr string) (net.Listener, error)
	wg     sync.WaitGroup

	mu     sync.Mutex
	target string
	ln     net.Listener // nil while refusing
	conns  map[net.Conn]func()
}

// Proxy opens a link to the rig's router, for a relay with -router set to the
// proxy's URL.
func (r *Rig) Proxy() *Proxy {
	r.t.Helper()
	return r.ProxyAt("127.0.0.1:0", func(addr string) (net.Listener, error) { return net.Listen("tcp", addr) })
}

// ProxyAt is Proxy at another address, where listen listens.
func (r *Rig) ProxyAt(addr string, listen func(addr string) (net.Listener, error)) *Proxy {
	r.t.Helper()
	ln, err := listen(addr)
	if err != nil {
		r.t.Fatal(err)
	}
	p := &Proxy{
		Up: &Gate{}, Down: &Gate{}, t: r.t, listen: listen, ln: ln, addr: ln.Addr().String(), conns: map[net.Conn]func(){},
		target: strings.TrimSuffix(strings.TrimPrefix(r.URL(), "ws://"), "/ws"),
	}
	p.wg.Go(func() { p.accept(ln) })
	r.t.Cleanup(func() {
		p.Refuse()
		p.wg.Wait()
	})
	return p
}

// Refuse breaks every connection and refuses others until Accept.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	ln := p.ln
	p.ln = nil
	p.mu.Unlock()
	if ln != nil {
		ln.Close()
	}
	p.Cut()
}

// Accept ends Refuse.
func (p *Proxy) Accept() {
	p.t.Helper()
	ln, err := p.listen(p.addr)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.ln = ln
	p.mu.Unlock()
	p.wg.Go(func() { p.accept(ln) })
}

// Target makes connections from now on lead to another address, host:port.
func (p *Proxy) Target(addr string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = addr
}

// URL is the router's, by way of the proxy.
func (p *Proxy) URL() string { return "ws://" + p.addr + "/ws" }

func (p *Proxy) accept(ln net.Listener) {
	for {
		near, err := ln.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		target := p.target
		p.mu.Unlock()
		far, err := net.Dial("tcp", target)
		if err != nil {
			near.Close()
			continue
		}
		for _, conn := range []net.Conn{near, far} {
			_ = conn.(*net.TCPConn).SetLinger(0) // what ends here ends with a reset
		}
		if p.Up.isSlow() {
			_ = near.(*net.TCPConn).SetReadBuffer(16 << 10) // a slow link that holds much would be another fault
		}
		cut := make(chan struct{})
		end := sync.OnceFunc(func() {
			close(cut)
			near.Close()
			far.Close()
			p.mu.Lock()
			delete(p.conns, near)
			p.mu.Unlock()
		})
		p.mu.Lock()
		p.conns[near] = end
		refused := p.ln != ln
		p.mu.Unlock()
		if refused {
			end()
		}
		p.wg.Go(func() { defer end(); pass(far, near, p.Up, cut) })
		p.wg.Go(func() { defer end(); pass(near, far, p.Down, cut) })
	}
}

// Cut breaks every connection there is; what was held is lost.
func (p *Proxy) Cut() {
	p.mu.Lock()
	var ends []func()
	for _, end := range p.conns {
		ends = append(ends, end)
	}
	p.mu.Unlock()
	for _, end := range ends {
		end()
	}
}

func pass(to, from net.Conn, gate *Gate, cut <-chan struct{}) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if err != nil || !gate.wait(cut) {
			return
		}
		n, last := gate.admit(n)
		if _, err := to.Write(buf[:n]); err != nil || last || !gate.pace(n, cut) {
			return
		}
	}
}

// Gate lets bytes through, or holds them. The zero value is open.
type Gate struct {
	mu   sync.Mutex
	held chan struct{} // nil while open
	left int           // bytes until the cut, see CutAfter
	rate int           // bytes a second, 0 for no limit
}

// Slow lets no more than so many bytes a second through. It is for connections
// that are made after it.
func (g *Gate) Slow(bytesPerSecond int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rate = bytesPerSecond
}

func (g *Gate) isSlow() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.rate > 0
}

// pace takes the time that n bytes take.
func (g *Gate) pace(n int, cut <-chan struct{}) bool {
	g.mu.Lock()
	rate := g.rate
	g.mu.Unlock()
	if rate == 0 {
		return true
	}
	select {
	case <-time.After(time.Duration(n) * time.Second / time.Duration(rate)):
		return true
	case <-cut:
		return false
	}
}

// CutAfter breaks the connection, once, after n more bytes; 0 takes that back.
func (g *Gate) CutAfter(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left = n
}

// admit says how many of n bytes pass, and whether the connection is cut after
// them.
func (g *Gate) admit(n int) (admitted int, last bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left == 0 || n < g.left {
		g.left = max(0, g.left-n)
		return n, false
	}
	n, g.left = g.left, 0
	return n, true
}

// Hold lets nothing through until Release.
func (g *Gate) Hold() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held == nil {
		g.held = make(chan struct{})
	}
}

// Release lets through what was held, and what follows.
func (g *Gate) Release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held != nil {
		close(g.held)
		g.held = nil
	}
}

func (g *Gate) wait(cut <-chan struct{}) bool {
	g.mu.Lock()
	held := g.held
	g.mu.Unlock()
	if held == nil {
		return true
	}
	select {
	case <-held:
		return true
	case <-cut:
		return false
	}
}
