package relaytest

import (
	"net"
	"strings"
	"sync"
	"testing"
)

// Proxy is a link to the router that can be held, either way, and cut.
type Proxy struct {
	Up   *Gate // to the router
	Down *Gate // from the router

	t      testing.TB
	target string
	ln     net.Listener
	wg     sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]func()
}

// Proxy opens a link to the rig's router, for a relay with -router set to the
// proxy's URL.
func (r *Rig) Proxy() *Proxy {
	r.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	p := &Proxy{
		Up: &Gate{}, Down: &Gate{}, t: r.t, ln: ln, conns: map[net.Conn]func(){},
		target: strings.TrimSuffix(strings.TrimPrefix(r.URL(), "ws://"), "/ws"),
	}
	p.wg.Go(p.accept)
	r.t.Cleanup(func() {
		ln.Close()
		p.Cut()
		p.wg.Wait()
	})
	return p
}

// URL is the router's, by way of the proxy.
func (p *Proxy) URL() string { return "ws://" + p.ln.Addr().String() + "/ws" }

func (p *Proxy) accept() {
	for {
		near, err := p.ln.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", p.target)
		if err != nil {
			near.Close()
			continue
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
		p.mu.Unlock()
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
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// Gate lets bytes through, or holds them. The zero value is open.
type Gate struct {
	mu   sync.Mutex
	held chan struct{} // nil while open
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
