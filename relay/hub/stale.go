package hub

import (
	"fmt"
	"slices"

	"rawtcpcom/relay/halted"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// A robot that has gone without a sign of life may only have been cut off, or
// stalled. Once it is back, it carries out what it was sent before, however long
// ago that was: the first thing it does is stale. So where commands were left
// unheard, it is told first of all to drop what it has queued, or to halt
// (Config.AfterSilence). That is published once it has given a sign of life and
// takes what is published, be that in this session or in a later one, before
// anything that waits for it goes on; it is kept until then, since so is the
// robot's queue. A sign of life alone is not enough: a robot that joins the
// router again speaks before it is subscribed, and would never get it. A driver
// that was started anew has no such queue, and says so by another id. otone has no
// id: it is told in any case.
//
// It is not kept over the relay's own end: a relay that is stopped publishes what
// -on-disconnect says, and one that is killed publishes nothing. Where its parts only
// start anew with other settings, for the same robot, the next hub is told (Config.Stale).

// leavesStale reports whether a command that may be carried out much later is to
// be stopped then: one that only asks does no harm.
func (h *Hub) leavesStale(cmd command) bool {
	return cmd.Command && h.cfg.AfterSilence != DoNothing && h.cfg.AfterSilence != "" && slices.Contains(h.dialect.RobotTopics, cmd.Topic)
}

// lostSight notes that the robot, or the way to it, has gone.
func (h *Hub) lostSight() {
	h.stale = h.stale || h.unproven
	h.unproven, h.sighted = false, false
}

// Stale reports whether the robot is to be told to drop what it has queued, once
// it gives a sign of life.
func (d Desk) Stale() bool { return d.h.stale }

// Stale reports whether commands were left unheard, for the hub that comes after
// this one.
func (h *Hub) Stale() bool {
	defer h.turns.Take().End()
	return h.stale
}

// stopStale tells a robot that is there again to drop what is stale.
func (h *Hub) stopStale() {
	if !h.stale || !h.sighted || h.session == nil || !h.backend.State().Listens {
		return
	}
	h.stale = false
	h.log.Warn("the robot is back after commands were left unheard", "published", string(h.cfg.AfterSilence))
	if h.cfg.AfterSilence == Halt && !h.cfg.PassHalted {
		h.refuseFor(nil, halted.Error("the robot is back after a silence and was told to halt (-after-silence halt)", h.dialect.Reset))
	}
	// In the relay's own name, so that no client gets an answer to what it did
	// not send.
	h.publishStop(wire.RelayID, state.ByRelay, h.cfg.AfterSilence, h.staleSettled, func(error) { h.stale = true }) // for the next session
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
	h.stale, h.sighted = true, false // with its next sign of life
	h.log.Error("what is published after a silence was not taken by the router", "error", err)
}
