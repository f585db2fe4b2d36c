package simulator

import (
	"sync"

	"github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/wamp"
)

// gate is the nexus router as its WebSocket server sees it. It keeps the two
// from closing a session that is still being written to, on which nexus panics:
// a session lost while it is welcomed, and every session when the router
// closes under traffic. To that end it knows all sessions and has them gone
// before nexus is closed.
type gate struct {
	router.Router
	sessions sync.WaitGroup

	mu    sync.Mutex
	peers map[*gatePeer]struct{}
}

// gatePeer is a client's end at the router.
type gatePeer struct {
	wamp.Peer
	gate *gate

	mu        sync.Mutex
	attaching bool
	wanted    bool // Close was called while attaching
	closed    bool
}

// IsLocal has nexus give each subscriber an event of its own. It would share one
// among all that are not local, and write into it while it is being sent, where some
// are subscribed by pattern.
func (p *gatePeer) IsLocal() bool { return true }

func newGate(r router.Router) *gate {
	return &gate{Router: r, peers: make(map[*gatePeer]struct{})}
}

// AttachClient lets a client join its realm.
func (g *gate) AttachClient(client wamp.Peer, details wamp.Dict) error {
	p := &gatePeer{Peer: client, gate: g, attaching: true}
	g.sessions.Add(1)
	g.mu.Lock()
	g.peers[p] = struct{}{}
	g.mu.Unlock()

	err := g.Router.AttachClient(p, details)

	p.mu.Lock()
	p.attaching = false
	wanted := p.wanted
	p.mu.Unlock()
	if wanted {
		p.Close()
	}
	return err
}

// dismiss says goodbye to all sessions.
func (g *gate) dismiss() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for p := range g.peers {
		p.dismiss()
	}
}

func (p *gatePeer) dismiss() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	select {
	case p.Send() <- &wamp.Goodbye{Reason: wamp.ErrSystemShutdown, Details: wamp.Dict{}}:
	default: // it does not read, and will be cut off
	}
}

// Close ends the session, once it has been attached.
func (p *gatePeer) Close() {
	p.mu.Lock()
	if p.attaching || p.closed {
		p.wanted = true
		p.mu.Unlock()
		return
	}
	p.closed = true
	p.mu.Unlock()

	p.Peer.Close()
	p.gate.mu.Lock()
	delete(p.gate.peers, p)
	p.gate.mu.Unlock()
	p.gate.sessions.Done()
}
