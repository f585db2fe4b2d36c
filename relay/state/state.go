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
	RouterNotSet     RouterState = "not_set"    // there is none to dial: no robot is set
)

// RobotState is what is known of the robot.
type RobotState string

const (
	RobotUnknown RobotState = "unknown" // the router is away, or nothing has been heard yet
	RobotAbsent  RobotState = "absent"  // nobody answers on its topics
	RobotPresent RobotState = "present"
)

// Board is what is known of a robot's motor board, which can be away while the
// robot's software is there.
type Board string

const (
	BoardUnknown   Board = "unknown" // nothing has been heard of it
	BoardConnected Board = "connected"
	BoardAway      Board = "not_connected" // what is sent moves nothing
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
	Robot    Robot     `json:"driver"`
	Halted   Halted    `json:"halted"`
	Position Position  `json:"position"`
	Clients  []Client  `json:"clients"` // never null; oldest connection first
	Notices  []Notice  `json:"notices"` // never null; what a person should know

	TurnedAway TurnedAway `json:"turnedAway"`

	// ClockSet is false on a box whose clock nobody has set since power-on: the times
	// that are told, those in lines to clients too, are no times of day then.
	ClockSet bool `json:"clockSet"`

	OnDisconnect string `json:"onDisconnect"` // the flag: what the robot is sent when a client that commanded it goes
}

// Notice is something that a person should know, in a sentence or two.
type Notice struct {
	Time time.Time `json:"time,omitzero"` // missing where the box had no clock
	Text string    `json:"text"`
	ID   string    `json:"id,omitempty"` // by which it can be put away; missing where it goes by itself
}

// Router is the link to the WAMP router.
type Router struct {
	URL        string      `json:"url"` // empty while no robot is set
	Realm      string      `json:"realm"`
	State      RouterState `json:"state"`
	Since      time.Time   `json:"since"`
	Error      string      `json:"error"`      // why the last attempt or session ended; empty while joined
	Reconnects int         `json:"reconnects"` // sessions established after the first
	Reached    bool        `json:"reached"`    // the last attempt found something that listens there
}

// Robot is the robot behind the router: its software, be that the driver or otone.
// In the JSON its key is still the driver's, since programs read it.
type Robot struct {
	Name  string     `json:"name"` // whom a person is to be told of: driver or robot
	State RobotState `json:"state"`
	ID    string     `json:"id"` // the driver's own id; empty until a handshake told it, and for otone
	Since time.Time  `json:"since"`
	Error string     `json:"error"` // why it counts as absent; empty otherwise
	// Speaks is the dialect of a robot that the relay is not set to and that is on
	// the router in the place of the one it is set to; empty otherwise.
	Speaks string `json:"speaks,omitempty"`
	Board  Board  `json:"board,omitempty"` // missing while the robot is not there
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
