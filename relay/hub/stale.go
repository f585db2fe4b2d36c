package hub

import (
	"context"
	"fmt"
	"slices"

	"rawtcpcom/relay/wire"
)

// A robot that has gone without a sign of life may only have been cut off, or
// stalled. Once it is back, it carries out what it was sent before, however long
// ago that was: the first thing it does is stale. So where commands were left
// unheard, it is told first of all to drop what it has queued, or to halt
// (Config.AfterSilence). That is published with its first sign of life, be that
// in this session or in a later one, before anything that waits for it goes on; it
// is kept until then, since so is the robot's queue. A driver that was started
// anew has none, and says so by another id. otone has no id: it is
// told in any case.

// leavesStale reports whether a command that may be carried out much later is to
// be stopped then: one that only asks does no harm.
func (h *Hub) leavesStale(cmd command) bool {
	return cmd.Command && h.cfg.AfterSilence != DoNothing && h.cfg.AfterSilence != "" && slices.Contains(h.robotTopics, cmd.Topic)
}

// lostSight notes that the robot, or the way to it, has gone.
func (h *Hub) lostSight() {
	h.stale = h.stale || h.unproven
	h.unproven = false
}

// Stale reports whether the robot is to be told to drop what it has queued, once
// it gives a sign of life.
func (d Desk) Stale() bool { return d.h.stale }

// inSight notes a sign of life from the robot.
func (h *Hub) inSight() {
	h.unproven = false
	if !h.stale || h.session == nil {
		return
	}
	h.stale = false
	h.log.Warn("the robot is back after commands were left unheard", "published", string(h.cfg.AfterSilence))
	// In the relay's own name, so that no client gets an answer to what it did
	// not send.
	topic, payloads := h.backend.Stop(wire.RelayID, h.cfg.AfterSilence == Halt)
	for _, payload := range payloads {
		if err := h.send(context.Background(), topic, payload, true, h.staleSettled); err != nil {
			h.stale = true // for the next session
		}
	}
	did := map[Stop]string{
		ClearQueue: "to drop what it had queued",
		Halt:       "to drop what it had queued and to halt; it has to be reset before it moves again",
	}[h.cfg.AfterSilence]
	for _, c := range h.clients {
		h.tellError(c, &wire.Error{Code: wire.OutcomeUnknown, Text: fmt.Sprintf("the robot is back after a silence in which commands were left unheard; it was told first of all %s (-after-silence %s); look where it stands before you go on", did, h.cfg.AfterSilence)}, nil)
	}
}

// staleSettled takes note of what became of that.
func (h *Hub) staleSettled(err error) {
	if err == nil {
		return
	}
	defer h.turns.Take().End()
	h.stale = true
	h.log.Error("what is published after a silence was not taken by the router", "error", err)
}
