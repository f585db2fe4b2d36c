package faults_test

import (
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// Who is in no allowed network is closed before anything is read, told nothing,
// and logged.
func TestStrangersAreNotRead(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-allow", "127.0.0.1")
	relay.WaitRobot("present")
	stranger := DialFrom(t, "127.0.0.9", relay.Addr)
	_, _ = io.WriteString(stranger.Conn, Command("home", "null")+"\n") // may come too late
	b, err := io.ReadAll(stranger.Conn)
	if len(b) > 0 || err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
		t.Errorf("a stranger was told %q, %v", b, err)
	}
	relay.Log.WaitFor(t, "reason=not_allowed")
	c := relay.Connect()
	c.Fence()
	if s := relay.State(); len(s.Clients) != 1 || rig.Robot.Arrived() != 1 {
		t.Errorf("the stranger left %+v", s)
	}
}

// Connections are limited for each address and in all, those that have no id
// yet included, and who is over a limit is told so.
func TestConnectionLimits(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-max-per-address", "2", "-max-connections", "3")
	relay.WaitRobot("present")
	first := relay.Connect()
	relay.Connect()
	over := relay.Dial()
	if m := over.Next(); !strings.Contains(m.Line, "there are 2 connections from 127.0.0.1 already") {
		t.Errorf("told %s", m.Line)
	}
	over.ExpectError("busy")
	over.ExpectClosed()
	elsewhere := DialFrom(t, "127.0.0.2", relay.Addr)
	elsewhere.Start()
	elsewhere.Handshake()
	over = DialFrom(t, "127.0.0.3", relay.Addr)
	if m := over.Next(); !strings.Contains(m.Line, "there are 3 connections already") {
		t.Errorf("told %s", m.Line)
	}
	over.ExpectError("busy")
	over.ExpectClosed()
	first.Fence()
	first.Close()
	relay.WaitState("one has left", func(s state.State) bool { return len(s.Clients) == 2 })
	relay.Connect().Fence()
}

func TestIdleClientIsClosedWhereThatIsSet(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-idle-timeout", "500ms")
	relay.WaitRobot("present")
	c := relay.Connect()
	c.Expect(`"result": "failed"`, "nothing came from the client for 500ms", "-idle-timeout")
	c.ExpectClosed()
	relay.Log.WaitFor(t, "reason=idle")
}

func TestHandshakeTimeout(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-handshake-timeout", "700ms")
	relay.WaitRobot("present")
	rig.Robot.Mute(true)
	c := relay.Dial()
	c.Start()
	c.Send(Command("home", "null"))
	if e := c.ExpectError("refused"); !strings.Contains(e.Text, "no handshake with the driver within 700ms") {
		t.Errorf("told %q", e.Text)
	}
	c.Expect(`"result": "failed"`, "no handshake with the driver within 700ms")
	c.ExpectClosed()
	relay.Log.WaitFor(t, "reason=unhandshaken")
}

// What a client that commanded the robot leaves behind when it is gone.
func TestOnDisconnect(t *testing.T) {
	for leaves, want := range map[string][]string{
		"none":  {"home", "meta_commands"},
		"clear": {"home", "clear_queue", "meta_commands"},
		"halt":  {"home", "clear_queue", "halt", "meta_commands"},
	} {
		t.Run(leaves, func(t *testing.T) {
			t.Parallel()
			rig := New(t)
			rig.StartDriver(simulator.RobotConfig{Speed: simulator.DefaultSpeed()})
			relay := rig.StartRelay("-on-disconnect", leaves)
			relay.WaitRobot("present")
			bystander, c := relay.Connect(), relay.Connect()
			watcher := relay.Connect() // never commands
			c.Send(Command("home", `{"X": "true"}`))
			rig.Received(1)
			watcher.Close()
			_ = c.Conn.SetLinger(0)
			c.Close()
			relay.WaitState("both are gone", func(s state.State) bool { return len(s.Clients) == 1 })
			bystander.Send(Meta("meta_commands", "null"))
			bystander.Until(`"meta_commands": [`)
			var got []string
			for _, command := range rig.Robot.Received() {
				got = append(got, command.Command)
			}
			if !slices.Equal(got, want) {
				t.Errorf("the robot got %v, not %v", got, want)
			}
		})
	}
}

// With -exclusive, one client commands and the others watch, until it leaves.
func TestExclusiveControl(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-exclusive")
	relay.WaitRobot("present")
	first, second := relay.Connect(), relay.Connect()
	first.Home()
	second.Send(Command("home", "null"))
	e := second.ExpectError("refused")
	if !strings.Contains(e.Text, first.ID) || !strings.Contains(e.Text, first.Conn.LocalAddr().String()) {
		t.Errorf("it does not say who holds control: %s", e.Text)
	}
	second.Send(Command("halt", "null"))
	rig.WaitRobot("got the halt", func(r *simulator.Driver) bool { return r.Arrived() == 3 && r.Received()[2].Command == "halt" }) // behind clear_queue
	first.Close()
	relay.WaitState("the first has left", func(s state.State) bool { return len(s.Clients) == 1 })
	second.Send(Command("reset_from_halt", "null"))
	rig.WaitRobot("obeys the second", func(r *simulator.Driver) bool { return r.Arrived() == 4 })
}
