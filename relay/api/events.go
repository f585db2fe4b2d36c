package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"rawtcpcom/relay/broadcast"
	"rawtcpcom/relay/hub"
)

const (
	leastGap  = 100 * time.Millisecond // between two states: at most ten a second
	keepAlive = 5 * time.Second        // between bytes on a stream at rest
)

// states gives each state to every stream. One state is made for all of
// them, and a stream that is slow skips states rather than pile them up.
type states struct {
	hub *hub.Hub

	mu      sync.Mutex
	latest  []byte
	renewed broadcast.Signal
}

// run renews the state when it has changed, until the context ends.
func (s *states) run(ctx context.Context) {
	for {
		s.renew()
		pause := time.NewTimer(leastGap)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		select {
		case <-ctx.Done():
			return
		case <-s.hub.Dirty():
		}
	}
}

// now is the state as it stands.
func (s *states) now() []byte {
	text, err := json.Marshal(s.hub.State())
	if err != nil {
		panic("state that cannot be JSON: " + err.Error()) // of types known to be
	}
	return text
}

func (s *states) renew() {
	text := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latest = text
	s.renewed.Notify()
}

func (s *states) get() (latest []byte, renewed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.latest, s.renewed.Next()
}

// serve streams the state to one reader (HTML standard, "Server-sent events").
func (s *states) serve(stream events, r *http.Request) {
	quiet := time.NewTicker(keepAlive)
	defer quiet.Stop()
	// The first state is made for this reader: the latest may be older than a
	// change that the reader knows of.
	_, renewed := s.get()
	latest := s.now()
	for send := true; ; {
		if send && stream.event("state", latest) != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-renewed:
			latest, renewed = s.get()
			send = true
		case <-quiet.C:
			send = false
			if stream.comment("keepalive") != nil {
				return
			}
		}
	}
}

// streamed is a handler that streams to one reader.
type streamed func(events, *http.Request)

// stream takes a place for a stream, and gives it back when that ends.
func stream(places chan struct{}, serve streamed) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		default:
			http.Error(w, fmt.Sprintf("there are %d streams open already; close one", cap(places)), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-store")
		e := events{w, http.NewResponseController(w)}
		if e.control.SetReadDeadline(time.Time{}) != nil {
			return // the connection is gone already
		}
		serve(e, r)
	}
}

// events writes server-sent events, each at once.
type events struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s events) event(name string, data []byte) error {
	return s.write(appendEvent(nil, name, data))
}

func (s events) comment(text string) error { return s.write([]byte(": " + text + "\n\n")) }

func (s events) write(b []byte) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(keepAlive)) // a reader that stands still must not hold us
	if _, err := s.w.Write(b); err != nil {
		return err
	}
	return s.control.Flush()
}

func appendEvent(dst []byte, name string, data []byte) []byte {
	return fmt.Appendf(dst, "event: %s\ndata: %s\n\n", name, data)
}
