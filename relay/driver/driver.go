// Package driver is the backend of the OT-One's driver of 2016 (sandbox-driver)
// and what runs beside it, labware and the bootstrapper (relay/wire/README.md,
// "The router and its topics" and "From connect to command"): a handshake for
// each client, replies that are addressed, presence by the meta API and by
// handshakes that cost nothing.
//
//	driver.go     what is said to a service and what it says
//	handshake.go  handshakes, one at a time for each service
//	service.go    is the service there?
//	feedback.go   whose feedback may still come, so that his id rests
//	rest.go       for how long
package driver

import (
	"strings"
	"time"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// Backend is the driver and the services beside it.
type Backend struct {
	desk     hub.Desk
	rules    wire.Rules
	services map[wire.Service]*service
	feedback *feedback
}

// New is for hub.Config.Backend.
func New(rules wire.Rules) func(hub.Desk) hub.Backend {
	return func(desk hub.Desk) hub.Backend {
		b := &Backend{desk: desk, rules: rules, services: map[wire.Service]*service{}}
		now := time.Now()
		b.feedback = newFeedback(desk, now)
		for _, name := range wire.Services {
			b.services[name] = newService(name, now)
		}
		return b
	}
}

// Service is the driver.
func (b *Backend) Service() wire.Service { return wire.Driver }

// RelayTopics are those that carry replies.
func (b *Backend) RelayTopics(ids []string) []string {
	topics := []string{wire.Frontend, wire.Labware.Topic()}
	for _, id := range ids {
		topics = append(topics, wire.PrivateTopic(id))
	}
	return topics
}

// RobotTopics are the driver's two topics. It subscribes to handshakes first.
func (b *Backend) RobotTopics() []string {
	return []string{wire.Driver.HandshakeTopic(), wire.Driver.Topic()}
}

// Parse checks one frame.
func (b *Backend) Parse(frame []byte) (wire.Message, *wire.Error) { return wire.Parse(frame, b.rules) }

// Payload puts a message in its envelope, addressed to the service.
func (b *Backend) Payload(c *hub.Client, m wire.Message) []byte {
	now := time.Now()
	to := b.services[wire.Driver].id
	b.feedback.sent(c.ID, m.Queued, now)
	if name, ok := wire.ServiceOf(m.Topic); ok {
		s := b.services[name]
		to = s.id
		if s.Spoken() {
			b.desk.Wake()
		}
	}
	return wire.AppendEnvelope(make([]byte, 0, len(m.Data)+300), now, m.Type, to, c.ID, c.ID, m.Data)
}

// Stop clears the queue before a halt, which would wait its turn behind it
// otherwise (relay/wire/README.md, "What the driver does that a relay must live
// with").
func (b *Backend) Stop(id string, halt bool) (topic string, payloads [][]byte) {
	driver, now := b.services[wire.Driver].id, time.Now()
	b.feedback.sent(id, halt, now)
	payloads = [][]byte{wire.AppendStop(nil, now, driver, id, false)}
	if halt {
		payloads = append(payloads, wire.AppendStop(nil, now, driver, id, true))
	}
	return wire.Driver.Topic(), payloads
}

// Gate lets a message through to a service that its client has shaken hands
// with, and has it wait for that.
func (b *Backend) Gate(c *hub.Client, m wire.Message) (wait bool, e *wire.Error) {
	name, ok := wire.ServiceOf(m.Topic)
	if !ok {
		return false, nil // the frontend topic has nobody to shake hands with
	}
	s := b.services[name]
	if e := s.absent(m); e != nil || m.Urgent() {
		return false, e // a stop goes out even before its sender has shaken hands
	}
	shake, asked := c.Shakes[name]
	switch {
	case s.Waits():
		return true, nil
	case shake.Done():
		return false, nil
	case shake == state.HandshakeFailed:
		return false, &wire.Error{Code: wire.Refused, Text: "the " + string(name) + " has no slot left for this client, so its answers would be lost; restart the " + string(name) + " to free its slots"}
	case name == wire.Driver && b.feedback.busy(c.ID):
		return false, &wire.Error{Code: wire.Busy, Text: "not sent: " + stillAtWork}
	case !asked:
		c.Shakes[name] = state.HandshakePending
		b.desk.Wake()
	}
	return true, nil
}

// Event takes an event from the robot's side to its client
// (relay/wire/README.md, "From connect to command", step 5): all that is on the
// client's own topic, and what on the frontend and the labware topic is
// addressed to it.
func (b *Backend) Event(e session.Event) {
	private := b.desk.Clients()[strings.TrimPrefix(e.Topic, wire.Prefix)]
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
		to, w = b.desk.Clients()[string(reply.To)], b.feedback.ids[string(reply.To)]
	}
	b.heard(string(reply.From))
	if name, ok := reply.Handshake(); ok {
		b.shaken(b.services[name], reply, to, e.Payload)
		return
	}
	if b.isDriver(reply.From) {
		b.feedback.word(w, reply)
		if w != nil && b.feedback.resting[w.id] {
			return // it is for the owner before, who has left
		}
	}
	if to != nil {
		b.desk.Tell(to, wire.Line(e.Payload))
	}
}

// isDriver reports whether a reply may be the driver's, as far as is known.
func (b *Backend) isDriver(from []byte) bool {
	id := b.services[wire.Driver].id
	return id == "" || string(from) == id
}

func (b *Backend) refuse(to *hub.Client, e session.Event) {
	if to == nil {
		b.desk.RefuseEvent(e)
		return
	}
	b.desk.RefuseEvent(e, to)
}

// State is the driver's.
func (b *Backend) State() state.Robot {
	shown := b.services[wire.Driver].Shown()
	shown.ID = b.services[wire.Driver].id
	return shown
}
