package floods_test

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
)

// router is how the router behaves during a flood.
type router struct {
	name  string
	begin func(*link)
}

var routers = []router{
	{"frozen", func(l *link) { l.Up.Hold(); l.Down.Hold() }},
	{"slow", func(l *link) { l.slow(true) }},
	{"healthy", func(*link) {}},
}

// link leads to the rig's router: through a proxy that can be held, and before
// that through a line that can be slow.
type link struct {
	*Proxy
	ln      net.Listener
	running sync.WaitGroup

	mu    sync.Mutex
	pause time.Duration // for each piece
}

const (
	piece    = 8 << 10               // bytes
	slowness = 20 * time.Millisecond // for a piece: 400 kB/s
)

func newLink(t testing.TB, rig *Rig) *link {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &link{Proxy: rig.Proxy(), ln: ln}
	far := l.Proxy.URL()[len("ws://") : len(l.Proxy.URL())-len("/ws")]
	l.running.Go(func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			l.running.Go(func() { l.join(near, far) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		l.Refuse() // ends what is open
		l.running.Wait()
	})
	return l
}

func (l *link) url() string { return "ws://" + l.ln.Addr().String() + "/ws" }

func (l *link) slow(is bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pause = 0
	if is {
		l.pause = slowness
	}
}

// open ends whatever a router's begin has begun.
func (l *link) open() {
	l.slow(false)
	l.Up.Release()
	l.Down.Release()
}

func (l *link) join(near net.Conn, addr string) {
	defer near.Close()
	far, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer far.Close()
	var back sync.WaitGroup
	defer back.Wait()
	defer near.Close()
	defer far.Close()
	back.Go(func() {
		defer near.Close()
		_, _ = io.Copy(near, far)
	})
	buf := make([]byte, piece)
	for {
		n, err := near.Read(buf)
		if err != nil {
			return
		}
		l.mu.Lock()
		pause := l.pause
		l.mu.Unlock()
		if pause > 0 {
			time.Sleep(pause) // the line's own
		}
		if _, err := far.Write(buf[:n]); err != nil {
			return
		}
	}
}
