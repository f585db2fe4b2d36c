// Package traffic keeps what passed lately: the last messages each way, and
// for each of the last seconds how many there were and how long the robot
// took to reply.
//
// It is a fixed amount of memory whatever passes, since the box runs for
// months; what is older is gone.
package traffic

import "rawtcpcom/relay/tap"

// Entry is a message with this program's own number, which goes on when the
// relay starts again at 1.
type Entry struct {
	N uint64 `json:"n"`
	tap.Message
}
