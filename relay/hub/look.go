package hub

import (
	"context"
	"errors"
	"time"

	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/session"
)

// The router's meta API tells at once that the robot has come or gone, but not
// every router has it or allows it, and routers differ in it. So its events
// only mean "look again", a look asks one question, and what cannot be looked
// up is found out by the backend's own questions.
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

// Look looks who is there, at once and whenever there is reason to, until
// the context ends, whose error it returns.
func (h *Hub) Look(ctx context.Context, s Caller) error {
	again := time.NewTicker(lookEvery)
	defer again.Stop()
	for {
		sight := h.lookUp(ctx, s)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		h.seen(sight)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-h.look:
		case <-again.C:
		}
	}
}

// lookUp asks whether the robot is there, which takes all of its topics: it
// subscribes to one after the other, and what is published to it before it has
// come to the last reaches nobody.
func (h *Hub) lookUp(ctx context.Context, s Caller) Sight {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	sight := Sight{Kind: Looked, There: presence.Yes}
	for _, topic := range h.dialect.RobotTopics {
		answer, err := s.Call(ctx, string(wamp.MetaProcSubLookup), topic)
		sight.Answered = answers(err)
		if err != nil {
			h.log.Debug("the router does not tell who is there; handshakes will", "error", err)
		}
		there, subscription := subscribers(answer, err)
		switch there {
		case presence.No:
			return Sight{Kind: Looked, There: presence.No, Answered: true, Speaks: h.speaks(ctx, s)}
		case presence.DontKnow:
			sight.There = presence.DontKnow
		}
		sight.Subscription = subscription
	}
	return sight
}

// speaks is which other dialect's robot is there, where the one that the relay is
// set to is not: whoever has set it to the wrong one is to be told which is right.
// Nothing is asked for that while the robot is there.
func (h *Hub) speaks(ctx context.Context, s Caller) (dialect string) {
	for _, other := range h.cfg.Others {
		there := presence.Yes
		for _, topic := range other.RobotTopics {
			if there == presence.Yes {
				there, _ = subscribers(s.Call(ctx, string(wamp.MetaProcSubLookup), topic))
			}
		}
		if there == presence.Yes {
			return other.Name
		}
	}
	return ""
}

// answers reports whether the router has answered, be it with a refusal.
func answers(err error) bool {
	return !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) && !errors.Is(err, session.ErrNotSent) && !errors.Is(err, session.ErrOutcomeUnknown)
}

// subscribers reads the answer to a look: the subscription's id, or nothing
// where nobody is subscribed. Nexus says 0 for nothing, crossbar.io null.
func subscribers(answer wamp.List, err error) (presence.YesNo, wamp.ID) {
	if err != nil || len(answer) == 0 {
		return presence.DontKnow, 0
	}
	id, isNumber := wamp.AsInt64(answer[0])
	switch {
	case answer[0] == nil || isNumber && id == 0:
		return presence.No, 0
	case isNumber:
		return presence.Yes, wamp.ID(id)
	}
	return presence.DontKnow, 0
}

// seen takes what a look found.
func (h *Hub) seen(s Sight) {
	defer h.turns.Take().End()
	if h.session == nil {
		return
	}
	if s.Answered {
		h.routerAnswered()
	}
	h.saw(s)
}
