package simulator

import (
	"context"
	"fmt"

	"github.com/gammazero/nexus/v3/wamp"
)

// What tests do with any robot.

// Arrived is how many commands arrived, kept or not.
func (p *participant) Arrived() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.record.arrived
}

// Joined reports whether the robot has a session with the router.
func (p *participant) Joined() bool { return p.currentSession() != nil }

// Wait returns when cond is true, having asked it again after everything that
// happened to the robot. The error is that of ctx.
func (p *participant) Wait(ctx context.Context, cond func() bool) error {
	return p.changed.Until(ctx, cond)
}

// Mute makes the robot joined but silent, as one that hangs: what arrives
// while it is muted is recorded and never acted on, and nothing is published.
// Motions that have begun go on.
func (p *participant) Mute(muted bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.muted = muted
}

// Freeze stalls the robot's process, as SIGSTOP does, until it thaws: what
// arrives meanwhile is kept, in order, and acted on when it thaws, handshakes
// included. The board goes on with what it has.
func (p *participant) Freeze(frozen bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case frozen && p.frozen == nil:
		p.frozen = make(chan struct{})
	case !frozen && p.frozen != nil:
		close(p.frozen)
		p.frozen = nil
	}
}

// Publish publishes an event as the robot, with any arguments: a test's own
// reply, or what no robot would send. It returns when the event is on its way.
func (p *participant) Publish(topic string, args ...any) error {
	return p.PublishRaw(topic, nil, args, nil)
}

// PublishRaw is Publish with all that an event can carry. The options are not
// looked at, so that they can be wrong.
func (p *participant) PublishRaw(topic string, options wamp.Dict, args wamp.List, kwargs wamp.Dict) error {
	s := p.currentSession()
	if s == nil {
		return fmt.Errorf("publishing on %s: %w", topic, errLinkDown)
	}
	if err := s.publish(topic, options, args, kwargs); err != nil {
		return fmt.Errorf("publishing on %s: %w", topic, err)
	}
	return nil
}
