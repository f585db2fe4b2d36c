package hub

import (
	"slices"

	"rawtcpcom/relay/state"
)

// Dirty is signalled when the state has changed since it was last received
// from. It has room for one signal, so there is to be one receiver.
func (h *Hub) Dirty() <-chan struct{} { return h.dirty }

// Changed says that a part of the state that is not the hub's own has changed.
func (h *Hub) Changed() { signal(h.dirty) }

// PutAway puts a notice away, for everybody.
func (h *Hub) PutAway(id string) error {
	err := h.cfg.PutAway(id)
	h.Changed()
	return err
}

// State is the relay as it stands.
func (h *Hub) State() state.State {
	s := h.cfg.Base()
	defer h.turns.Take().End()
	s.Router = h.router
	stance := h.backend.State()
	s.Robot, s.Halted = stance.Robot, stance.Halted
	s.Position = h.position.shown()
	s.Clients = make([]state.Client, 0, len(h.clients))
	for _, c := range h.clients {
		handshake, _ := c.side.Handshake()
		s.Clients = append(s.Clients, state.Client{
			ID: c.ID, Remote: c.remote, Since: c.Since, Handshake: handshake,
			Received: c.received, Sent: c.sent, Errors: c.errors, LastError: c.lastError,
		})
	}
	slices.SortFunc(s.Clients, func(a, b state.Client) int { return a.Since.Compare(b.Since) })
	s.Notices = slices.Concat(s.Notices, h.besideNotice())
	return s
}
