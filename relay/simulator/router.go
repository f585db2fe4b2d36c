package simulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gorilla/websocket"
)

// DefaultRealm is the realm of the 2016 stack.
const DefaultRealm = "ot_realm"

const (
	// sessionQueue is how many messages may wait for one session; nexus drops
	// those beyond it (with a warning in the log). It costs 1 MiB a session.
	sessionQueue = 1 << 16
	// closeGrace is how long Close lets sessions take to leave before it cuts
	// their connections.
	closeGrace = 250 * time.Millisecond
)

// RouterConfig says what router to start.
type RouterConfig struct {
	Addr   string       // host:port to listen on; "127.0.0.1:0" for any free port
	Realm  string       // DefaultRealm if empty
	Logger *slog.Logger // nil discards
}

// Router is a nexus WAMP router with a WebSocket endpoint at /ws, open to
// anyone, as the router on the robot is.
type Router struct {
	realm     string
	log       *slog.Logger
	listener  net.Listener
	server    *http.Server
	gate      *gate
	websocket *router.WebsocketServer
	served    chan struct{} // closed when the server has stopped accepting
	closeOnce sync.Once

	mu        sync.Mutex
	closing   bool
	conns     map[net.Conn]struct{} // all that are open
	attaching map[net.Conn]struct{} // those that have yet to say hello
	attach    sync.WaitGroup
}

type connKey struct{}

// StartRouter listens and routes until Close. It fails if the address cannot
// be listened on, or the realm is not a WAMP URI.
func StartRouter(cfg RouterConfig) (*Router, error) {
	log := orDiscard(cfg.Logger)
	if cfg.Realm == "" {
		cfg.Realm = DefaultRealm
	}
	realm := wamp.URI(cfg.Realm)
	if !realm.ValidURI(false, "") {
		return nil, fmt.Errorf("starting the WAMP router: realm %q is not a WAMP URI; one looks like %s", cfg.Realm, DefaultRealm)
	}
	listener, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("starting the WAMP router: cannot listen on %s: %w; stop the program that uses the address, or choose another", cfg.Addr, err)
	}
	nexus, err := router.NewRouter(&router.Config{RealmConfigs: []*router.RealmConfig{{
		URI:           realm,
		AnonymousAuth: true,
	}}}, nexusLog{log})
	if err != nil {
		listener.Close()
		return nil, fmt.Errorf("starting the WAMP router: %w", err)
	}

	gate := newGate(nexus)
	r := &Router{
		realm:     cfg.Realm,
		log:       log,
		gate:      gate,
		websocket: router.NewWebsocketServer(gate),
		served:    make(chan struct{}),
		conns:     make(map[net.Conn]struct{}),
		attaching: make(map[net.Conn]struct{}),
	}
	r.websocket.OutQueueSize = sessionQueue
	// Web pages of any origin may join: there is nothing here to protect, and
	// the robot's own pages come from elsewhere.
	r.websocket.Upgrader.CheckOrigin = func(*http.Request) bool { return true }
	r.listener = trackedListener{listener, r}
	r.server = &http.Server{
		Handler:           r,
		ReadHeaderTimeout: 5 * time.Second,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
	}
	go func() {
		defer close(r.served)
		if err := r.server.Serve(r.listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("WAMP router: stopped accepting connections", "error", err)
		}
	}()
	return r, nil
}

// Addr is the host:port the router listens on.
func (r *Router) Addr() string { return r.listener.Addr().String() }

// URL is where a client on this machine joins.
func (r *Router) URL() string {
	host, port, _ := net.SplitHostPort(r.Addr())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "ws://" + net.JoinHostPort(host, port) + "/ws"
}

// ServeHTTP lets WAMP clients in at /ws and tells all others the way.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case req.URL.Path != "/ws":
		http.Error(w, fmt.Sprintf("nothing here: the WAMP router is at ws://%s/ws, realm %s", req.Host, r.realm), http.StatusNotFound)
		return
	case !websocket.IsWebSocketUpgrade(req):
		w.Header().Set("Upgrade", "websocket")
		http.Error(w, fmt.Sprintf("this is a WebSocket endpoint: join realm %s with a WAMP client at ws://%s/ws", r.realm, req.Host), http.StatusUpgradeRequired)
		return
	}
	conn, _ := req.Context().Value(connKey{}).(net.Conn)
	if !r.startAttaching(conn) {
		http.Error(w, "the WAMP router is closing", http.StatusServiceUnavailable)
		return
	}
	defer r.attached(conn)
	r.websocket.ServeHTTP(w, req)
}

// startAttaching counts a connection among those that Close has to wait for:
// a client that joins a nexus router that has closed panics.
func (r *Router) startAttaching(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closing {
		return false
	}
	r.attaching[c] = struct{}{}
	r.attach.Add(1)
	return true
}

func (r *Router) attached(c net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.attaching, c)
	r.attach.Done()
}

// Close tells every client goodbye, cuts off those that stay, and returns when
// all is gone: well within a second, even if a client has stopped reading. It
// may be called again.
func (r *Router) Close() {
	r.closeOnce.Do(r.close)
}

func (r *Router) close() {
	r.mu.Lock()
	r.closing = true
	r.mu.Unlock()
	r.server.Close()
	<-r.served

	r.cut(r.attaching)
	r.attach.Wait()

	// Who does not leave when told to is cut off.
	r.gate.dismiss()
	timer := time.AfterFunc(closeGrace, func() { r.cut(r.conns) })
	r.gate.sessions.Wait()
	timer.Stop()
	r.awaitMeta()
	r.gate.Close()
	r.cut(r.conns)
}

// awaitMeta returns when every question to the meta API has been answered:
// nexus closes it under one that has not, and then hangs. Its answers come in
// order, so that one more is the last.
func (r *Router) awaitMeta() {
	c, err := client.ConnectLocal(r.gate.Router, client.Config{Realm: r.realm, Logger: nexusLog{r.log}})
	if err != nil {
		r.log.Warn("WAMP router: closing without a last look", "error", err)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := c.Call(ctx, string(wamp.MetaProcSessionCount), nil, nil, nil, nil); err != nil {
		r.log.Warn("WAMP router: the last look failed", "error", err)
	}
	_ = c.Close() // it is gone with the router in any case
}

// cut closes a set of connections, one of the router's own.
func (r *Router) cut(set map[net.Conn]struct{}) {
	r.mu.Lock()
	conns := make([]net.Conn, 0, len(set))
	for c := range set {
		conns = append(conns, c)
	}
	r.mu.Unlock()
	for _, c := range conns {
		c.Close()
	}
}

// trackedListener keeps the router's set of open connections, since http.Server
// forgets those that became WebSockets.
type trackedListener struct {
	net.Listener
	router *Router
}

func (l trackedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	tracked := &trackedConn{Conn: c, router: l.router}
	l.router.mu.Lock()
	defer l.router.mu.Unlock()
	l.router.conns[tracked] = struct{}{}
	return tracked, nil
}

type trackedConn struct {
	net.Conn
	router *Router
}

func (c *trackedConn) Close() error {
	c.router.mu.Lock()
	delete(c.router.conns, c)
	c.router.mu.Unlock()
	return c.Conn.Close()
}
