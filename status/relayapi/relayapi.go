// Package relayapi is the client of the relay's HTTP API: it follows the state
// and the messages for as long as the program runs.
//
// The relay may start after this program, be restarted or hang; all of that
// is shown and none of it is an error here. So following never gives up: it
// tells that the relay is lost and tries again after a short back-off.
package relayapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"rawtcpcom/relay/socket"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tap"
)

// The relay writes a keepalive every 5 s, so a stream that is silent for
// longer than two of them is dead.
const defaultIdle = 12 * time.Second

// The back-off between attempts. The relay is on the same machine and
// restarts within a second, so there is no point in waiting long.
const (
	firstBackOff = 100 * time.Millisecond
	maxBackOff   = time.Second
)

// Events is what a follower is told, each from one of its two goroutines.
type Events struct {
	State   func(state.State) // a new state; the relay answers
	Lost    func(error)       // the relay does not answer
	Message func(tap.Message)
	Dropped func(uint64) // so many messages were not told
}

// Relay is the relay's HTTP API.
type Relay struct {
	base   string
	client *http.Client
	idle   time.Duration
}

// NewRelay makes a client of the API at base, such as http://127.0.0.1:7888.
func NewRelay(base string) (*Relay, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("%q is not the address of a relay; it looks like http://127.0.0.1:7888", base)
	}
	transport := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 2 * time.Second}).DialContext,
		ResponseHeaderTimeout: 5 * time.Second,
		DisableCompression:    true,
	}
	return &Relay{base: "http://" + u.Host, client: &http.Client{Transport: transport}, idle: defaultIdle}, nil
}

// URL is the address of the API, without a slash at the end.
func (r *Relay) URL() string { return r.base }

// Transport is the way to the API, for one who passes requests on. Follow
// closes its idle connections when it ends.
func (r *Relay) Transport() http.RoundTripper { return r.client.Transport }

// Follow tells e everything until ctx ends, and then returns.
func (r *Relay) Follow(ctx context.Context, e Events) {
	defer r.client.CloseIdleConnections()
	var both sync.WaitGroup
	both.Go(func() {
		r.keepUp(ctx, "/events", func(ev event) error {
			if ev.name != "state" {
				return nil
			}
			var s state.State
			if err := json.Unmarshal(ev.data, &s); err != nil {
				return fmt.Errorf("reading its state: %w", err)
			}
			e.State(s)
			return nil
		}, e.Lost)
	})
	both.Go(func() {
		// That the relay is away is told by the other stream.
		r.keepUp(ctx, "/messages", func(ev event) error { return message(ev, e) }, func(error) {})
	})
	both.Wait()
}

func message(ev event, e Events) error {
	switch ev.name {
	case "message":
		var m tap.Message
		if err := json.Unmarshal(ev.data, &m); err != nil {
			return fmt.Errorf("reading a message of the tap: %w", err)
		}
		e.Message(m)
	case "dropped":
		var d struct{ Dropped uint64 }
		if err := json.Unmarshal(ev.data, &d); err != nil {
			return fmt.Errorf("reading the count of dropped messages: %w", err)
		}
		e.Dropped(d.Dropped)
	}
	return nil
}

// keepUp streams path again and again. An attempt that brought events starts
// the back-off anew.
func (r *Relay) keepUp(ctx context.Context, path string, on func(event) error, lost func(error)) {
	wait := firstBackOff
	for {
		err := stream(ctx, r.client, r.base+path, r.idle, func(ev event) error {
			wait = firstBackOff
			return on(ev)
		})
		if ctx.Err() != nil {
			return
		}
		lost(plain(err))
		// Jitter keeps the two streams from knocking at the same instants.
		pause := time.NewTimer(wait/2 + rand.N(wait/2))
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		wait = min(2*wait, maxBackOff)
	}
}

// plain says why the relay is lost in words for the page.
func plain(err error) error {
	var timeout net.Error
	switch {
	case socket.Refused(err):
		return errors.New("it is not running (connection refused)")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), socket.Reset(err):
		return errors.New("it closed the connection")
	case errors.Is(err, errSilent):
		return err
	case errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("it did not answer in time")
	}
	return err
}

// ErrUnknownClient is the answer to closing a client that is not there.
var ErrUnknownClient = errors.New("there is no such client; it may have left by itself")

// CloseClient makes the relay close the connection of the client with this id.
func (r *Relay) CloseClient(ctx context.Context, id string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, r.base+"/clients/"+url.PathEscape(id), nil)
	if err != nil {
		return fmt.Errorf("closing client %s: %w", id, err)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return fmt.Errorf("closing client %s: the relay does not answer: %w", id, plain(err))
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusNoContent, http.StatusOK:
		return nil
	case http.StatusNotFound:
		return fmt.Errorf("closing client %s: %w", id, ErrUnknownClient)
	}
	return fmt.Errorf("closing client %s: the relay's answer was %s", id, resp.Status)
}
