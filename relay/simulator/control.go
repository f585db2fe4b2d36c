package simulator

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/gammazero/nexus/v3/wamp"
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
	return r.record.commands()
}

// Arrived is how many messages arrived on com.opentrons.driver, kept or not.
func (r *Robot) Arrived() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.record.arrived
}

// Positions are where the axes are now, in mm. What an axis says is to be
// trusted once it has been homed.
func (r *Robot) Positions() map[string]float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.driver.board.at(time.Now())
	positions := make(map[string]float64, axes)
	for axis := range axes {
		positions[axisNames[axis:axis+1]] = at[axis]
	}
	return positions
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

// Joined reports whether the robot has a session with the router.
func (r *Robot) Joined() bool { return r.currentSession() != nil }

// Wait returns when cond is true, having asked it again after everything that
// happened to the robot. The error is that of ctx.
func (r *Robot) Wait(ctx context.Context, cond func() bool) error {
	for {
		r.mu.Lock()
		changed := r.changed
		r.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Mute makes the driver joined but silent, as one that hangs: what arrives
// while it is muted is recorded and never acted on, and nothing is published.
// Motions that have begun go on.
func (r *Robot) Mute(muted bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.muted = muted
}

// Publish publishes an event as the driver, with any arguments: a test's own
// reply, or what no driver would send. It returns when the event is on its way.
func (r *Robot) Publish(topic string, args ...any) error {
	return r.PublishRaw(topic, nil, args, nil)
}

// PublishRaw is Publish with all that an event can carry. The options are not
// looked at, so that they can be wrong.
func (r *Robot) PublishRaw(topic string, options wamp.Dict, args wamp.List, kwargs wamp.Dict) error {
	s := r.currentSession()
	if s == nil {
		return fmt.Errorf("publishing on %s: %w", topic, errLinkDown)
	}
	if err := s.publish(topic, options, args, kwargs); err != nil {
		return fmt.Errorf("publishing on %s: %w", topic, err)
	}
	return nil
}

// newUUID makes a random UUID, as Python's uuid4 does.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
