// Package page is the web page of the box and the API behind it.
//
// The page is plain HTML, CSS and JavaScript in the program itself: a lab
// network often has no way to the internet, and what has no build step still
// works in ten years. Everything it shows comes by one stream of events, and
// whatever came over the wire is only ever set as text.
package page

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"rawtcpcom/relay/network"
	"rawtcpcom/relay/webguard"
	"rawtcpcom/status/console"
	"rawtcpcom/status/monitor"
	"rawtcpcom/status/relayapi"
	"rawtcpcom/status/setup"
	"rawtcpcom/status/traffic"
)

//go:embed assets
var assets embed.FS

// maxStreams bounds the pages that are open at once, since each costs work.
const maxStreams = 16

// Config is what the page works with.
type Config struct {
	Monitor   *monitor.Monitor
	Relay     *relayapi.Relay
	Traffic   *traffic.Log
	Identify  func()
	Console   *console.Console // nil: off
	Allow     network.Networks
	Names     []string        // host names of this machine; the first one is shown
	Handed    func() []string // those that the network hands out; nil: none
	AdminPort int             // of gokrazy's administration; 0: no link
	Setup     *setup.Setup    // nil: nothing is set here
	Log       *slog.Logger
}

// Server serves the page.
type Server struct {
	cfg     Config
	streams chan struct{}
	ending  context.Context // the streams end with it
}

// Serve answers on ln until ctx ends, and waits for what is under way.
func Serve(ctx context.Context, ln net.Listener, cfg Config) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &Server{cfg: cfg, streams: make(chan struct{}, maxStreams), ending: ctx}
	server := webguard.Server(guard(cfg, s.routes()), cfg.Log)
	ln = webguard.Bound(server, ln, webguard.MaxConns)
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		timeout, done := context.WithTimeout(context.Background(), time.Second)
		defer done()
		err := server.Shutdown(timeout)
		if err != nil {
			err = server.Close()
		}
		stopped <- err
	}()
	err := server.Serve(ln)
	cancel()
	stop := <-stopped
	if errors.Is(err, http.ErrServerClosed) {
		return stop
	}
	return err
}

func (s *Server) routes() http.Handler {
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		panic(err) // the folder is in the program or it does not build
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /api/about", s.about)
	mux.HandleFunc("GET /api/status", s.status)
	mux.HandleFunc("GET /api/events", s.events)
	mux.HandleFunc("GET /api/messages.jsonl", s.download)
	mux.HandleFunc("POST /identify", s.identify)
	mux.HandleFunc("DELETE /api/clients/{id}", s.cfg.Setup.Use(s.closeClient))
	mux.HandleFunc("DELETE /api/notices/{id}", s.cfg.Setup.Use(s.putAway))
	mux.HandleFunc("POST /api/console", s.cfg.Setup.Use(s.console))
	mux.HandleFunc("POST /api/halt", s.halt)
	if s.cfg.Setup != nil {
		s.cfg.Setup.Register(mux)
	}
	// The relay listens on loopback only; what a lab's monitoring may read of
	// it is passed on, under the same rules as the page.
	for _, path := range []string{"/state", "/healthz", "/metrics"} {
		mux.Handle("GET "+path, s.relay())
	}
	return mux
}

func (s *Server) relay() http.Handler {
	target, err := url.Parse(s.cfg.Relay.URL())
	if err != nil {
		panic(err) // relayapi.NewRelay parsed it before
	}
	return &httputil.ReverseProxy{
		Transport: s.cfg.Relay.Transport(),
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "The relay does not answer: "+err.Error(), http.StatusBadGateway)
		},
		ErrorLog: slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug),
	}
}
