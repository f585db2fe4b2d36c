package simulator

import (
	"fmt"
	"log/slog"
	"math"
	"time"

	"rawtcpcom/relay/wire"
)

const defaultSlots = wire.DriverIDs

// DefaultSpeed is how fast each axis moves unless told otherwise, in mm/s: the
// order of a real OT-One's, for the head and for the plungers.
func DefaultSpeed() map[string]float64 {
	return map[string]float64{"X": 50, "Y": 50, "Z": 50, "A": 10, "B": 10, "C": 10}
}

// RobotConfig says what robot to start.
type RobotConfig struct {
	URL    string             // of the router's WebSocket
	Realm  string             // DefaultRealm if empty
	Speed  map[string]float64 // mm/s for each axis X, Y, Z, A, B, C; DefaultSpeed for those not named
	Logger *slog.Logger       // nil discards

	// Instant makes motions take no time, for tests about anything else. There
	// is then no stat 1, as in the recorded sessions.
	Instant bool
	// Slots is how many ids the driver takes; 0 is the real driver's number.
	Slots int
	// RecordLimit is how many of the latest messages Received keeps: 0 for
	// 10,000, negative for none.
	RecordLimit int
	// PortClosed has otone open the port of its motor board only when it is told
	// connectPort with "simulated", and close it each time it joins the router, as
	// the recorded software does. It is no matter for the driver.
	PortClosed bool
	// Rejoin is the pause before each attempt to join again after the session
	// is lost: 0 for the real driver's 5 s, negative for no attempt. The driver
	// that rejoins is the same: it keeps its id, its clients and its queue.
	Rejoin time.Duration
}

// newBoard makes a board with the speeds of all axes, in mm/s.
func newBoard(speed map[string]float64, instant bool) (*board, error) {
	b := &board{instant: instant}
	for name, v := range DefaultSpeed() {
		b.speed[axisOf(name)] = v
	}
	for name, v := range speed {
		axis := axisOf(name)
		if axis < 0 {
			return nil, fmt.Errorf("speed of axis %q: the axes are X, Y, Z, A, B and C", name)
		}
		if !(v > 0) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("speed of axis %s: %v mm/s is not a speed above zero", name, v)
		}
		b.speed[axis] = v
	}
	return b, nil
}
