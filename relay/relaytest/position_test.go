package relaytest_test

import (
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// standsAt is whether the state says that X and Z stand there, and whether that is old.
func standsAt(x, z float64, old state.Old) func(state.State) bool {
	return func(s state.State) bool {
		p := s.Position
		return p.X != nil && p.Z != nil && *p.X == x && *p.Z == z && p.Y != nil && p.A != nil && p.B != nil && !p.Since.IsZero() && p.Old == old
	}
}

// Where the driver's robot stands is in the state once a client has asked for it, and
// marked once it was sent on or was away. The relay itself asks for nothing.
func TestPositionOfTheDriver(t *testing.T) {
	t.Parallel()
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{Instant: true})
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Send(Command("move_to", `{"X": 100.25, "Z": 12}`))
	c.Until(`"result": "empty"`)
	if p := relay.State().Position; p.X != nil || !p.Since.IsZero() {
		t.Errorf("known, though nobody has told it: %+v", p)
	}
	c.Send(Command("positions", `""`))
	relay.WaitState("the position", standsAt(100.25, 12, ""))
	c.Send(Command("move_to", `{"X": 150.5}`))
	relay.WaitState("it is old", standsAt(100.25, 12, state.OldMoved))
	c.Send(Command("positions", `""`))
	relay.WaitState("the next position", standsAt(150.5, 12, ""))
	rig.StopRobot()
	relay.WaitRobot("absent")
	s := relay.WaitState("it is from before", standsAt(150.5, 12, state.OldAway))
	if largest := s.Position.Largest; *largest.X != 150.5 || *largest.Z != 12 {
		t.Errorf("the largest are %v and %v", *largest.X, *largest.Z)
	}
}

// otone tells where it stands with each motion.
func TestPositionOfOTone(t *testing.T) {
	t.Parallel()
	rig := NewOTone(t)
	rig.StartOTone(simulator.RobotConfig{Instant: true})
	relay := rig.StartRelay()
	c := relay.ConnectOTone()
	c.Send(`{"type":"move","data":[{"x":100.25,"z":12},{"x":50}]}`)
	relay.WaitState("the position", standsAt(50, 12, ""))
	rig.StopOTone()
	relay.WaitState("it is from before", standsAt(50, 12, state.OldAway))
}
