package hub

import "rawtcpcom/relay/state"

// A backend only says how it stands. The hub compares that with how it stood
// before, and itself does what follows: messages that wait go on or are
// refused, Step is called soon, whoever shows the state is told, and clients are told
// where the robot has gone.

// saw tells the backend what was seen. Anything may follow from that.
func (h *Hub) saw(s Sight) {
	if s.Kind == Began || s.Kind == Ended {
		h.outdated(state.OldAway) // unseen, somebody may have moved it
	}
	h.backend.Seen(s)
	h.compare()
	h.goOn()
}

// follow is called after whatever else the backend is told.
func (h *Hub) follow() {
	if h.compare() {
		h.goOn()
	}
}

// compare takes note of how the backend stands, and returns whether that differs
// from how it stood.
func (h *Hub) compare() (changed bool) {
	was, now := h.stance, h.backend.State()
	h.stance = now
	if now.Robot != was.Robot || now.Halted != was.Halted {
		signal(h.dirty)
	}
	h.logHalt(was.Halted, now.Halted)
	if now.Robot.State == state.RobotAbsent && (was.Robot.State != state.RobotAbsent || now.Robot.Error != was.Robot.Error) {
		h.robotGone()
	}
	h.stopStale() // before anything that waits goes on
	return now != was
}

// goOn lets what waits go on, or refuses it, and has Step called soon.
func (h *Hub) goOn() {
	for _, c := range h.clients {
		h.pump(c)
	}
	signal(h.wake)
}

// stepWhereDue has Step called soon where a message has given it something to do,
// which also compares.
func (h *Hub) stepWhereDue() {
	if h.backend.State().Changes != h.stance.Changes {
		signal(h.wake)
	}
}
