package hub

import (
	"fmt"
	"time"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Whether the robot is halted is a backend's to know (package halted), and to refuse
// at its Gate. What is under way when somebody halts it is seen to here: it would be
// dropped, or, where the reset comes first, carried out as if nobody had halted.

// PassHalted says that nothing is refused because the robot is halted.
func (d Desk) PassHalted() bool { return d.h.cfg.PassHalted }

// Who is an id's owner, as the state names who has halted the robot.
func (d Desk) Who(id string) string {
	if id == wire.RelayID {
		return state.ByRelay
	}
	return id
}

// Halted is for a robot that has just been halted, by the client with an id where it
// was one, whose own are seen to by publishUrgent. Everybody else is told. What they
// have waiting, or not written yet, is refused with e, nil where that is not wanted.
//
// Who has commanded the robot is told by an error as well: what it had queued of
// theirs is gone, and nothing that it says would let a program find out.
func (d Desk) Halted(by string, how state.Halted, e *wire.Error) {
	reason := fmt.Sprintf("%s halted the robot; what it had queued is dropped, and it has to be reset with %s and homed before it moves again", how.Who(), d.h.dialect.Reset)
	notice := wire.Stopped(string(Halt), how.By, reason)
	gone := &wire.Error{Code: wire.RobotHalted, Text: reason}
	for id, c := range d.h.clients {
		if id == by {
			continue
		}
		if e != nil {
			c.withdrawFor(e)
			c.renewBatch()
			d.h.refuse(c, e, func(m wire.Message) bool { return m.Effect == wire.Dropped || m.Effect == wire.Resets })
		}
		d.h.tell(c, wire.AppendNotice(nil, time.Now(), c.ID, notice))
		if c.moved {
			d.h.tellError(c, gone, nil)
		}
	}
}

// settledHalt hands on what became of a message that halts or resets the robot.
func (h *Hub) settledHalt(c *Client, cmd command, err error) {
	if cmd.Effect == wire.Halts || cmd.Effect == wire.Resets {
		h.backend.Settled(c.ID, cmd.Message, err == nil)
	}
}

// logHalt logs what has changed about it.
func (h *Hub) logHalt(was, now state.Halted) {
	switch {
	case now.State == was.State:
	case now.State == state.HaltedYes:
		h.log.Warn("the robot is halted", "by", now.By)
	case was.State == state.HaltedYes:
		h.log.Info("the robot is not known to be halted any more", "now", string(now.State), "by", now.By)
	}
}
