package hub

import (
	"errors"
	"fmt"
	"time"

	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/wire"
)

// The router acknowledges every publish. One that has frozen does not, and would
// take commands all the while until its session is given up, to hand them to the
// robot when it thaws. So where it owes an acknowledgement and gives none for
// presence.QuietAfter, commands wait (see held.go), and it is asked by a look; from
// presence.AnswerTime on they are refused at once. Events do not count: they
// may still come where nothing goes out.

// acks are what the router owes.
type acks struct {
	owed  int       // publishes that it has not answered
	since time.Time // its last answer, or the first of those where that came later
	held  bool      // commands wait for it
}

func (a *acks) published() {
	if a.owed == 0 {
		a.since = time.Now()
	}
	a.owed++
}

// silence is for how long it has owed an answer.
func (a *acks) silence(now time.Time) time.Duration {
	if a.owed == 0 {
		return 0
	}
	return now.Sub(a.since)
}

// gateRouter is the part of gate that is about a router which has frozen.
func (h *Hub) gateRouter(cmd command) (wait bool, e *wire.Error) {
	if cmd.Urgent() || h.acks.owed == 0 {
		return false, nil
	}
	silence := h.acks.silence(time.Now())
	switch {
	case silence >= presence.AnswerTime:
		return false, unacknowledged(silence)
	case silence < presence.QuietAfter:
		return false, nil
	case !h.acks.held:
		h.acks.held = true
		h.log.Warn("the router owes an acknowledgement; commands wait", "since", silence.Round(time.Millisecond).String())
		signal(h.look)
	}
	return true, nil
}

func unacknowledged(silence time.Duration) *wire.Error {
	return &wire.Error{Code: wire.RouterDown, Text: fmt.Sprintf("the router has acknowledged nothing for %.1f s; not sent, send it again once the router answers", silence.Seconds())}
}

// routerSettled takes note of what became of a publish.
func (h *Hub) routerSettled(err error) {
	h.acks.owed = max(0, h.acks.owed-1)
	ended := errors.Is(err, session.ErrNotSent) || errors.Is(err, session.ErrOutcomeUnknown)
	if !ended && !errors.Is(err, session.ErrWithdrawn) {
		h.routerAnswered()
	}
}

// routerAnswered lets what waits for the router go on.
func (h *Hub) routerAnswered() {
	h.acks.since = time.Now()
	if !h.acks.held {
		return
	}
	h.acks.held = false
	for _, c := range h.clients {
		h.pump(c)
	}
}
