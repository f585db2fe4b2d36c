// Package traffic keeps what passed lately: the last messages each way, and
// for each of the last seconds how many there were and how long the robot
// took to reply.
//
// It is a fixed amount of memory whatever passes, since the box runs for
// months; what is older is gone.
package traffic

import "time"

// Direction is the way of a message.
type Direction string

const (
	In  Direction = "in"  // from a client to the robot
	Out Direction = "out" // to a client
)

// Message is what the relay's tap tells of one.
type Message struct {
	Seq     uint64    `json:"seq"`
	Time    time.Time `json:"time"` // by the clock of the box, which is wrong until NTP answered
	Client  string    `json:"client"`
	Remote  string    `json:"remote"`
	Dir     Direction `json:"dir"`
	Topic   string    `json:"topic"`
	Size    int       `json:"size"`    // bytes of the whole
	Payload string    `json:"payload"` // shortened by the relay
}

// Entry is a message with this program's own number, which goes on when the
// relay starts again at 1.
type Entry struct {
	N uint64 `json:"n"`
	Message
}
