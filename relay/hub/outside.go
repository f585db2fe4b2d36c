package hub

import (
	"fmt"
	"sync/atomic"
	"time"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// A stop is everybody's right, and is needed most where no room is left to become
// a client: all ids are lent, or the clients flood. So it takes none: no id, no
// slot of the driver, no handshake, and no part of what clients have for memory. It
// is published in the relay's own name, for a person at the page or at the state
// API (Halt) and for a connection that was turned away (LastWord).
//
// The clients are told, and what they have waiting here is refused, as after the
// stop for a client that is gone.

// haltTime is how long whoever stops the robot from outside waits for the router.
const haltTime = 2 * time.Second

// outside is a way in for stops of others than clients. After maxStops that
// the router has not acknowledged it is shut.
type outside struct{ unanswered atomic.Int32 }

// Halt stops the robot for somebody who is no client. It returns what went wrong,
// nil where the router has acknowledged the stop and the robot is there.
func (h *Hub) Halt(by string) *wire.Error {
	return h.stopFromOutside(&h.fromAPI, by, Halt, h.dialect.Stop(true))
}

// Stops reports whether a message is one for which LastWord stops the robot.
func (h *Hub) Stops(frame []byte) bool {
	m, e := h.dialect.Parse(frame, h.cfg.Rules)
	return e == nil && stops(m)
}

// stops leaves out otone's reset, which is urgent too and stops nothing.
func stops(m wire.Message) bool { return m.ClearQueue || m.Effect == wire.Halts }

// LastWord takes a message of a connection that was turned away, and returns what
// to answer and whether a further one is to be heard. The stop that is
// published is the relay's own, and nothing that was written there.
func (h *Hub) LastWord(remote string, frame []byte) (answer []byte, more bool) {
	m, e := h.dialect.Parse(frame, h.cfg.Rules)
	what := ClearQueue
	if m.Halt {
		what = Halt
	}
	switch {
	case e != nil:
	case stops(m):
		e = h.stopFromOutside(&h.fromDoor, remote+", whose connection was turned away", what, h.dialect.Stop(m.Halt))
	default:
		e = &wire.Error{Code: wire.Busy, Text: "not sent: this connection was turned away, and nothing but a stop passes here"}
	}
	if e != nil {
		h.Metrics.Errors.WithLabelValues(string(e.Code)).Inc()
		return wire.AppendError(nil, time.Now(), "", e, frame), false
	}
	done := wire.Stopped(string(what), remote, "the router has acknowledged it; this connection has no id and is closed")
	return wire.AppendNotice(nil, time.Now(), "", done), what != Halt
}

// stopFromOutside publishes a stop and returns what became of it.
func (h *Hub) stopFromOutside(from *outside, by string, what Stop, stop []wire.Message) *wire.Error {
	settled := make(chan error, len(stop)) // whoever settles must not wait
	if e := h.publishFromOutside(from, by, what, stop, settled); e != nil {
		return e
	}
	timeout := time.NewTimer(haltTime)
	defer timeout.Stop()
	for range stop {
		select {
		case err := <-settled:
			if err != nil {
				return &wire.Error{Code: wire.OutcomeUnknown, Text: fmt.Sprintf("the stop may not have reached the robot: %s; %v", ownSwitch, err)}
			}
		case <-timeout.C:
			return &wire.Error{Code: wire.OutcomeUnknown, Text: fmt.Sprintf("the stop may not have reached the robot: %s; the router has not acknowledged it within %v", ownSwitch, haltTime)}
		}
	}
	return h.nobodyThere()
}

const ownSwitch = "use the robot's own switch"

func (h *Hub) publishFromOutside(from *outside, by string, what Stop, stop []wire.Message, settled chan<- error) *wire.Error {
	defer h.turns.Take().End()
	if h.session == nil {
		return &wire.Error{Code: wire.RouterDown, Text: "the robot was not stopped: " + ownSwitch + "; the stop is not kept for later; " + h.noSession()}
	}
	if n := from.unanswered.Load(); n >= maxStops {
		return &wire.Error{Code: wire.Busy, Text: fmt.Sprintf("not sent: %s; %d stops are on their way, and the router has acknowledged none", ownSwitch, n)}
	}
	h.withdrawAll()
	from.unanswered.Add(int32(len(stop)))
	settle := func(err error) {
		from.unanswered.Add(-1)
		settled <- err
	}
	h.publishAll(wire.RelayID, by, stop, settle, settle)
	h.session.Flush(false) // before it is told, see publishAll

	if now := time.Now(); now.Sub(h.outsideLogged) >= time.Second { // whoever loops must not flood the log
		h.outsideLogged = now
		h.log.Warn("the robot is stopped by one who is no client", "by", by, "published", string(what))
	}
	h.tellAll(what, by, fmt.Sprintf("the robot was stopped by %s: %s", by, stopTold[what]))
	return nil
}

// nobodyThere says of a stop that the router has taken that the robot is not there
// to be stopped.
func (h *Hub) nobodyThere() *wire.Error {
	defer h.turns.Take().End()
	robot := h.backend.State().Robot
	switch {
	case robot.State == state.RobotAbsent:
		return &wire.Error{Code: wire.OutcomeUnknown, Text: fmt.Sprintf("the stop may not have reached the robot: %s; the router took it, but the %s is absent: %s", ownSwitch, robot.Name, robot.Error)}
	case robot.State == state.RobotUnknown:
		return &wire.Error{Code: wire.OutcomeUnknown, Text: fmt.Sprintf("the stop may not have reached the robot: %s; the router took it, but it is not known whether the %s is there", ownSwitch, robot.Name)}
	case robot.Board == state.BoardAway:
		return &wire.Error{Code: wire.RobotNotConnected, Text: "the stop does not reach the motors: " + ownSwitch + "; it was sent, but the robot's motor board is not connected"}
	}
	return nil
}
