// Package search looks for robots in the networks that a machine is directly on:
// for routers that speak WAMP where an OT-One's does. It only asks. It publishes
// nothing, subscribes to nothing, and leaves a router as soon as it has an answer.
//
// What it costs the network is bounded: no more than [MaxHosts] addresses, 64
// connections at once, and [Time] in all. So is what somebody who only passes for a
// router costs the machine: its messages are short, or it is none.
package search

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"rawtcpcom/relay/session"
)

// Limits of one search.
const (
	MaxHosts = 1<<10 - 2 // those of a /22
	Time     = 20 * time.Second

	atOnce      = 64
	connectTime = 600 * time.Millisecond // to a machine in the same network
	talkTime    = 5 * time.Second        // to whoever has accepted the connection
	messageSize = 16 << 10               // of one message from there, in bytes
	reasonSize  = 200                    // of what it says, in bytes
)

// Ports are where the routers of both dialects listen.
var Ports = []uint16{8080, 31947}

// Found is something that listens where a robot's router would.
type Found struct {
	URL     string `json:"url"`     // as in the robot's address
	WAMP    bool   `json:"wamp"`    // it speaks WAMP
	Joined  bool   `json:"joined"`  // it has the realm, and let a stranger join it
	Dialect string `json:"dialect"` // whose robot is there: driver or otone; empty for none
	Text    string `json:"text"`    // what it said, for people
}

// Search is one search.
type Search struct {
	Networks []netip.Prefix // see Networks and Hosts
	Own      []netip.Addr   // this machine's, which are left out
	Ports    []uint16
	Realm    string
	Log      *slog.Logger
}

// Run searches, until it is through, its time is over or ctx ends. What speaks
// WAMP comes first.
func (s Search) Run(ctx context.Context) []Found {
	ctx, cancel := context.WithTimeout(ctx, Time)
	defer cancel()
	places := make(chan netip.AddrPort)
	var mu sync.Mutex
	var all []Found
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for place := range places {
				if found, any := s.look(ctx, place); any {
					mu.Lock()
					all = append(all, found)
					mu.Unlock()
				}
			}
		})
	}
	s.hand(ctx, places)
	close(places)
	workers.Wait()
	slices.SortFunc(all, before)
	return all
}

// hand gives out the places to look at.
func (s Search) hand(ctx context.Context, places chan<- netip.AddrPort) {
	for _, host := range Hosts(s.Networks, s.Own) {
		for _, port := range s.Ports {
			select {
			case places <- netip.AddrPortFrom(host, port):
			case <-ctx.Done():
				return
			}
		}
	}
}

// look is what one place says, where somebody is there.
func (s Search) look(ctx context.Context, place netip.AddrPort) (Found, bool) {
	if !listens(ctx, place) {
		return Found{}, false
	}
	found := Found{URL: "ws://" + net.JoinHostPort(place.Addr().String(), strconv.Itoa(int(place.Port()))) + "/ws"}
	ctx, cancel := context.WithTimeout(ctx, talkTime)
	defer cancel()
	joined, err := session.Join(ctx, session.Config{
		Dialer: session.Dialer{URL: found.URL, ReadLimit: messageSize}, Realm: s.Realm,
		Event: func(session.Event) {}, Idle: func() {}, Log: s.Log,
	})
	var refused *session.AbortError
	var asked *session.AuthError
	switch {
	case errors.As(err, &asked):
		found.WAMP, found.Text = true, "a WAMP router that asks for a name and a secret"
	case errors.As(err, &refused):
		found.WAMP, found.Text = true, "a WAMP router that refused: "+reason(string(refused.Reason))
	case err != nil:
		found.Text = "something else than a WAMP router"
	default:
		defer joined.Close()
		found.WAMP, found.Joined = true, true
		found.Dialect, found.Text = robot(ctx, joined, s.Realm)
	}
	return found, true
}

// reason is what a stranger says, and not more than a person reads.
func reason(said string) string {
	if len(said) > reasonSize {
		said = strings.ToValidUTF8(said[:reasonSize], "") + "..."
	}
	return said
}

// listens reports whether somebody takes a connection. It says nothing there.
func listens(ctx context.Context, place netip.AddrPort) bool {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", place.String())
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// before sorts the likeliest first, and then by address.
func before(a, b Found) int {
	if rank := b.rank() - a.rank(); rank != 0 {
		return rank
	}
	switch {
	case a.URL < b.URL:
		return -1
	case a.URL > b.URL:
		return 1
	}
	return 0
}

func (f Found) rank() (n int) {
	for _, good := range []bool{f.WAMP, f.Joined, f.Dialect != ""} {
		if good {
			n++
		}
	}
	return n
}
