// Package state is what the relay tells about itself: the JSON of GET /state
// and of each "state" event on GET /events. Whoever shows the relay's state
// (lamps, a page) imports these types.
package state

import "time"

// RouterState is the state of the WAMP session with the router.
type RouterState string

const (
	RouterConnecting RouterState = "connecting" // dialling, or waiting to dial again
	RouterJoined     RouterState = "joined"     // session established, topics subscribed
	RouterDown       RouterState = "down"       // the last attempt failed or the session ended
)

// DriverState is what is known of the Opentrons driver, or of the robot where
// the backend is the later one.
type DriverState string

const (
	DriverUnknown DriverState = "unknown" // the router is away, or nothing has been heard yet
	DriverAbsent  DriverState = "absent"  // nobody answers on the driver's topics
	DriverPresent DriverState = "present"
)

// Handshake is how far a client's handshake with the driver has come.
type Handshake string

const (
	HandshakePending          Handshake = "pending"
	HandshakeSuccess          Handshake = "success"
	HandshakeAlreadyConnected Handshake = "already_connected"
	HandshakeFailed           Handshake = "failed"
)

// Done reports whether the driver knows the client and will answer it.
func (h Handshake) Done() bool {
	return h == HandshakeSuccess || h == HandshakeAlreadyConnected
}

// State is the relay at one instant.
type State struct {
	Version  string    `json:"version"`
	Revision string    `json:"revision"`
	Built    string    `json:"built"`
	Started  time.Time `json:"started"`
	Router   Router    `json:"router"`
	Driver   Driver    `json:"driver"`
	Clients  []Client  `json:"clients"` // never null; oldest connection first
	Notices  []Notice  `json:"notices"` // never null; what a person should know
	// TurnedAway is who wanted to be a client and was not let in.
	TurnedAway TurnedAway `json:"turned_away"`
}

// TurnedAway is how many connections were turned away since the start, and the
// last of them.
type TurnedAway struct {
	Count  uint64    `json:"count"`
	Time   time.Time `json:"time,omitzero"`
	Remote string    `json:"remote"` // host:port
	Reason string    `json:"reason"` // as in the log and the metrics
	Text   string    `json:"text"`   // the same for a person
}

// Notice is something that a person should know, in a sentence or two.
type Notice struct {
	Time time.Time `json:"time,omitzero"` // missing where the box had no clock
	Text string    `json:"text"`
}

// Router is the link to the WAMP router.
type Router struct {
	URL        string      `json:"url"`
	Realm      string      `json:"realm"`
	State      RouterState `json:"state"`
	Since      time.Time   `json:"since"`
	Error      string      `json:"error"`      // why the last attempt or session ended; empty while joined
	Reconnects int         `json:"reconnects"` // sessions established after the first
}

// Driver is the robot's driver behind the router.
type Driver struct {
	Name  string      `json:"name"` // whom a person is to be told of: driver or robot
	State DriverState `json:"state"`
	ID    string      `json:"id"` // the driver's own id; empty until a handshake told it, and for a robot
	Since time.Time   `json:"since"`
	Error string      `json:"error"` // why it counts as absent; empty otherwise
}

// Client is one TCP connection.
type Client struct {
	ID        string    `json:"id"`
	Remote    string    `json:"remote"` // host:port
	Since     time.Time `json:"since"`
	Handshake Handshake `json:"handshake"`
	Received  uint64    `json:"received"`  // messages from the client, good or bad
	Sent      uint64    `json:"sent"`      // lines to the client
	Errors    uint64    `json:"errors"`    // error lines among those
	LastError string    `json:"lastError"` // "code: text" of the latest of those
}

// BrokenLink names the first link of the chain router, session, driver that
// is broken, in a sentence for a person; it is empty when all are there.
func (s State) BrokenLink() string {
	switch {
	case s.Router.State == RouterConnecting:
		return withReason("router: connecting to "+s.Router.URL, s.Router.Error)
	case s.Router.State != RouterJoined:
		return withReason("router: no session with "+s.Router.URL, s.Router.Error)
	case s.Driver.State == DriverUnknown:
		return s.Driver.Name + ": not heard of yet"
	case s.Driver.State != DriverPresent:
		return withReason(s.Driver.Name+": absent", s.Driver.Error)
	}
	return ""
}

func withReason(what, reason string) string {
	if reason == "" {
		return what
	}
	return what + ": " + reason
}
