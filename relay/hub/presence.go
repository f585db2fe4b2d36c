package hub

import (
	"context"
	"time"

	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// The router's meta API tells at once that a driver has come or gone, but not
// every router has it or allows it, and routers differ in it. So its events
// only mean "look again", a look asks one question, and what cannot be looked
// up is found out by handshakes.
const (
	lookTimeout = 2 * time.Second
	lookEvery   = 5 * time.Second // in case an event was missed
)

// PresenceTopics are the meta events that mean "look again". A session works
// without them.
var PresenceTopics = []string{
	string(wamp.MetaEventSubOnCreate), string(wamp.MetaEventSubOnSubscribe),
	string(wamp.MetaEventSubOnUnsubscribe), string(wamp.MetaEventSubOnDelete),
	string(wamp.MetaEventSessionOnLeave),
}

// Caller is the part of a session that looks need.
type Caller interface {
	Call(ctx context.Context, procedure string, args ...any) (wamp.List, error)
}

// Watch looks who is there, at once and whenever there is reason to, until
// the context ends, whose error it returns.
func (h *Hub) Watch(ctx context.Context, s Caller) error {
	again := time.NewTicker(lookEvery)
	defer again.Stop()
	for {
		there := h.lookUp(ctx, s, wire.Driver)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		h.seen(there)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-h.look:
		case <-again.C:
		}
	}
}

// lookUp asks whether a service is there, which takes both of its topics: a
// driver that starts subscribes to handshakes first, and what is published to
// it before it has come to the other topic reaches nobody.
func (h *Hub) lookUp(ctx context.Context, s Caller, name wire.Service) yesNo {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	there := yes
	for _, topic := range []string{name.HandshakeTopic(), name.Topic()} {
		answer, err := s.Call(ctx, string(wamp.MetaProcSubLookup), topic)
		if err != nil {
			h.log.Debug("the router does not tell who is there; handshakes will", "error", err)
		}
		switch subscribers(answer, err) {
		case no:
			return no
		case dontKnow:
			there = dontKnow
		}
	}
	return there
}

// subscribers reads the answer to a look: the subscription's id, or nothing
// where nobody is subscribed. Nexus says 0 for nothing, crossbar.io null.
func subscribers(answer wamp.List, err error) yesNo {
	if err != nil || len(answer) == 0 {
		return dontKnow
	}
	id, isNumber := wamp.AsInt64(answer[0])
	switch {
	case answer[0] == nil || isNumber && id == 0:
		return no
	case isNumber:
		return yes
	}
	return dontKnow
}

// lookAgain puts the driver in doubt until the next look.
func (h *Hub) lookAgain() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.services[wire.Driver].doubt = true
	// The others are looked for when somebody addresses them next.
	for _, c := range h.clients {
		for _, s := range h.services {
			if s.name != wire.Driver && c.shakes[s.name] != state.HandshakePending {
				delete(c.shakes, s.name)
			}
		}
	}
	signal(h.look)
}

// seen takes what a look found.
func (h *Hub) seen(there yesNo) {
	h.mu.Lock()
	defer h.release()
	if h.session == nil {
		return
	}
	s := h.services[wire.Driver]
	came := s.subscribed == no && there != no
	s.subscribed, s.looked = there, true
	switch {
	case there == no:
		s.doubt, s.silent, s.asking, s.misses = false, false, "", 0
		for _, c := range h.clients {
			c.shakes[wire.Driver] = state.HandshakePending
		}
	case came:
		s.retryAt = time.Time{}
		fallthrough
	default:
		// Somebody is there, but is it still the same? Only clients that were
		// handshaken depend on that; a probe tells.
		s.doubt = s.doubt && len(s.known) > 0 && !s.silent
	}
	h.refresh()
	signal(h.wake)
}

// refresh works out whether each service is there, and lets waiting commands
// go on, or be refused, when that has changed.
func (h *Hub) refresh() {
	for _, s := range h.services {
		presence, reason := h.presenceOf(s)
		if s.presence == presence && s.reason == reason {
			continue
		}
		if s.presence != presence {
			s.since = time.Now()
			h.log.Info("presence", "service", string(s.name), "state", string(presence), "reason", reason)
		}
		s.presence, s.reason = presence, reason
		signal(h.dirty)
	}
	for _, c := range h.clients {
		h.pump(c)
	}
}

func (h *Hub) presenceOf(s *service) (p state.DriverState, reason string) {
	switch {
	case h.session == nil:
		return state.DriverUnknown, ""
	case s.subscribed == no:
		return state.DriverAbsent, "nobody is subscribed to " + s.name.Topic() + " and to its handshakes on the router; start the robot's driver"
	case s.silent:
		return state.DriverAbsent, "it does not answer the handshake; restart the robot's driver"
	case s.subscribed == yes || !s.lastHeard.IsZero():
		return state.DriverPresent, ""
	}
	return state.DriverUnknown, ""
}
