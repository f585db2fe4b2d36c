package hub

import (
	"strings"

	"rawtcpcom/relay/session"
	"rawtcpcom/relay/wire"
)

// Event takes an event from the router: who has come or gone, or what the
// robot's side said. The session calls it, one event at a time.
func (h *Hub) Event(e session.Event) {
	defer h.turns.TakeForReader().End()
	if strings.HasPrefix(e.Topic, "wamp.") {
		h.backend.Seen(Sight{Kind: Moved})
		h.compare() // and what follows has to wait for the look
		signal(h.look)
		return
	}
	h.backend.Event(e)
	h.follow()
}

// refuseEvent notes an event that is not in the form of the robot's software.
// Where it can be told whose it was, the client hears of it: a reply that is
// lost must not be lost in silence.
func (h *Hub) refuseEvent(e session.Event, to ...*Client) {
	h.log.Warn("event that is no message", "topic", e.Topic, "problem", e.Problem)
	h.Metrics.EventsRefused.Inc()
	if e.Payload != nil {
		return
	}
	for _, c := range to {
		h.tellError(c, &wire.Error{Code: wire.BadMessage, Text: "the robot said something that is no message and was not passed on to you; nothing of yours is affected: " + e.Problem.Error()}, nil)
	}
}
