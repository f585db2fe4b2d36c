package driver

import (
	"fmt"
	"slices"
	"time"

	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Step does what is due with every service and returns how long until
// something may be due again.
func (b *Backend) Step(now time.Time) time.Duration {
	next := b.feedback.step(now)
	for _, name := range wire.Services {
		next = min(next, b.stepService(b.services[name], now))
	}
	return next
}

func (b *Backend) stepService(s *service, now time.Time) time.Duration {
	if s.Asking() != "" {
		if wait := s.Outstanding(now); wait > 0 {
			return wait
		}
		b.unanswered(s, now)
	}
	if wait := s.UntilRetry(now); wait > 0 {
		return wait
	}
	id, wait := b.nextToAsk(s, now)
	if id == "" {
		return wait
	}
	b.ask(s, id, now)
	return presence.AnswerTime
}

// nextToAsk is the client id to shake hands for: a client that waits for it,
// or an id to probe with; where there is none, how long until there may be.
func (b *Backend) nextToAsk(s *service, now time.Time) (id string, wait time.Duration) {
	if s.name == wire.Driver && !s.Looked() || s.At() == presence.Gone {
		return "", presence.Never // the next look decides
	}
	var first *client
	for _, c := range b.clients {
		if s.name == wire.Driver && b.waits(c.ID) {
			continue
		}
		if c.shakes[s.name] == state.HandshakePending && (first == nil || c.Since.Before(first.Since)) {
			first = c
		}
	}
	if first != nil {
		return first.ID, 0
	}
	if s.name != wire.Driver {
		return s.nextProbe(now)
	}
	return b.nextProbe(s, now)
}

// nextProbe is for a service that clients have shaken hands with. It is probed
// where it owes a sign of life, and never just because nobody speaks to it.
func (s *service) nextProbe(now time.Time) (id string, wait time.Duration) {
	if len(s.known) == 0 {
		return "", presence.Never
	}
	if wait := s.UntilProbe(now, false); wait > 0 {
		return "", wait
	}
	return s.known[0], 0
}

// nextProbe is the same for the driver, which is probed at rest as well. It picks
// an id that holds a slot already, since a handshake for it moves nothing and
// costs nothing. Where none does, the id of a client that was
// refused one: it may have been freed by a restart that nobody told of. Where
// there is no client and it matters whether the service answers, the first id
// of the pool serves: its slot is the relay's in any case.
func (b *Backend) nextProbe(s *service, now time.Time) (id string, wait time.Duration) {
	refused := b.refusedBy(s)
	switch {
	case len(s.known) > 0:
		id = s.known[0]
	case refused != nil:
		id = refused.ID
	case s.Word() == presence.Yes && s.At() != presence.Silent && !b.desk.Stale():
		return "", presence.Never
	default:
		id = b.desk.IDs()[0]
	}
	if wait := s.UntilProbe(now, true); wait > 0 {
		return "", wait
	}
	return id, 0
}

// refusedBy is a client that a service had no slot for, nil if there is none.
func (b *Backend) refusedBy(s *service) *client {
	for _, c := range b.clients {
		if c.shakes[s.name] == state.HandshakeFailed {
			return c
		}
	}
	return nil
}

func (b *Backend) ask(s *service, id string, now time.Time) {
	s.Ask(id, now)
	if err := b.desk.Publish(s.name.HandshakeTopic(), wire.AppendExtend(nil, now, s.name, s.id, id), "handshake with the "+string(s.name)); err != nil {
		s.Withdraw() // the session has ended, and the hub will hear of it
	}
}

// unanswered notes that a handshake got no answer in time.
func (b *Backend) unanswered(s *service, now time.Time) {
	if !s.Unanswered(now, s.id != "") {
		return
	}
	b.refresh()
	if s.name == wire.Driver || len(s.known) > 0 {
		return // it is asked again and again
	}
	// The others are asked again when somebody addresses them again. Who has is
	// told first.
	absent := s.absent(wire.Message{})
	for _, c := range b.clients {
		b.desk.Refuse(c.Client, absent, func(m wire.Message) bool { return m.Topic == s.name.Topic() })
		if c.shakes[s.name] == state.HandshakePending {
			delete(c.shakes, s.name)
		}
	}
	s.Forgive()
	b.refresh()
}

// shaken takes the answer to a handshake. to is the client it is addressed
// to, nil where it is addressed to nobody or to somebody else's client.
func (b *Backend) shaken(s *service, reply wire.Reply, to *client, payload []byte) {
	if s.At() == presence.Apart {
		return // between two sessions; the next one shakes hands anew
	}
	id := string(reply.To)
	if to != nil {
		id = to.ID
	}
	result := state.Handshake(reply.Result)
	probe := to != nil && to.shakes[s.name].Done()
	b.identify(s, string(reply.From))
	asking := s.Asking()
	answered := asking != "" && (asking == id || id == "")
	if id == "" && answered {
		// A refusal names nobody. Who holds a slot is not refused, so it was
		// some other front end that was.
		if slices.Contains(s.known, asking) {
			b.refresh()
			return
		}
		to = b.clients[asking]
	}
	if answered {
		s.Answered(time.Now(), true)
		if s.name == wire.Driver {
			b.askForBoard()
		}
	}
	if s.name == wire.Driver && result == state.HandshakeSuccess {
		b.feedback.forget(id) // new to the driver, which so has nothing to say on it
	}
	waited := b.waits(id)
	if result.Done() && slices.Contains(b.desk.IDs(), id) { // a browser's id is not the relay's to use
		s.remember(id)
		if s.name == wire.Driver && answered {
			b.askForWays(id, time.Now())
		}
	}
	switch {
	case to == nil:
	case !result.Done() && to.shakes[s.name] == state.HandshakeFailed:
		// Refused again; it has been told.
	case result.Done() && probe && answered && to.shakes[s.name].Done():
		// The answer to the relay's own probe, from the service it knows.
	case result.Done() && to.shakes[s.name].Done():
		b.desk.Tell(to.Client, wire.Line(payload)) // nobody asked; it is the client's all the same
	case result.Done() && s.name == wire.Driver && b.feedback.resting[to.ID]:
		// The next answer is its handshake, once the id has rested.
		if !waited {
			b.tellWaits(to)
		}
	default:
		b.conclude(s, to, result, payload)
	}
	b.refresh()
	b.changed()
}

// waits reports whether an id's handshake is put off because the id rests. It
// is asked for once all the same, since a driver that does not know the id has
// nothing to say on it.
func (b *Backend) waits(id string) bool {
	return b.feedback.resting[id] && slices.Contains(b.services[wire.Driver].known, id)
}

// tellWaits tells a client why, where it may take long.
func (b *Backend) tellWaits(c *client) {
	if b.feedback.busy(c.ID) {
		b.desk.TellBusy(c.Client, stillAtWork, "Wait, or stop the robot.")
	}
}

func (s *service) remember(id string) {
	if !slices.Contains(s.known, id) {
		s.known = append(s.known, id)
	}
}

// identify notes which service answered. One with another id than before is a
// new one, that knows nobody: every client is handshaken again.
func (b *Backend) identify(s *service, id string) {
	another := id != "" && id != s.id
	if another && s.id != "" && s.name == wire.Driver {
		b.desk.Replaced(true)
		b.setBoard(state.BoardUnknown)
	}
	b.alive(s)
	s.RetryNow()
	if !another {
		return
	}
	if s.id != "" {
		now := time.Now()
		b.desk.Log().Warn("new instance of a service; every client is handshaken again", "service", string(s.name), "id", id, "before", s.id)
		s.known = nil
		if s.name == wire.Driver {
			b.feedback.forget(b.desk.IDs()...)
			b.halted.Forget()
			b.wayBack.forget()
		}
		for _, c := range b.clients {
			b.renew(s, c)
		}
		// Two instances on one router would keep the handshakes going round.
		if now.Sub(s.renewed) < presence.RetryMost {
			s.RetryAfter(now, presence.RetryLeast)
		}
		s.renewed = now
	}
	s.id = id
}

// renew makes a client's handshake due again with a new instance of a service.
// What the client meant for the one before it is not for this one: a driver
// that was just started does not know where its axes are.
func (b *Backend) renew(s *service, c *client) {
	if _, asked := c.shakes[s.name]; asked {
		c.shakes[s.name] = state.HandshakePending
	}
	if s.name != wire.Driver || !c.shaken {
		return
	}
	e := &wire.Error{Code: wire.DriverAbsent, Text: "the driver was started anew and does not know where the robot stands; not sent, home before you move"}
	b.desk.Refuse(c.Client, e, func(m wire.Message) bool { return m.Topic == s.name.Topic() })
}

// conclude tells a client how its handshake ended (relay/wire/README.md, "From
// connect to command", step 4). Only the driver's is told in the relay's own
// words: the client takes those for the robot itself.
func (b *Backend) conclude(s *service, c *client, result state.Handshake, payload []byte) {
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
		b.desk.Tell(c.Client, wire.AppendNotice(nil, now, c.ID, notice))
	}
	b.desk.Tell(c.Client, wire.Line(payload))
	if result == state.HandshakeFailed {
		b.desk.TellError(c.Client, &wire.Error{Code: wire.DriverFull, Text: fmt.Sprintf("the %s has given all its ids away and takes no other client; close other front ends (browsers), then restart the robot", s.name)})
	}
	b.desk.Log().Info("handshake", "service", string(s.name), "client", c.ID, "result", string(result), "id", s.id)
	if s.name == wire.Driver && result == state.HandshakeSuccess {
		// The answer, the list of ids, goes to the client like any reply.
		_ = b.desk.Publish(s.name.HandshakeTopic(), wire.AppendShake(nil, now, s.name, c.ID), "shake with the driver")
	}
}
