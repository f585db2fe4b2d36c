package hub

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Timing of handshakes and probes.
const (
	handshakeTimeout = 3 * time.Second  // for the answer; a live driver takes milliseconds
	probeAfter       = 10 * time.Second // without a sign of life,
	probeAfterSend   = 2 * time.Second  // or without one since something was published to it
	retryLeast       = time.Second      // between attempts with a service that does not answer,
	retryMost        = 5 * time.Second  // doubling to this
	never            = time.Hour
)

// yesNo is what the router says of a topic's subscribers.
type yesNo int

const (
	dontKnow yesNo = iota
	yes
	no
)

// service is a peer on the robot: the driver, labware or bootstrapper.
//
// A handshake is asked for one client at a time, because a refusal ("fail")
// names nobody: it is for the one whose handshake is outstanding.
type service struct {
	name     wire.Service
	presence state.DriverState
	since    time.Time
	reason   string // why it is absent
	id       string // its own id, empty until a handshake told it

	subscribed yesNo // does the router say that it is there?
	looked     bool  // the router has been asked in this session
	silent     bool  // it has left a handshake unanswered
	doubt      bool  // it may have gone, or been replaced: commands wait

	asking    string    // the client id whose handshake is outstanding
	askedAt   time.Time // since when
	misses    int       // handshakes unanswered in a row
	retryAt   time.Time // not to be asked again before
	renewed   time.Time // when another instance than before answered
	lastHeard time.Time
	spokenTo  time.Time // when something was first published to it since
	known     []string  // client ids that hold a slot, as far as it has told
}

// reset forgets what holds for one session only. The id stays, to tell a
// service that has come back from a new one.
func (s *service) reset() {
	s.subscribed, s.looked, s.silent, s.doubt = dontKnow, false, false, false
	s.asking, s.misses, s.retryAt = "", 0, time.Time{}
	s.lastHeard, s.spokenTo, s.known = time.Time{}, time.Time{}, nil
}

// step does what is due with every service and returns how long until
// something may be due again.
func (h *Hub) step(now time.Time) time.Duration {
	next := never
	if h.session == nil {
		return next
	}
	for _, name := range wire.Services {
		if wait := h.stepService(h.services[name], now); wait < next {
			next = wait
		}
	}
	return next
}

func (h *Hub) stepService(s *service, now time.Time) time.Duration {
	if s.asking != "" {
		if wait := s.askedAt.Add(handshakeTimeout).Sub(now); wait > 0 {
			return wait
		}
		h.unanswered(s, now)
	}
	if wait := s.retryAt.Sub(now); wait > 0 {
		return wait
	}
	id, wait := h.nextToAsk(s, now)
	if id == "" {
		return wait
	}
	h.ask(s, id, now)
	return handshakeTimeout
}

// nextToAsk is the client id to shake hands for: a client that waits for it,
// or an id to probe with; where there is none, how long until there may be.
func (h *Hub) nextToAsk(s *service, now time.Time) (id string, wait time.Duration) {
	if s.name == wire.Driver && !s.looked || s.subscribed == no {
		return "", never // the next look decides
	}
	var first *client
	for _, c := range h.clients {
		if c.shakes[s.name] == state.HandshakePending && (first == nil || c.since.Before(first.since)) {
			first = c
		}
	}
	if first != nil {
		return first.id, 0
	}
	if s.name != wire.Driver {
		return "", never
	}
	return h.nextProbe(s, now)
}

// nextProbe picks an id that holds a slot already, since a handshake for it
// moves nothing and costs nothing. Where none does, the id of a client that was
// refused one: it may have been freed by a restart that nobody told of. Where
// there is no client and it matters whether the service answers, the first id
// of the pool serves: its slot is the relay's in any case.
func (h *Hub) nextProbe(s *service, now time.Time) (id string, wait time.Duration) {
	refused := h.refusedBy(s)
	switch {
	case len(s.known) > 0:
		id = s.known[0]
	case refused != nil:
		id = refused.id
	case s.subscribed == yes && !s.silent:
		return "", never
	default:
		id = h.pool.IDs()[0]
	}
	if s.doubt || s.silent {
		return id, 0
	}
	wait = s.lastHeard.Add(probeAfter).Sub(now)
	if s.spokenTo.After(s.lastHeard) {
		wait = min(wait, s.spokenTo.Add(probeAfterSend).Sub(now))
	}
	if wait > 0 {
		return "", min(wait, probeAfterSend) // a publish does not wake this, for speed
	}
	return id, 0
}

// refusedBy is a client that a service had no slot for, nil if there is none.
func (h *Hub) refusedBy(s *service) *client {
	for _, c := range h.clients {
		if c.shakes[s.name] == state.HandshakeFailed {
			return c
		}
	}
	return nil
}

func (h *Hub) ask(s *service, id string, now time.Time) {
	s.asking, s.askedAt = id, now
	err := h.send(context.Background(), s.name.HandshakeTopic(), wire.AppendExtend(nil, now, s.name, s.id, id), true, func(err error) {
		if err != nil {
			h.log.Warn("handshake not taken by the router", "service", string(s.name), "error", err)
		}
	})
	if err != nil {
		s.asking = "" // the session has ended; Lost is on its way
	}
}

// unanswered notes that a handshake got no answer in time. A first miss after
// signs of life is only asked again, since a busy driver may be late.
func (h *Hub) unanswered(s *service, now time.Time) {
	s.asking = ""
	s.misses++
	if s.misses == 1 && s.id != "" && s.presence == state.DriverPresent && !s.silent {
		return
	}
	retry := min(retryLeast<<min(s.misses-1, 8), retryMost)
	s.retryAt = now.Add(retry)
	s.silent = true
	s.doubt = false
	h.refresh()
	if s.name == wire.Driver {
		return
	}
	// The others are asked again when somebody addresses them again.
	for _, c := range h.clients {
		if c.shakes[s.name] == state.HandshakePending {
			delete(c.shakes, s.name)
		}
	}
	s.silent = false
	h.refresh()
}

// shaken takes the answer to a handshake. to is the client it is addressed
// to, nil where it is addressed to nobody or to somebody else's client.
func (h *Hub) shaken(s *service, reply wire.Reply, to *client, payload []byte) {
	if h.session == nil {
		return // between two sessions; the next one shakes hands anew
	}
	id := string(reply.To)
	if to != nil {
		id = to.id
	}
	result := state.Handshake(reply.Result)
	probe := to != nil && to.shakes[s.name].Done()
	h.identify(s, string(reply.From))
	answered := s.asking != "" && (s.asking == id || id == "")
	if id == "" && answered {
		// A refusal names nobody. Who holds a slot is not refused, so it was
		// some other front end that was.
		if slices.Contains(s.known, s.asking) {
			h.refresh()
			return
		}
		to = h.clients[s.asking]
	}
	if answered {
		s.asking, s.misses = "", 0
	}
	if result.Done() && slices.Contains(h.pool.IDs(), id) { // a browser's id is not the relay's to use
		s.remember(id)
	}
	switch {
	case to == nil:
	case !result.Done() && to.shakes[s.name] == state.HandshakeFailed:
		// Refused again; it has been told.
	case result.Done() && probe && answered && to.shakes[s.name].Done():
		// The answer to the relay's own probe, from the service it knows.
	case result.Done() && to.shakes[s.name].Done():
		h.tell(to, wire.Line(payload)) // nobody asked; it is the client's all the same
	default:
		h.conclude(s, to, result, payload)
	}
	s.doubt = s.doubt && !answered
	h.refresh()
	signal(h.wake)
}

func (s *service) remember(id string) {
	if !slices.Contains(s.known, id) {
		s.known = append(s.known, id)
	}
}

// identify notes which service answered. One with another id than before is a
// new one, that knows nobody: every client is handshaken again.
func (h *Hub) identify(s *service, id string) {
	now := time.Now()
	s.lastHeard, s.silent, s.retryAt = now, false, time.Time{}
	if id == "" || id == s.id {
		return
	}
	if s.id != "" {
		h.log.Warn("new instance of a service; every client is handshaken again", "service", string(s.name), "id", id, "before", s.id)
		s.known = nil
		for _, c := range h.clients {
			h.renew(s, c)
		}
		// Two instances on one router would keep the handshakes going round.
		if now.Sub(s.renewed) < retryMost {
			s.retryAt = now.Add(retryLeast)
		}
		s.renewed = now
	}
	s.id = id
}

// renew makes a client's handshake due again with a new instance of a service.
// What the client meant for the one before it is not for this one: a driver
// that was just started does not know where its axes are.
func (h *Hub) renew(s *service, c *client) {
	if _, asked := c.shakes[s.name]; asked {
		c.shakes[s.name] = state.HandshakePending
	}
	if s.name != wire.Driver || !c.shaken {
		return
	}
	e := &wire.Error{Code: wire.DriverAbsent, Text: "the driver was started anew and does not know where the robot stands; not sent, home before you move"}
	h.refuse(c, e, func(cmd command) bool { return cmd.Topic == s.name.Topic() })
}

// conclude tells a client how its handshake ended (PROTOCOL, step 4). Only the
// driver's is told in the relay's own words: the client takes those for the
// robot itself.
func (h *Hub) conclude(s *service, c *client, result state.Handshake, payload []byte) {
	now := time.Now()
	if !result.Done() {
		result = state.HandshakeFailed
	}
	c.shakes[s.name] = result
	if s.name == wire.Driver {
		c.shaken = true
		notice := map[state.Handshake]string{
			state.HandshakeSuccess:          wire.Success,
			state.HandshakeAlreadyConnected: wire.AlreadyConnected,
			state.HandshakeFailed:           wire.Failed,
		}[result]
		h.tell(c, wire.AppendNotice(nil, now, c.id, notice))
	}
	h.tell(c, wire.Line(payload))
	if result == state.HandshakeFailed {
		h.tellError(c, &wire.Error{Code: wire.Refused, Text: fmt.Sprintf("the %s has given all its ids away and takes no other client; restart the robot's %s, or close other front ends and then restart it", s.name, s.name)}, nil)
	}
	h.log.Info("handshake", "service", string(s.name), "client", c.id, "result", string(result), "id", s.id)
	if s.name == wire.Driver && result == state.HandshakeSuccess {
		// The answer, the list of ids, goes to the client like any reply.
		_ = h.send(context.Background(), s.name.HandshakeTopic(), wire.AppendShake(nil, now, s.name, c.id), true, func(error) {})
	}
	h.pump(c)
}
