package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Stop is what is published to stop the robot where a client that commanded it
// is gone (Config.OnDisconnect), and where it may carry out late what it was sent
// before a silence (Config.AfterSilence).
//
// Whether a client closed its connection or lost it looks the same from here, as
// a program that crashes has its connections closed for it. A relay that ends
// takes all connections with it, so it stops the robot then as well: at SIGTERM,
// and so at each update.
type Stop string

const (
	DoNothing  Stop = "none"
	ClearQueue Stop = "clear" // what the robot has queued is dropped
	Halt       Stop = "halt"  // likewise, and its software stop
)

// Stops are all the choices.
var Stops = []Stop{DoNothing, ClearQueue, Halt}

// stopTime is how long a relay that ends waits for the router to acknowledge
// the stop. A router that has frozen must not keep it.
const stopTime = time.Second

// leavesStop reports whether the robot is to be stopped when a client leaves:
// one that has only asked has nothing under way.
func (h *Hub) leavesStop(c *Client) bool {
	return c.moved && h.cfg.OnDisconnect != DoNothing && h.cfg.OnDisconnect != ""
}

// stopFor publishes what OnDisconnect says for a client that is gone. Whoever
// else is there is told, since the robot knows one queue only: what the others
// had in it is gone too. So what they have waiting here is refused, as it is
// after a stop of their own; it would go on in the middle of what was dropped.
func (h *Hub) stopFor(c *Client) {
	if !h.leavesStop(c) {
		return
	}
	settle := func(err error) {
		if err != nil {
			h.log.Error("stop for a client that is gone failed", "client", c.ID, "error", err)
		}
	}
	if h.session == nil {
		settle(errors.New("no session with the router")) // and none is kept for the next: it could stop somebody else
		return
	}
	h.withdrawAll()
	h.publishStop(c.ID, c.ID, h.cfg.OnDisconnect, settle, settle)
	h.log.Warn("client that commanded the robot is gone", "client", c.ID, "published", string(h.cfg.OnDisconnect))
	h.tellStopped(c.ID, fmt.Sprintf("client %s at %s commanded the robot and has left", c.ID, c.remote))
}

// publishStop publishes a stop in the name of an id, for whom by names. It returns how
// many parts it has; for each part either settle is called later, outside this turn, or
// unsent at once.
func (h *Hub) publishStop(id, by string, what Stop, settle, unsent func(error)) (parts int) {
	stop := h.dialect.Stop(what == Halt)
	h.publishAll(id, by, stop, settle, unsent)
	h.session.Flush(false)
	return len(stop)
}

// publishAll is publishStop for the parts of any stop. Whoever has queued all of it
// has it written before the turn ends: to refuse what thousands of messages were takes
// tens of milliseconds.
func (h *Hub) publishAll(id, by string, stop []wire.Message, settle, unsent func(error)) {
	now := time.Now()
	for _, m := range stop {
		h.backend.Published(id, by, m, false, now)
		h.movedBy(m)
		if err := h.send(context.Background(), m.Topic, h.backend.Payload(id, m, now), true, h.settlesStop(m, settle)); err != nil {
			h.settledHalt(m, err)
			unsent(err)
		}
	}
}

// settlesStop is settle for a part of a stop, which the backend hears of first.
func (h *Hub) settlesStop(m wire.Message, settle func(error)) func(error) {
	if m.Effect != wire.Halts {
		return settle
	}
	return func(err error) {
		func() {
			defer h.turns.TakeForReader().End()
			h.settledHalt(m, err)
			h.follow()
		}()
		settle(err)
	}
}

// withdrawAll withdraws what clients have published and the session has not sent yet,
// so that none of it follows a stop.
func (h *Hub) withdrawAll() {
	for _, c := range h.clients {
		c.withdraw()
		c.renewBatch()
	}
}

// stopTold is what the robot is told, for a person.
var stopTold = map[Stop]string{
	ClearQueue: "the robot was told to drop what it had queued",
	Halt:       "the robot was told to drop what it had queued and to stop; it has to be reset and homed before it moves again",
}

// tellStopped tells every client that the robot was stopped, and why, for one
// that is gone.
func (h *Hub) tellStopped(by, why string) {
	what := h.cfg.OnDisconnect
	h.tellAll(what, by, fmt.Sprintf("%s; %s (-on-disconnect %s)", why, stopTold[what], what))
}

// tellAll tells every client that the robot was stopped, by whom and why, and
// refuses what each still has waiting.
func (h *Hub) tellAll(what Stop, by, reason string) {
	notice := wire.Stopped(string(what), by, reason)
	gone := &wire.Error{Code: wire.OutcomeUnknown, Text: reason}
	if what == Halt {
		gone.Code = wire.RobotHalted
	}
	for _, c := range h.clients {
		h.refuse(c, &wire.Error{Code: wire.Refused, Text: "not sent: " + reason}, nil)
		h.tell(c, wire.AppendNotice(nil, time.Now(), c.ID, notice))
		h.tellGone(c, gone)
	}
}

// tellCleared tells all but the one who has emptied the robot's queue.
func (h *Hub) tellCleared(by *Client) {
	gone := &wire.Error{Code: wire.OutcomeUnknown, Text: fmt.Sprintf("client %s at %s has told the robot to drop what it had queued, which may be yours; look where the robot stands before you go on", by.ID, by.remote)}
	for _, c := range h.clients {
		if c != by {
			h.tellGone(c, gone)
		}
	}
}

// Cleared is for a robot that another program on the router has told to drop what it had
// queued; from is as whom that gives itself, and may be anything. Whose that may have
// been is told.
func (d Desk) Cleared(from string) {
	who := state.ByAnother
	if from != "" {
		who += fmt.Sprintf(" on the router, which calls itself %.*q,", longestName, from)
	}
	gone := &wire.Error{Code: wire.OutcomeUnknown, Text: who + " has told the robot to drop what it had queued, which may be yours; look where the robot stands before you go on"}
	for _, c := range d.h.clients {
		d.h.tellGone(c, gone)
	}
}

// longestName is how much is repeated of what a program calls itself.
const longestName = 40

// tellGone tells a client, where it has commanded the robot, that what the robot had
// queued for it is gone. The robot says that its queue is empty, as it does when all
// is done, so nothing else would let a program find out. Once is enough until it
// commands again: others must not be able to flood it.
func (h *Hub) tellGone(c *Client, why *wire.Error) {
	if c.queued {
		c.queued = false
		h.tellError(c, why, nil)
	}
}

// Ending is for a relay that is to end and has its session still: from here on
// nothing but stops is published, and where clients have commanded the robot,
// what OnDisconnect says. Ending returns when the router has acknowledged that,
// or after stopTime. why is for clients.
func (h *Hub) Ending(why string) {
	settled := make(chan error, 4) // more than a stop has parts: whoever settles must not wait
	parts := h.endAll(why, func(err error) { settled <- err })
	timeout := time.NewTimer(stopTime)
	defer timeout.Stop()
	for range parts {
		var err error
		select {
		case err = <-settled:
		case <-timeout.C:
			err = fmt.Errorf("the router has not acknowledged it within %v", stopTime)
			timeout.Reset(0) // nor will it the others
		}
		if err != nil {
			h.log.Error("stop for a relay that ends failed", "error", err)
		}
	}
}

// endAll publishes one stop for all clients that leave one, since the robot has
// one queue, and returns how many parts it has.
func (h *Hub) endAll(why string, settle func(error)) (parts int) {
	defer h.turns.Take().End()
	h.ending = why
	var first *Client
	for _, c := range h.clients {
		if h.leavesStop(c) && (first == nil || c.Since.Before(first.Since)) {
			first = c
		}
	}
	if first == nil || h.session == nil {
		return 0 // without a session, it is logged for each client when that is closed
	}
	h.withdrawAll()
	parts = h.publishStop(first.ID, first.ID, h.cfg.OnDisconnect, settle, settle)
	h.log.Warn("relay ends with clients that commanded the robot", "published", string(h.cfg.OnDisconnect))
	h.tellStopped(first.ID, why)
	for _, c := range h.clients {
		c.moved = false // it has been seen to
	}
	return parts
}
