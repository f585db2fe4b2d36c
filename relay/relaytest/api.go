package relaytest

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"rawtcpcom/relay/state"
)

// Do asks the state API and returns the status and the body. Headers come in
// pairs.
func (r *Relay) Do(method, path string, headers ...string) (status int, body string) {
	r.t.Helper()
	response := r.request(Deadline(r.t), method, path, headers...)
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response.StatusCode, string(b)
}

func (r *Relay) request(ctx context.Context, method, path string, headers ...string) *http.Response {
	r.t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, r.API+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	// A connection of its own for each, so that none is left to a later test.
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	return response
}

// State is GET /state.
func (r *Relay) State() state.State {
	r.t.Helper()
	_, body := r.Do("GET", "/state")
	var s state.State
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		r.t.Fatalf("GET /state: %v in %q", err, body)
	}
	return s
}

// WaitState returns when cond holds for the state, as told by GET /events.
func (r *Relay) WaitState(what string, cond func(state.State) bool) state.State {
	r.t.Helper()
	// Some faults are noticed after most of Patience, by design.
	ctx, cancel := context.WithTimeout(context.Background(), 2*Patience)
	defer cancel()
	return r.AwaitState(ctx, what, cond)
}

// AwaitState is WaitState for what takes long; the test fails when ctx ends. A stream
// that ends, as that of a relay which starts anew does, is begun again.
func (r *Relay) AwaitState(ctx context.Context, what string, cond func(state.State) bool) state.State {
	r.t.Helper()
	for {
		if s, ok := r.streamUntil(ctx, cond); ok {
			return s
		}
		if ctx.Err() != nil {
			r.t.Fatalf("waiting for the state %q; it is %+v", what, r.State())
		}
	}
}

// streamUntil follows one stream of the state; ok is false where it or ctx ends before.
func (r *Relay) streamUntil(ctx context.Context, cond func(state.State) bool) (s state.State, ok bool) {
	r.t.Helper()
	stream := r.Stream("/events")
	defer stream.Close()
	for {
		e, ok := stream.next(ctx)
		if !ok {
			return s, false
		}
		var now state.State
		if err := json.Unmarshal([]byte(e.Data), &now); err != nil {
			r.t.Fatal(err)
		}
		if cond(now) {
			return now, true
		}
	}
}

// WaitRouter returns when the relay has, or has not, a session.
func (r *Relay) WaitRouter(joined bool) {
	r.t.Helper()
	r.WaitState("router", func(s state.State) bool { return (s.Router.State == state.RouterJoined) == joined })
}

// WaitRobot returns when the relay takes the robot to be in that state.
func (r *Relay) WaitRobot(want state.RobotState) {
	r.t.Helper()
	r.WaitState("the robot is "+string(want), func(s state.State) bool { return s.Robot.State == want })
}

// Stream is a stream of server-sent events.
type Stream struct {
	t      testing.TB
	events chan ServerSent
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// ServerSent is one server-sent event.
type ServerSent struct {
	Name, Data string
	At         time.Time // when it came
}

// Stream opens a stream. It is open when Stream returns.
func (r *Relay) Stream(path string) *Stream {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	response := r.request(ctx, "GET", path)
	s := &Stream{t: r.t, events: make(chan ServerSent, 100_000), cancel: cancel}
	s.done.Go(func() {
		defer close(s.events)
		defer response.Body.Close()
		s.read(response.Body)
	})
	r.t.Cleanup(s.Close)
	return s
}

func (s *Stream) read(body io.Reader) {
	lines := bufio.NewReader(body)
	name := ""
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return // closed, by one side or the other
		}
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch key {
		case "event":
			name = value
		case "data":
			s.events <- ServerSent{name, value, time.Now()}
		}
	}
}

func (s *Stream) next(ctx context.Context) (ServerSent, bool) {
	select {
	case e, ok := <-s.events:
		return e, ok
	case <-ctx.Done():
		return ServerSent{}, false
	}
}

// Next is the next event.
func (s *Stream) Next() ServerSent {
	s.t.Helper()
	e, ok := s.next(Deadline(s.t))
	if !ok {
		s.t.Fatal("no event came on the stream")
	}
	return e
}

// Close ends the stream. It may be called again.
func (s *Stream) Close() {
	s.cancel()
	s.done.Wait()
}
