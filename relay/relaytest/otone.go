package relaytest

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"rawtcpcom/relay/simulator"
)

// OToneRig is a Rig whose robot is otone.
type OToneRig struct {
	*Rig
	OTone *simulator.OTone // the latest, nil while stopped
}

// NewOTone makes a rig with a router and no robot.
func NewOTone(t testing.TB) *OToneRig {
	t.Helper()
	return &OToneRig{Rig: New(t)}
}

// NewWithOTone makes a rig with a router and a robot whose motions take no
// time.
func NewWithOTone(t testing.TB) *OToneRig {
	t.Helper()
	r := NewOTone(t)
	r.StartOTone(simulator.RobotConfig{})
	return r
}

// StartOTone starts otone, with the defaults of StartDriver.
func (r *OToneRig) StartOTone(cfg simulator.RobotConfig) {
	r.t.Helper()
	robot, err := simulator.StartOTone(Deadline(r.t), r.withDefaults(cfg))
	if err != nil {
		r.t.Fatal(err)
	}
	r.OTone = robot
	r.t.Cleanup(robot.Close)
}

// StopOTone ends otone.
func (r *OToneRig) StopOTone() {
	r.OTone.Close()
	r.OTone = nil
}

// StartRelay runs the relay for that robot.
func (r *OToneRig) StartRelay(args ...string) *Relay {
	r.t.Helper()
	return r.Rig.StartRelay(append([]string{"-backend", "otone"}, args...)...)
}

// WaitReceived waits until cond holds for all that the robot has received.
func (r *OToneRig) WaitReceived(what string, cond func([]string) bool) []string {
	r.t.Helper()
	if err := r.OTone.Wait(Deadline(r.t), func() bool { return cond(r.OTone.Received()) }); err != nil {
		r.t.Fatalf("the robot: %s: %v; it received %q", what, err, r.OTone.Received())
	}
	return r.OTone.Received()
}

// ExpectReceived waits until the robot has received as many messages as there
// are in want, which they are to be.
func (r *OToneRig) ExpectReceived(want ...string) {
	r.t.Helper()
	got := r.WaitReceived("has "+strconv.Itoa(len(want))+" messages", func(got []string) bool { return len(got) >= len(want) })
	if !slices.Equal(got, want) {
		r.t.Errorf("the robot got\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Ready reads the line that says that the robot is there.
func (c *Client) Ready() {
	c.t.Helper()
	if m := c.Next(); !m.IsNotice() || m.Result() != "success" || m.To != c.ID {
		c.t.Fatalf("instead of the robot's handshake: %s", m.Line)
	}
}

// ConnectOTone connects a client and reads until the robot is there for it.
func (r *Relay) ConnectOTone() *Client {
	r.t.Helper()
	c := r.Dial()
	c.Start()
	c.Ready()
	return c
}

// Question is one that otone answers with one line, Answer, to all.
const (
	Question = `{"type":"getContainers"}`
	Answer   = `{"type": "containers", "data": {}}`
)

// FenceOTone asks the robot something and reads the answer, which shows that
// no other line was on its way.
func (c *Client) FenceOTone() {
	c.t.Helper()
	c.Send(Question)
	if line := c.Line(); line != Answer {
		c.t.Fatalf("a line too many: %s", line)
	}
}
