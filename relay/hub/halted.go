package hub

import (
	"fmt"
	"time"

	"rawtcpcom/relay/halted"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Whether the robot is halted is a backend's to know (package halted), and to refuse
// at its Gate. What is under way when somebody halts it is seen to here: it would be
// dropped, or, where the reset comes first, carried out as if nobody had halted.

// PassHalted says that nothing is refused because the robot is halted.
func (d Desk) PassHalted() bool { return d.h.cfg.PassHalted }

// haltEvery is how often a client is told of others' halts, and the log, at the most:
// whoever halts and resets in a loop must not flood them.
const haltEvery = time.Second

// Halted is for a robot that has just been halted, perhaps again, by the client with
// that id, or where by is empty by nobody of this relay. Everybody else is told. For a
// client, clearBefore has refused what others have waiting; otherwise it is refused
// here with e, nil where that is not wanted.
//
// Who has commanded the robot is told by an error as well, see tellGone.
func (d Desk) Halted(by string, how state.Halted, e *wire.Error) {
	reason := fmt.Sprintf("%s halted the robot; what it had queued is dropped, and it has to be reset with %s and homed before it moves again", how.Who(), d.h.dialect.Reset)
	notice := wire.Stopped(string(Halt), how.By, reason)
	gone := &wire.Error{Code: wire.RobotHalted, Text: reason}
	if by == "" && e != nil {
		d.h.refuseFor(nil, e)
	}
	now := time.Now()
	for id, c := range d.h.clients {
		if id == by {
			continue
		}
		if now.Sub(c.haltTold) >= haltEvery {
			c.haltTold = now
			d.h.tell(c, wire.AppendNotice(nil, now, c.ID, notice))
		}
		d.h.tellGone(c, gone)
	}
}

// clearBefore is for a client's halt, before it is published. The driver carries it
// out only when its turn comes: behind what is queued, whoever queued it. So the queue
// is dropped first, and what others have waiting or not written yet is refused, their
// resets included: those are older than the halt.
func (h *Hub) clearBefore(by *Client) {
	if !h.cfg.PassHalted {
		h.refuseFor(by, halted.Error(fmt.Sprintf("client %s at %s halted the robot", by.ID, by.remote), h.dialect.Reset))
	}
	settle := func(err error) {
		if err != nil {
			h.log.Warn("not taken by the router", "what", "what goes before a halt", "error", err)
		}
	}
	h.publishAll(wire.RelayID, state.ByRelay, h.dialect.Stop(false), settle, settle)
}

// refuseFor refuses what all clients but one have waiting or not written yet and a
// halted robot would drop, and what would end the halt.
func (h *Hub) refuseFor(by *Client, e *wire.Error) {
	for _, c := range h.clients {
		if c != by {
			c.withdrawFor(e)
			c.renewBatch()
			h.refuse(c, e, func(m wire.Message) bool { return m.Effect == wire.Dropped || m.Effect == wire.Resets })
		}
	}
}

// settledHalt hands on what became of a message that halts or resets the robot, or
// has a course.
func (h *Hub) settledHalt(m wire.Message, err error) {
	if m.Effect == wire.Halts || m.Effect == wire.Resets || m.Course != nil {
		h.backend.Settled(m, err == nil)
	}
}

// logHalt logs what has changed about it.
func (h *Hub) logHalt(was, now state.Halted) {
	switch {
	case now.State == was.State || time.Since(h.haltLogged) < haltEvery:
	case now.State == state.HaltedYes:
		h.haltLogged = time.Now()
		h.log.Warn("the robot is halted", "by", now.By)
	case was.State == state.HaltedYes:
		h.log.Info("the robot is not known to be halted any more", "now", string(now.State), "by", now.By)
	}
}
