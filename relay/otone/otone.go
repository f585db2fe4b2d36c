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
//	presence.go  is it there?
package otone

import (
	"bytes"
	"errors"
	"time"

	"github.com/gammazero/nexus/v3/wamp"

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
	subscription wamp.ID // at the last look, 0 where that did not tell
	answers      int     // to browser_ready in this session, since the last silence
}

// New is for hub.Config.Backend.
func New(desk hub.Desk) hub.Backend {
	return &Backend{desk: desk, robot: presence.New(presence.Words{
		Name:         string(wire.OTone),
		Unsubscribed: "nobody is subscribed to " + wire.BrowserReady + " and " + wire.BrowserToRobot + " on the router; start the robot's software",
		Deaf:         "it does not answer browser_ready; restart the robot's software",
	}, true, time.Now())}
}

// Service is the robot.
func (b *Backend) Service() wire.Service { return wire.OTone }

// RelayTopics are those on which the robot speaks.
func (b *Backend) RelayTopics([]string) []string {
	return []string{wire.RobotToBrowser, wire.RobotReady}
}

// RobotTopics are the robot's two topics. It subscribes to commands last.
func (b *Backend) RobotTopics() []string { return []string{wire.BrowserReady, wire.BrowserToRobot} }

// Parse checks one frame.
func (b *Backend) Parse(frame []byte) (wire.Message, *wire.Error) { return wire.ParseOTone(frame) }

// Payload is the message as the client wrote it.
func (b *Backend) Payload(_ *hub.Client, m wire.Message) []byte {
	if b.robot.Spoken() {
		b.desk.Wake()
	}
	return m.Data
}

// Stop drops what is queued, so that nothing follows the halt.
func (b *Backend) Stop(_ string, halt bool) (topic string, payloads [][]byte) {
	payloads = [][]byte{[]byte(wire.EraseJob)}
	if halt {
		payloads = append(payloads, []byte(wire.RawHalt))
	}
	return wire.BrowserToRobot, payloads
}

// Gate lets a message through once the robot has said that it is ready. A stop
// goes out even to one that may only be deaf to the question.
func (b *Backend) Gate(c *hub.Client, m wire.Message) (wait bool, e *wire.Error) {
	shown := b.robot.Shown()
	switch {
	case shown.State == state.RobotAbsent && !(m.Urgent() && b.robot.Word() != presence.No):
		return false, &wire.Error{Code: wire.DriverAbsent, Text: "the robot is absent: " + shown.Error + "; not sent, send it again once the handshake has come"}
	case m.Urgent():
		return false, nil
	}
	return b.robot.Waits() || !c.Shakes[wire.OTone].Done(), nil
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
		b.desk.RefuseEvent(e, b.clients()...)
	}
	if e.Payload == nil {
		return
	}
	if b.knownReady() {
		b.alive()
	}
	for _, c := range b.desk.Clients() {
		b.desk.Tell(c, line)
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

func (b *Backend) clients() []*hub.Client {
	list := make([]*hub.Client, 0, len(b.desk.Clients()))
	for _, c := range b.desk.Clients() {
		list = append(list, c)
	}
	return list
}

// State is the robot's. It has no id.
func (b *Backend) State() state.Robot { return b.robot.Shown() }
