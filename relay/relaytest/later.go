package relaytest

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"rawtcpcom/relay/simulator"
)

// LaterRig is a Rig with the later backend's robot.
type LaterRig struct {
	*Rig
	Later *simulator.LaterRobot // the latest, nil while stopped
}

// NewLater makes a rig with a router and no robot.
func NewLater(t testing.TB) *LaterRig {
	t.Helper()
	return &LaterRig{Rig: New(t)}
}

// NewWithLater makes a rig with a router and a robot whose motions take no
// time.
func NewWithLater(t testing.TB) *LaterRig {
	t.Helper()
	r := NewLater(t)
	r.StartLater(simulator.RobotConfig{})
	return r
}

// StartLater starts the robot's software, with the defaults of StartRobot.
func (r *LaterRig) StartLater(cfg simulator.RobotConfig) {
	r.t.Helper()
	robot, err := simulator.StartLaterRobot(Deadline(r.t), r.withDefaults(cfg))
	if err != nil {
		r.t.Fatal(err)
	}
	r.Later = robot
	r.t.Cleanup(robot.Close)
}

// StopLater ends the robot's software.
func (r *LaterRig) StopLater() {
	r.Later.Close()
	r.Later = nil
}

// StartRelay runs the relay for that robot.
func (r *LaterRig) StartRelay(args ...string) *Relay {
	r.t.Helper()
	return r.Rig.StartRelay(append([]string{"-backend", "otone"}, args...)...)
}

// WaitReceived waits until cond holds for all that the robot has received.
func (r *LaterRig) WaitReceived(what string, cond func([]string) bool) []string {
	r.t.Helper()
	if err := r.Later.Wait(Deadline(r.t), func() bool { return cond(r.Later.Received()) }); err != nil {
		r.t.Fatalf("the robot: %s: %v; it received %q", what, err, r.Later.Received())
	}
	return r.Later.Received()
}

// ExpectReceived waits until the robot has received as many messages as there
// are in want, which they are to be.
func (r *LaterRig) ExpectReceived(want ...string) {
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

// ConnectLater connects a client and reads until the robot is there for it.
func (r *Relay) ConnectLater() *Client {
	r.t.Helper()
	c := r.Dial()
	c.Start()
	c.Ready()
	return c
}

// Question is one that the later robot answers with one line, Answer, to all.
const (
	Question = `{"type":"getContainers"}`
	Answer   = `{"type": "containers", "data": {}}`
)

// FenceLater asks the robot something and reads the answer, which shows that
// no other line was on its way.
func (c *Client) FenceLater() {
	c.t.Helper()
	c.Send(Question)
	if line := c.Line(); line != Answer {
		c.t.Fatalf("a line too many: %s", line)
	}
}
