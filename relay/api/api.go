// Package api serves the relay's state over HTTP: to the status program on
// the same machine, to Prometheus, and to whoever wants to script it.
//
//	GET    /state         the state, as JSON (package state)
//	GET    /events        server-sent events: "state" at once and on every change
//	GET    /healthz       200 when the robot can be commanded, else 503 and the first broken link
//	GET    /metrics       Prometheus
//	GET    /messages      server-sent events: each message, shortened
//	DELETE /clients/{id}  closes a client's connection
//	DELETE /notices/{id}  puts a notice away
//	POST   /halt          stops the robot: 200 when the router has acknowledged it, else 503
package api

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/panics"
	"rawtcpcom/relay/webguard"
)

// Server serves the API of one hub.
type Server struct {
	Hub   *hub.Hub
	Guard webguard.Guard
	Log   *slog.Logger
}

const (
	// MaxConns is how many connections it may cost at once.
	MaxConns = webguard.MaxConns
	// The streams leave room among them for whoever asks once. One of messages
	// costs more, as it keeps what has passed since its last look.
	maxStateStreams, maxMessageStreams = 16, 16
)

// Serve answers requests from ln until the context ends, and waits for those
// under way.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	changes := &states{hub: s.Hub}
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		_ = panics.Confine(s.Log, "following the state", func() error { // logged there; GET /state goes on
			changes.run(ctx)
			return nil
		})
	}()
	defer func() { <-followed }()

	server := webguard.Server(s.handler(changes), s.Log)
	server.BaseContext = func(net.Listener) context.Context { return ctx } // ends the event streams
	ln = webguard.Bound(server, ln, MaxConns)
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		_ = server.Shutdown(context.WithoutCancel(ctx)) // every stream has ended with ctx
	})
	err := server.Serve(ln)
	if !stop() {
		<-stopped
		return nil
	}
	return fmt.Errorf("serving the state API: %w", err)
}

func (s *Server) handler(changes *states) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(s.Hub.State()) // the reader may have gone
	})
	mux.Handle("GET /healthz", Healthz(s.Hub.State))
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.Hub.Metrics.Registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /events", stream(make(chan struct{}, maxStateStreams), changes.serve))
	mux.HandleFunc("GET /messages", stream(make(chan struct{}, maxMessageStreams), s.messages))
	mux.HandleFunc("DELETE /clients/{id}", func(w http.ResponseWriter, r *http.Request) {
		if !s.Hub.CloseClient(r.PathValue("id")) {
			http.Error(w, "no client has this id; GET /state lists those there are", http.StatusNotFound)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("DELETE /notices/{id}", s.putAway)
	mux.HandleFunc("POST /halt", s.halt)
	return s.Guard.Handler(mux)
}
