package driver

import (
	"time"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// service is a peer on the robot: the driver, labware or bootstrapper.
//
// A handshake is asked for one client at a time, because a refusal ("fail")
// names nobody: it is for the one whose handshake is outstanding.
type service struct {
	presence.Peer
	name    wire.Service
	id      string    // its own id, empty until a handshake told it
	renewed time.Time // when another instance than before answered
	known   []string  // client ids that hold a slot, as far as it has told
}

func newService(name wire.Service, now time.Time, changed func()) *service {
	return &service{name: name, Peer: presence.New(presence.Words{
		Name:         string(name),
		Unsubscribed: "nobody is subscribed to " + name.Topic() + " and to its handshakes on the router; wait two minutes after switching the robot on, then restart it",
		Deaf:         "it does not answer the handshake; restart the robot",
	}, name == wire.Driver, now, changed)}
}

// absent says why nothing can be sent to a service. A stop is sent even to one
// that may only be deaf to handshakes.
func (s *service) absent(m wire.Message) *wire.Error {
	shown := s.Shown()
	if shown.State != state.RobotAbsent || m.Urgent() && s.Word() != presence.No {
		return nil
	}
	again := "once the handshake has come"
	if s.name != wire.Driver {
		again = "later" // it is asked again when somebody addresses it
	}
	return &wire.Error{Code: wire.DriverAbsent, Text: "the " + string(s.name) + " is absent: " + shown.Error + "; not sent, send it again " + again}
}

// Seen takes what was seen on the router.
func (b *Backend) Seen(sight hub.Sight) {
	switch sight.Kind {
	case hub.Began, hub.Ended:
		b.reset(sight.Kind == hub.Began)
	case hub.Moved:
		b.doubt()
	case hub.Looked:
		b.looked(sight)
	}
}

// reset forgets what holds for one session only. The ids stay, to tell a
// service that has come back from a new one.
func (b *Backend) reset(joined bool) {
	for _, s := range b.services {
		s.Peer.Reset(joined)
		s.known = nil
	}
	b.feedback.lost()
	b.setBoard(state.BoardUnknown)
	b.halted.Forget()
	b.wayBack.forget()
	for _, c := range b.clients {
		clear(c.shakes)
		c.shakes[wire.Driver] = state.HandshakePending
	}
	b.refresh()
}

// doubt puts the driver in doubt until the next look.
func (b *Backend) doubt() {
	b.services[wire.Driver].Doubt()
	b.wayBack.forget() // it may have missed what was published last
	// The others are looked for when somebody addresses them next.
	for _, c := range b.clients {
		for _, s := range b.services {
			if s.name != wire.Driver && c.shakes[s.name] != state.HandshakePending {
				delete(c.shakes, s.name)
			}
		}
	}
}

// looked takes what a look found of the driver.
func (b *Backend) looked(sight hub.Sight) {
	s, there := b.services[wire.Driver], sight.There
	switch there {
	case presence.Yes:
		b.feedback.heard(time.Now())
	case presence.No:
		b.feedback.lost()
	}
	// Where somebody is there, is it still the same? Only clients that were
	// handshaken depend on that; a probe tells.
	s.SeeInstead(sight.Speaks)
	s.See(there, len(s.known) == 0)
	if there == presence.No {
		for _, c := range b.clients {
			c.shakes[wire.Driver] = state.HandshakePending
		}
	}
	b.refresh()
}

// heard notes a sign of life from the service with that id.
func (b *Backend) heard(id string) {
	if id == "" {
		return
	}
	for _, s := range b.services {
		if s.id == id && b.alive(s) {
			b.refresh()
		}
	}
}

// alive notes a sign of life from a service, and returns whether that changes
// its state.
func (b *Backend) alive(s *service) (changed bool) {
	now := time.Now()
	changed = s.Heard(now)
	if s.name == wire.Driver {
		b.desk.Heard()
		b.feedback.heard(now)
	}
	return changed
}

// refresh works out whether each service is there.
func (b *Backend) refresh() {
	for _, s := range b.services {
		s.Update(b.desk.Log())
	}
}
