package otone

import (
	"bytes"
	"fmt"
	"time"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// The robot's software is there without its motor board: it opens the board's
// port only when it is told connectPort, and forgets that each time it joins the
// router. Until then it takes what would move it, says nothing, and moves nothing;
// of several moves it keeps all but the first, for when the port is opened.
//
// It says so when the port is opened or lost (status), and broadcasts each line
// that the board is given or gives. So the board is connected once any of these
// was heard, and is not once the robot says so, or has passed over a home, for
// which the board is always given a line at once. Of any other command without a
// line the robot may still be at work, or paused: who sent it is told, and nothing
// is refused for it.

// maxPorts is how much of a list of ports is kept and repeated, in bytes.
const maxPorts = 200

// boardTime is how long the board may take for its first line before the robot is
// asked whether it lives, which tells that none will come.
const boardTime = 250 * time.Millisecond

// board is what is known of it.
type board struct {
	state state.Board
	ports string // as the robot listed them last, JSON; empty where it has not
	since time.Time
	// taken are the commands that the robot was sent and the board was given no line
	// for, by client; asked those of them before the outstanding question.
	taken, asked map[*client]*taken
}

// taken are the commands of one client.
type taken struct {
	first  []byte // as the client sent it
	count  int
	atOnce bool // one of them is sure to make a line
}

// forgetBoard is for a robot that may have another board, or none.
func (b *Backend) forgetBoard() {
	b.board = board{state: state.BoardUnknown}
	b.changed()
}

// connected notes that the board is, or is not.
func (b *Backend) connected(is state.Board) {
	b.board.taken, b.board.asked = nil, nil
	if b.board.state == is {
		return
	}
	b.board.state = is
	b.desk.Log().Info("motor board", "connected", string(is))
	b.changed()
}

// boardSaid reads off what the robot says how the board stands.
func (b *Backend) boardSaid(payload []byte) {
	if b.board.state == state.BoardConnected && !bytes.Contains(payload, []byte(`"status"`)) {
		return // for speed: nearly all that it says
	}
	typ, data := wire.OToneReply(payload)
	switch typ {
	case "smoothie", "position", "limit":
		b.connected(state.BoardConnected)
	case "status":
		switch string(data) {
		case "true":
			b.connected(state.BoardConnected)
		case "false":
			b.connected(state.BoardAway)
		}
	case "portsList":
		if b.board.ports = ""; len(data) <= maxPorts {
			b.board.ports = string(data)
		}
	}
}

// sentToBoard notes a message that is on its way.
func (b *Backend) sentToBoard(id string, m wire.Message, now time.Time) {
	c := b.clients[id]
	if c == nil || b.board.state == state.BoardConnected {
		return
	}
	if b.board.state == state.BoardAway {
		if m.Halt {
			b.desk.TellErrorAbout(c.Client, &wire.Error{Code: wire.RobotNotConnected, Text: "the stop does not reach the motors: use the robot's own switch; it was sent, but the motor board is not connected, and motion under way goes on"}, m.Data)
		}
		return
	}
	needs, atOnce := wire.ForBoard(m)
	if !needs {
		return
	}
	if len(b.board.taken) == 0 {
		b.board.taken, b.board.since = map[*client]*taken{}, now
		b.changed()
	}
	t := b.board.taken[c]
	if t == nil {
		t = &taken{first: m.Begin()}
		b.board.taken[c] = t
	}
	t.count++
	t.atOnce = t.atOnce || atOnce
}

// untilBoard is how long until the robot is to be asked because of the board.
func (b *Backend) untilBoard(now time.Time, other time.Duration) time.Duration {
	if len(b.board.taken) == 0 {
		return other
	}
	return min(other, b.board.since.Add(boardTime).Sub(now))
}

// boardAnswered draws the conclusion from an answer of the robot's: what it was
// sent before the question has made no line.
func (b *Backend) boardAnswered() {
	passed := b.board.asked
	b.board.asked = nil
	if len(passed) == 0 || b.board.state == state.BoardConnected {
		return
	}
	text, sure := "has given its motor board no line for it: it is at work or paused, or the board's port is not open", false
	for _, t := range passed {
		sure = sure || t.atOnce
	}
	if sure {
		text = "does nothing: its motor board is not connected"
	}
	for c, t := range passed {
		what := "this"
		if t.count > 1 {
			what = fmt.Sprintf("this and %d more", t.count-1)
		}
		if b.clients[c.ID] == c {
			b.desk.TellErrorAbout(c.Client, &wire.Error{Code: wire.RobotNotConnected, Text: "the robot took " + what + " and " + text + "; " + b.openPort()}, t.first)
		}
	}
	if sure {
		b.connected(state.BoardAway)
		b.dropForBoard()
	}
}

// dropForBoard has the robot drop what it kept, so that nothing moves when the
// port is opened, however much later that is, and tell what ports there are.
func (b *Backend) dropForBoard() {
	_ = b.desk.Publish(wire.BrowserToRobot, []byte(wire.EraseJob), "eraseJob for a robot without its motor board") // the session has ended, and with it what it was sent
	_ = b.desk.Publish(wire.BrowserToRobot, []byte(wire.ListPorts), "listPorts")
}

// openPort says how the board's port is opened.
func (b *Backend) openPort() string {
	ports := "listPorts says which ports there are"
	if b.board.ports != "" {
		ports = "it lists the ports " + b.board.ports
	}
	return `drop what it has kept with {"type":"eraseJob"}, open the board's port with {"type":"connectPort","data":"PORT"} (` + ports + `), which moves the head a little, then home`
}

// needsBoard refuses what would be lost where the board is not connected.
func (b *Backend) needsBoard(m wire.Message) *wire.Error {
	if b.board.state != state.BoardAway {
		return nil
	}
	if needs, _ := wire.ForBoard(m); !needs {
		return nil
	}
	return &wire.Error{Code: wire.RobotNotConnected, Text: "the robot's motor board is not connected; not sent: " + b.openPort()}
}
