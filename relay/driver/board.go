package driver

import (
	"fmt"
	"slices"
	"time"

	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// A driver whose motor board is gone takes each command, prints that there is no
// board, and says nothing. It does not look for the board again. Its answers to
// flow and clear_queue tell, whichever client asked. Anything that the board says
// tells too (wire.Reply.Board). A board that is there answers each line. So where
// the driver lives and its board has said nothing to a command, the relay asks for
// flow itself: that moves nothing and takes no slot.

// unheeded are one client's commands that the board has said nothing to.
type unheeded struct {
	first []byte
	count int
}

const boardGone = "the robot's motor board is not connected: check its power and cable, then restart the robot"

// boardSaid reads off a reply of the driver's how its board stands.
func (b *Backend) boardSaid(reply wire.Reply) {
	connected := reply.Board()
	if connected == nil {
		return
	}
	is := state.BoardAway
	if *connected {
		is = state.BoardConnected
	}
	b.setBoard(is)
}

func (b *Backend) setBoard(is state.Board) {
	if is == state.BoardAway && b.board != is {
		for id, u := range b.unheeded {
			b.tellUnheeded(id, u)
		}
	}
	clear(b.unheeded)
	if b.board == is {
		return
	}
	b.board = is
	b.desk.Log().Info("motor board", "connected", string(is))
	b.changed()
}

// needsBoard refuses what the driver would drop without a word.
func (b *Backend) needsBoard(m wire.Message) *wire.Error {
	if b.board != state.BoardAway || !m.Queued {
		return nil
	}
	return &wire.Error{Code: wire.RobotNotConnected, Text: boardGone + "; not sent"}
}

// tellUnheeded tells a client whose commands the driver took in vain.
func (b *Backend) tellUnheeded(id string, u unheeded) {
	c := b.clients[id]
	if c == nil {
		return
	}
	what := "this"
	if u.count > 1 {
		what = fmt.Sprintf("this and %d more", u.count-1)
	}
	b.desk.TellErrorAbout(c.Client, &wire.Error{Code: wire.RobotNotConnected, Text: "the driver took " + what + ", and nothing moves: " + boardGone}, u.first)
}

// sentToBoard notes a command that the board is to answer, and tells who stops a
// robot without its board that this is no stop.
func (b *Backend) sentToBoard(id string, m wire.Message) {
	c := b.clients[id]
	switch {
	case c == nil || !m.Queued || m.Topic != wire.Driver.Topic():
	case b.board == state.BoardAway:
		b.desk.TellErrorAbout(c.Client, &wire.Error{Code: wire.RobotNotConnected, Text: "the stop does not reach the motors: use the robot's own switch; it was sent, but " + boardGone}, m.Data)
	default:
		u := b.unheeded[id]
		if u.count++; u.count == 1 {
			u.first = m.Begin()
		}
		b.unheeded[id] = u
	}
}

// askForBoard asks the driver for flow, once it has shown that it lives.
func (b *Backend) askForBoard() {
	s, now := b.services[wire.Driver], time.Now()
	if now.Sub(b.flowAsked) < presence.RetryMost {
		return
	}
	for id := range b.unheeded {
		if b.board != state.BoardAway && slices.Contains(s.known, id) {
			b.flowAsked = now
			_ = b.desk.Publish(wire.Driver.Topic(), wire.AppendFlow(nil, now, s.id, id), "flow") // the session has ended, and all that was known with it
			return
		}
	}
}
