// Package driver is the backend of the OT-One's driver of 2016 (sandbox-driver)
// and what runs beside it, labware and the bootstrapper (relay/wire/README.md,
// "The router and its topics" and "From connect to command"): a handshake for
// each client, replies that are addressed, presence by the meta API and by
// handshakes that cost nothing.
//
//	driver.go     what is said to a service and what it says
//	client.go     what is kept of a client, and may its messages go?
//	handshake.go  handshakes, one at a time for each service
//	service.go    is the service there?
//	board.go      is the driver's motor board?
//	feedback.go   whose feedback may still come, so that his id rests
//	id_rest.go    for how long
//	halt.go       is the robot halted, and by whom?
//	position.go   where does it stand?
//	wayback.go    which move_to would it drop?
package driver

import (
	"strings"
	"time"

	"rawtcpcom/relay/halted"
	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Backend is the driver and the services beside it.
type Backend struct {
	desk      hub.Desk
	services  map[wire.Service]*service
	clients   map[string]*client // by id
	feedback  *feedback
	board     state.Board
	unheeded  map[string]unheeded // by client id
	flowAsked time.Time
	halted    *halted.Tracker
	wayBack   wayBack
	changes   uint64 // see hub.Backend
}

// New is for hub.Config.Backend.
func New(desk hub.Desk) hub.Backend {
	b := &Backend{desk: desk, board: state.BoardUnknown, services: map[wire.Service]*service{}, clients: map[string]*client{}, unheeded: map[string]unheeded{}}
	now := time.Now()
	b.feedback = newFeedback(desk, now, b.changed)
	b.halted = halted.New(wire.DriverDialect.Reset, desk.PassHalted(), b.changed)
	b.wayBack.forget()
	for _, name := range wire.Services {
		b.services[name] = newService(name, now, b.changed)
	}
	return b
}

// changed notes that a message may go that could not, or that Step may have
// something to do.
func (b *Backend) changed() { b.changes++ }

// Payload puts a message in its envelope, addressed to the service.
func (b *Backend) Payload(id string, m wire.Message, now time.Time) []byte {
	to := b.services[wire.Driver].id
	if name, ok := wire.ServiceOf(m.Topic); ok {
		to = b.services[name].id
	}
	return wire.AppendEnvelope(make([]byte, 0, len(m.Data)+300), now, m.Type, to, id, id, m.Data)
}

// Published notes that there may be feedback, and that the service owes a sign of
// life.
func (b *Backend) Published(id, by string, m wire.Message, owes bool, now time.Time) {
	b.feedback.sent(id, m.Queued, now)
	if owes {
		b.sentToBoard(id, m)
	}
	if name, ok := wire.ServiceOf(m.Topic); ok && owes {
		b.services[name].Spoken()
	}
	b.publishedHalt(id, by, m, owes, now)
	b.wayBack.published(id, m.Course, now)
}

// Event takes an event from the robot's side to its client
// (relay/wire/README.md, "From connect to command", step 5): all that is on the
// client's own topic, and what on the frontend and the labware topic is
// addressed to it.
func (b *Backend) Event(e session.Event) {
	if e.Topic == wire.Driver.Topic() {
		b.overheard(e)
		return
	}
	private := b.clients[strings.TrimPrefix(e.Topic, wire.Prefix)]
	if e.Problem != nil {
		b.refuse(private, e)
	}
	if e.Payload == nil {
		return
	}
	reply, err := wire.ParseReply(e.Payload)
	if err != nil && private == nil {
		e.Payload, e.Problem = nil, err
		b.refuse(nil, e)
		return
	}
	to, w := private, b.feedback.ids[strings.TrimPrefix(e.Topic, wire.Prefix)]
	if e.Topic == wire.Frontend || e.Topic == wire.Labware.Topic() {
		to, w = b.clients[string(reply.To)], b.feedback.ids[string(reply.To)]
	}
	b.heard(string(reply.From))
	if name, ok := reply.Handshake(); ok {
		b.shaken(b.services[name], reply, to, e.Payload)
		return
	}
	if b.isDriver(reply.From) {
		b.boardSaid(reply)
		told, tells := reply.Told()
		if b.desk.ChecksKnown() {
			b.wayBack.said(reply, told, tells, time.Now())
		}
		if e.Topic != wire.Frontend && string(reply.SessionID) == wire.RelayID {
			return // the relay has asked, see askForBoard
		}
		b.watchMotion(reply)
		b.watchPosition(e.Topic, reply, told, tells)
		b.feedback.word(w, reply)
		if w != nil && b.feedback.resting[w.id] {
			return // it is for the owner before, who has left
		}
	}
	if to != nil {
		b.desk.Tell(to.Client, wire.Line(e.Payload))
	}
}

// isDriver reports whether a reply may be the driver's, as far as is known.
func (b *Backend) isDriver(from []byte) bool {
	id := b.services[wire.Driver].id
	return id == "" || string(from) == id
}

func (b *Backend) refuse(to *client, e session.Event) {
	if to == nil {
		b.desk.RefuseEvent(e)
		return
	}
	b.desk.RefuseEvent(e, to.Client)
}

// State is the driver's.
func (b *Backend) State() hub.Stance {
	driver := b.services[wire.Driver]
	robot := driver.Shown()
	robot.ID = driver.id
	if robot.State == state.RobotPresent {
		robot.Board = b.board
	}
	return hub.Stance{Robot: robot, Halted: b.halted.State(), Listens: driver.There(), Changes: b.changes}
}
