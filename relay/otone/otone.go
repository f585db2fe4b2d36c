// Package otone is the backend of otone_backend, which came after the driver, in
// July 2016 (relay/wire/README.md, "The otone backend"): one robot with one
// topic each way, no ids, and what the robot says is broadcast. A client's id
// names its connection, no more.
//
// The robot is asked whether it is there by browser_ready and answers with
// robot_ready. To each robot_ready, every browser on the router asks for the
// calibration and has the serial ports listed; so the robot is asked once for
// all clients, and when there is reason to, not by the clock, where the router's
// meta API tells the rest.
//
// It publishes robot_ready when it joins, before it is subscribed. So
// robot_ready alone is not enough: the router has to say that the robot is
// subscribed as well, or, where the router does not tell, the robot has to
// answer twice.
//
//	otone.go     what is said to the robot and what it says
//	client.go    what is kept of a client, and may its messages go?
//	presence.go  is it there?
//	board.go     is its motor board connected?
//	halt.go      is it halted, and by whom?
//	position.go  where does it stand?
package otone

import (
	"bytes"
	"errors"
	"time"

	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/halted"
	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Backend is the robot.
type Backend struct {
	desk         hub.Desk
	robot        presence.Peer
	clients      map[string]*client // by id
	subscription wamp.ID            // at the last look, 0 where that did not tell
	answers      int                // to browser_ready in this session, since the last silence
	halted       *halted.Tracker
	board        board
	changes      uint64 // see hub.Backend
}

// New is for hub.Config.Backend.
func New(desk hub.Desk) hub.Backend {
	b := &Backend{desk: desk, clients: map[string]*client{}}
	b.halted = halted.New(wire.OToneDialect.Reset, desk.PassHalted(), b.changed)
	b.robot = presence.New(presence.Words{
		Name:         string(wire.OTone),
		Unsubscribed: "nobody is subscribed to " + wire.BrowserReady + " and " + wire.BrowserToRobot + " on the router; restart the robot",
		Deaf:         "it does not answer browser_ready; rerestart the robot",
	}, true, time.Now(), b.changed)
	b.forgetBoard()
	return b
}

// changed notes that a message may go that could not, or that Step may have
// something to do.
func (b *Backend) changed() { b.changes++ }

// Payload is the message as the client wrote it.
func (b *Backend) Payload(_ string, m wire.Message, _ time.Time) []byte { return m.Data }

// Published notes that the robot owes a sign of life.
func (b *Backend) Published(id, by string, m wire.Message, owes bool, now time.Time) {
	if owes {
		b.robot.Spoken()
		b.sentToBoard(id, m, now)
	}
	b.publishedHalt(id, by, m, owes, now)
}

// Event takes what the robot broadcasts to all clients, as it came, and its
// word that it is ready to the handshakes.
func (b *Backend) Event(e session.Event) {
	if e.Topic == wire.RobotReady {
		b.readySaid(e)
		return
	}
	line := wire.Line(e.Payload)
	if e.Payload != nil && len(line) == 0 {
		e.Payload, e.Problem = nil, errors.New("it is empty")
	}
	if e.Problem != nil {
		b.desk.RefuseEvent(e, b.all()...)
	}
	if e.Payload == nil {
		return
	}
	if b.knownReady() {
		b.alive()
	}
	b.boardSaid(e.Payload)
	b.haltSaid(e.Payload)
	b.positionSaid(e.Payload)
	for _, c := range b.clients {
		b.desk.Tell(c.Client, line)
	}
}

// readySaid takes robot_ready, a boolean.
func (b *Backend) readySaid(e session.Event) {
	switch string(bytes.TrimSpace(e.Argument)) {
	case "true":
		b.ready()
	case "false":
		b.unready()
	default:
		e.Payload, e.Problem = nil, errors.New("robot_ready is neither true nor false")
		b.desk.RefuseEvent(e)
	}
}

// all are the hub's clients.
func (b *Backend) all() []*hub.Client {
	list := make([]*hub.Client, 0, len(b.clients))
	for _, c := range b.clients {
		list = append(list, c.Client)
	}
	return list
}

// State is the robot's. It has no id.
func (b *Backend) State() hub.Stance {
	robot := b.robot.Shown()
	if robot.State == state.RobotPresent {
		robot.Board = b.board.state
	}
	return hub.Stance{Robot: robot, Halted: b.halted.State(), Listens: b.knownReady(), Changes: b.changes}
}
