package hub

import (
	"strings"
	"time"

	"rawtcpcom/relay/session"
	"rawtcpcom/relay/wire"
)

// Event takes an event from the robot's side to its client (PROTOCOL, step
// 5): all that is on the client's own topic, and what on the frontend and the
// labware topic is addressed to it. The session calls it, one event at a time.
func (h *Hub) Event(e session.Event) {
	if strings.HasPrefix(e.Topic, "wamp.") {
		h.lookAgain()
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	private := h.clients[strings.TrimPrefix(e.Topic, wire.Prefix)]
	if e.Problem != nil {
		h.refuseEvent(private, e)
	}
	if e.Payload == nil {
		return
	}
	reply, err := wire.ParseReply(e.Payload)
	if err != nil && private == nil {
		e.Payload, e.Problem = nil, err
		h.refuseEvent(nil, e)
		return
	}
	to := private
	if e.Topic == wire.Frontend || e.Topic == wire.Labware.Topic() {
		to = h.clients[string(reply.To)]
	}
	h.heard(string(reply.From))
	if name, ok := reply.Handshake(); ok {
		h.shaken(h.services[name], reply, to, e.Payload)
		return
	}
	if to != nil {
		h.tell(to, wire.Line(e.Payload))
	}
}

// refuseEvent notes an event that is not in the form of the robot's software.
// Where it can be told whose it was, the client hears of it: a reply that is
// lost must not be lost in silence.
func (h *Hub) refuseEvent(to *client, e session.Event) {
	h.log.Warn("event that is no message", "topic", e.Topic, "problem", e.Problem)
	h.Metrics.EventsRefused.Inc()
	if to != nil && e.Payload == nil {
		h.tellError(to, &wire.Error{Code: wire.BadMessage, Text: "the robot sent an event that is no message, and it could not be passed on: " + e.Problem.Error()}, nil)
	}
}

// heard notes a sign of life from the service with that id.
func (h *Hub) heard(id string) {
	if id == "" {
		return
	}
	for _, s := range h.services {
		if s.id == id {
			s.lastHeard = time.Now()
			if s.silent {
				s.silent = false
				h.refresh()
			}
		}
	}
}
