package simulator

import (
	"crypto/rand"
	"fmt"
	"slices"
	"time"
)

// ID is the driver's own id, new for each StartRobot.
func (r *Robot) ID() string { return r.driver.id }

// Ids are the client ids that hold a slot, in the order they got it.
func (r *Robot) Ids() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.driver.clients)
}

// Received is what arrived on com.opentrons.driver, in order, the latest
// RecordLimit of it, whether or not the driver could make sense of it.
func (r *Robot) Received() []Command {
	r.mu.Lock()
	defer r.mu.Unlock()
	latest := r.record.latest()
	commands := make([]Command, len(latest))
	for i, payload := range latest {
		commands[i] = newCommand(payload)
	}
	return commands
}

// Positions are where the axes are now, in mm. What an axis says is to be
// trusted once it has been homed.
func (r *Robot) Positions() map[string]float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.driver.board.positions(time.Now())
}

// Homed are the axes whose position can be trusted: homed since the start,
// the last halt and the last reset.
func (r *Robot) Homed() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for axis := range axes {
		if r.driver.board.homed[axis] {
			names = append(names, axisNames[axis:axis+1])
		}
	}
	return names
}

// Moving reports whether an axis moves.
func (r *Robot) Moving() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	end, moving := r.driver.board.next()
	return moving && time.Now().Before(end)
}

// newUUID makes a random UUID, as Python's uuid4 does.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
