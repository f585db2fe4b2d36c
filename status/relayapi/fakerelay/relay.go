// Package fakerelay is a relay's HTTP API that says what a test wants, for
// tests of those who listen to it.
package fakerelay

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tap"
)

// Relay is the API. Its methods are safe for use by several goroutines.
type Relay struct {
	*httptest.Server

	mu      sync.Mutex
	state   state.State
	streams map[chan string]string // path by stream
	closed  []string
	halted  []string // by whom
	unable  string   // why it cannot halt; empty where it can
	silent  bool
}

// New starts one that is joined to a router with a driver and has no client.
// Close ends it.
func New() *Relay {
	r := &Relay{state: Healthy(), streams: map[chan string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(r.state)
	})
	mux.HandleFunc("GET /events", r.stream)
	mux.HandleFunc("GET /messages", r.stream)
	mux.HandleFunc("DELETE /clients/{id}", r.remove)
	mux.HandleFunc("DELETE /notices/{id}", r.putAway)
	mux.HandleFunc("POST /halt", r.halt)
	r.Server = httptest.NewServer(mux)
	return r
}

// Close ends it, and the streams that are open: a server alone would wait for
// them.
func (r *Relay) Close() {
	r.Listener.Close()
	r.CloseClientConnections()
	r.Server.Close()
}

// Healthy is the state of a relay with router and driver and no client.
func Healthy() state.State {
	began := time.Now().Add(-90 * time.Second)
	return state.State{
		Version: "1.0", Revision: "abc", Built: "today", Started: began,
		Router:  state.Router{URL: "ws://127.0.0.1:8080/ws", Realm: "ot_realm", State: state.RouterJoined, Since: began},
		Robot:   state.Robot{State: state.RobotPresent, ID: "d", Since: began},
		Clients: []state.Client{},
	}
}

// Set changes the state and tells it.
func (r *Relay) Set(s state.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = s
	r.tell("/events", text("state", s))
}

// Say passes a message.
func (r *Relay) Say(m tap.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell("/messages", text("message", m))
}

// Drop tells that n messages were not told.
func (r *Relay) Drop(n uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell("/messages", text("dropped", map[string]uint64{"dropped": n}))
}

// Write sends text as it is to the streams of a path.
func (r *Relay) Write(path, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell(path, text)
}

// Cut ends all streams, as a relay that stops does.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.streams {
		close(c)
		delete(r.streams, c)
	}
}

// Hush makes new streams say nothing at all, as a relay that hangs does.
func (r *Relay) Hush() {
	r.mu.Lock()
	r.silent = true
	r.mu.Unlock()
	r.Cut()
}

// Streams is how many follow a path.
func (r *Relay) Streams(path string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, p := range r.streams {
		if p == path {
			n++
		}
	}
	return n
}

// Closed lists the clients that were closed.
func (r *Relay) Closed() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.closed...)
}

// Halted lists who halted the robot.
func (r *Relay) Halted() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.halted...)
}

// CannotHalt has it say why it cannot halt the robot.
func (r *Relay) CannotHalt(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unable = why
}

func (r *Relay) halt(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unable != "" {
		http.Error(w, r.unable, http.StatusServiceUnavailable)
		return
	}
	r.halted = append(r.halted, req.URL.Query().Get("by"))
}

func text(event string, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // a test's own value
	}
	return fmt.Sprintf("event: %s\ndata: %s\n\n", event, data)
}

// tell leaves a stream that does not read without it. The lock is held.
func (r *Relay) tell(path, text string) {
	for c, p := range r.streams {
		if p == path {
			select {
			case c <- text:
			default:
			}
		}
	}
}

func (r *Relay) stream(w http.ResponseWriter, req *http.Request) {
	c := make(chan string, 4096)
	r.mu.Lock()
	silent := r.silent
	r.streams[c] = req.URL.Path
	if req.URL.Path == "/events" && !silent {
		c <- text("state", r.state)
	}
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.streams, c)
		r.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	flush := w.(http.Flusher).Flush
	flush()
	for {
		select {
		case <-req.Context().Done():
			return
		case s, open := <-c:
			if !open {
				return
			}
			if _, err := w.Write([]byte(s)); err != nil {
				return
			}
			flush()
		}
	}
}

func (r *Relay) remove(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := req.PathValue("id")
	for i, c := range r.state.Clients {
		if c.ID == id {
			r.closed = append(r.closed, id)
			rest := append([]state.Client{}, r.state.Clients[:i]...)
			r.state.Clients = append(rest, r.state.Clients[i+1:]...)
			r.tell("/events", text("state", r.state))
			w.WriteHeader(http.StatusNoContent)
			return
		}
	}
	http.Error(w, "no such client", http.StatusNotFound)
}

func (r *Relay) putAway(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := req.PathValue("id")
	i := slices.IndexFunc(r.state.Notices, func(n state.Notice) bool { return n.ID == id })
	if i < 0 {
		http.Error(w, "no such notice", http.StatusNotFound)
		return
	}
	r.state.Notices = slices.Delete(slices.Clone(r.state.Notices), i, i+1)
	r.tell("/events", text("state", r.state))
	w.WriteHeader(http.StatusNoContent)
}
