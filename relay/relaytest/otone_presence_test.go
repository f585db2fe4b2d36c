package relaytest_test

import (
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// A client is told its id at once and that the robot is there when it is, which
// the state and the health check tell of as well.
func TestOToneHandshake(t *testing.T) {
	t.Parallel()
	rig := NewOTone(t)
	relay := rig.StartRelay()
	relay.WaitRobot("absent")
	early := relay.Dial()
	early.Start()
	if status, body := relay.Do("GET", "/healthz"); status != 503 || !strings.HasPrefix(body, "robot: absent: nobody is subscribed") {
		t.Errorf("healthz says %d %s", status, body)
	}
	if s := relay.State(); s.Clients[0].Handshake != "pending" || s.Robot.Name != "robot" {
		t.Errorf("without a robot the state is %+v", s)
	}

	rig.StartOTone(simulator.RobotConfig{})
	early.Ready()
	early.FenceOTone()
	newcomer := relay.ConnectOTone()
	newcomer.FenceOTone()
	if early.Line() != Answer { // it is broadcast
		t.Error("the first client did not hear what the second had asked")
	}
	if status, _ := relay.Do("GET", "/healthz"); status != 200 {
		t.Errorf("healthz says %d", status)
	}
	s := relay.WaitState("present", func(s state.State) bool { return s.Robot.State == "present" })
	if s.Robot.ID != "" || s.Robot.Error != "" || s.Clients[0].Handshake != "success" || s.Clients[1].Handshake != "success" {
		t.Errorf("with a robot the state is %+v", s)
	}
}

// While the robot is away its commands are refused at once, and never kept.
func TestOToneCommandsAreNotKeptWhileRobotIsAway(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	relay := rig.StartRelay()
	c := relay.ConnectOTone()
	rig.StopOTone()
	relay.WaitRobot("absent")
	newcomer := relay.Dial()
	newcomer.Start()
	for _, client := range []*Client{c, newcomer, c} {
		client.Send(`{"type":"move","data":{"x":666}}`, `{"type":"eraseJob"}`)
		for range 2 {
			if e := client.ExpectError("driver_absent"); !strings.Contains(e.Text, "not sent") || !strings.Contains(e.Text, "start the robot") {
				t.Errorf("the error is %+v", e)
			}
		}
	}
	rig.StartOTone(simulator.RobotConfig{})
	c.Ready()
	newcomer.Ready()
	c.FenceOTone()
	rig.ExpectReceived(Question)
}

// A robot that is started anew is told of, however fast that was.
func TestOToneRestart(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	relay := rig.StartRelay()
	clients := []*Client{relay.ConnectOTone(), relay.ConnectOTone()}
	for range 3 {
		rig.StopOTone()
		rig.StartOTone(simulator.RobotConfig{})
		for _, c := range clients {
			c.Ready()
		}
	}
	clients[0].FenceOTone()
}

// A robot that says that it is not ready is as good as away.
func TestOToneThatIsNotReady(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	relay := rig.StartRelay()
	c := relay.ConnectOTone()
	if err := rig.OTone.SetReady(false); err != nil {
		t.Fatal(err)
	}
	relay.WaitRobot("absent")
	c.Send(`{"type":"move","data":{"x":666}}`)
	if e := c.ExpectError("driver_absent"); !strings.Contains(e.Text, "robot_ready is false") {
		t.Errorf("the error is %+v", e)
	}
	if err := rig.OTone.SetReady(true); err != nil {
		t.Fatal(err)
	}
	c.Ready()
	c.FenceOTone()
	rig.ExpectReceived(Question)
}

// That the router took a command does not say that the robot got it.
func TestOToneGoesWithoutASignOfLife(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	relay := rig.StartRelay()
	c := relay.ConnectOTone()
	rig.OTone.Mute(true)
	c.Send(`{"type":"move","data":{"x":5}}`)
	rig.ExpectReceived(`{"type":"move","data":{"x":5}}`)
	rig.StopOTone()
	c.ExpectError("outcome_unknown")
}

// One that is subscribed and does not answer is absent too, once it has left
// the question unanswered; what waited for that is refused.
func TestOToneThatIsDeaf(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	rig.OTone.Mute(true)
	listener := rig.Peer("com.opentrons.browser_ready")
	relay := rig.StartRelay()
	listener.Next()
	c := relay.Dial()
	c.Start()
	c.Send(`{"type":"move","data":{"x":666}}`)
	if e := c.ExpectError("driver_absent"); !strings.Contains(e.Text, "browser_ready") {
		t.Errorf("the error is %+v", e)
	}
	relay.WaitRobot("absent")
	c.Send(`{"type":"eraseJob"}`) // a stop goes out all the same
	c.ExpectError("outcome_unknown")
	rig.ExpectReceived(`{"type":"eraseJob"}`)
	rig.OTone.Mute(false)
	c.Ready()
	c.FenceOTone()
	rig.ExpectReceived(`{"type":"eraseJob"}`, Question)
}

// The router restarts: refused meanwhile, told again after.
func TestOToneRouterRestart(t *testing.T) {
	t.Parallel()
	rig := NewWithOTone(t)
	relay := rig.StartRelay()
	c := relay.ConnectOTone()
	rig.StopRouter()
	relay.WaitRouter(false)
	c.Send(`{"type":"move","data":{"x":666}}`, `{"type":"stop"}`)
	c.ExpectError("router_down")
	c.ExpectError("router_down")
	rig.StartRouter()
	c.Ready()
	c.FenceOTone()
	rig.ExpectReceived(Question)
}

// -handshake-timeout means the robot's word here.
func TestOToneHandshakeTimeout(t *testing.T) {
	t.Parallel()
	rig := NewOTone(t)
	relay := rig.StartRelay("-handshake-timeout", "100ms")
	c := relay.Dial()
	c.Start()
	c.Expect("no handshake with the robot within 100ms")
	c.ExpectClosed()
}
