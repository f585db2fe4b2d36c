package relaytest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/settings"
	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// kept are the settings of a relay under test.
type kept struct {
	t testing.TB
	settings.Store
}

func keep(t testing.TB, values settings.Values) kept {
	t.Helper()
	k := kept{t, settings.Store{Dir: t.TempDir()}}
	if len(values) > 0 {
		k.set(values)
	}
	return k
}

func (k kept) set(values settings.Values) {
	k.t.Helper()
	if err := k.Save(values); err != nil {
		k.t.Fatal(err)
	}
}

func (k kept) start(args ...string) *Relay {
	k.t.Helper()
	return Start(k.t, append([]string{"-settings", k.Path(), "-data", k.t.TempDir()}, args...)...)
}

func robotAt(r *Rig) settings.Values { return settings.Values{"robot.address": r.URL()} }

// A robot is replaced: its new address is set while a client has moves waiting in
// the relay. Nothing of them is sent to the new robot, and the client is told of
// each what became of it, and why it loses its session.
func TestNothingOfAnOldRobotReachesTheNewOne(t *testing.T) {
	t.Parallel()
	first, second := NewWithRobot(t), NewWithRobot(t)
	proxy := first.Proxy()
	k := keep(t, settings.Values{"robot.address": proxy.URL()})
	relay := k.start()
	old := relay.Connect()

	const moves = 200 // more than may be under way, so that some wait in the relay
	proxy.Up.Hold()
	for i := range moves {
		old.Send(Command("move_to", fmt.Sprintf(`{"X": %d}`, i)))
	}
	old.Send(`{"not": "a message"}`) // which is answered when all before it are in the relay
	old.ExpectError("bad_message")

	k.set(robotAt(second))
	outcomes := 0
	for _, m := range old.Until(`"result": "failed"`) {
		if m.Type != "error" {
			continue
		}
		if code := m.Error().Code; code != "outcome_unknown" && code != "router_down" && code != "refused" {
			t.Errorf("a move is told of as %s: %s", code, m.Line)
		}
		outcomes++
	}
	if outcomes != moves {
		t.Errorf("the client was told what became of %d of %d moves", outcomes, moves)
	}
	old.ExpectClosed()
	proxy.Up.Release()

	relay.WaitState("the other robot", func(s state.State) bool { return s.Router.URL == second.URL() && s.Robot.State == state.RobotPresent })
	next := relay.Connect() // the ports have stayed
	next.Send(Command("positions", "null"))
	second.WaitRobot("is asked", func(r *simulator.Driver) bool {
		return len(r.Received()) > 0 && r.Received()[len(r.Received())-1].Command == "positions"
	})
	for _, c := range second.Robot.Received() {
		if c.Command != "positions" {
			t.Errorf("the new robot got %+v", c)
		}
	}
}

// A robot that is left with moves that it may not have heard is told to drop them
// when it is back, also where settings have changed meanwhile: when they have led to
// another robot or to none for a while, too, as by a slip that somebody corrects.
func TestStaleMovesAreDroppedOverAChangeOfSettings(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(t *testing.T, values settings.Values) string{
		"another setting": func(_ *testing.T, values settings.Values) string {
			values["access.exclusive"] = "true"
			return values["robot.address"]
		},
		"no robot": func(_ *testing.T, values settings.Values) string {
			delete(values, "robot.address")
			return ""
		},
		"another robot": func(t *testing.T, values settings.Values) string {
			values["robot.address"] = NewWithRobot(t).URL()
			return values["robot.address"]
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rig := NewWithRobot(t)
			proxy := rig.Proxy()
			values := settings.Values{"robot.address": proxy.URL()}
			k := keep(t, values)
			relay := k.start()
			c := relay.Connect()
			proxy.Up.Hold()
			c.Send(Command("move_to", `{"X": 1}`), `{"not": "a message"}`)
			c.ExpectError("bad_message")
			other := values.Clone()
			leads := meanwhile(t, other)
			k.set(other)
			c.Until(`"result": "failed"`)
			if leads != values["robot.address"] {
				relay.WaitState("leads elsewhere", func(s state.State) bool { return s.Router.URL == leads })
				k.set(values)
			}
			proxy.Up.Release()
			rig.WaitRobot("is told to drop its queue", func(r *simulator.Driver) bool {
				return slices.ContainsFunc(r.Received(), func(c simulator.Command) bool { return c.Command == "clear_queue" })
			})
		})
	}
}

// The reason is told in one line; the robot is told what -on-disconnect says.
func TestClientsAreToldThatSettingsHaveChanged(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	values := robotAt(rig)
	values["stops.on-disconnect"] = "halt"
	k := keep(t, values)
	relay := k.start()
	started := relay.State().Started
	c := relay.Connect()
	c.Send(Command("move_to", `{"X": 1}`))
	rig.Received(1)

	values = values.Clone()
	values["access.exclusive"] = "true"
	values["lamps.wamp"] = "GPIO4" // is none of the relay's
	k.set(values)
	c.Until(`"stopped": "halt"`)
	c.Until(`"result": "failed", "reason": "somebody has changed the settings of this machine (access.exclusive), and the relay starts anew with them; connect again"`)
	c.ExpectClosed()
	if got := rig.Received(3); got[1].Command != "clear_queue" || got[2].Command != "halt" {
		t.Errorf("the robot got %+v", got)
	}
	c = relay.Connect()
	if now := relay.State().Started; !now.Equal(started) {
		t.Errorf("the relay was started at %v, and now says %v: an update on trial would wait anew", started, now)
	}
	values = values.Clone()
	values["lamps.wamp"] = "GPIO5"
	k.set(values) // nobody notices
	values = values.Clone()
	values["access.exclusive"] = "false"
	k.set(values)
	if told := c.Until(`"result": "failed", "reason": "`); len(told) > 0 && strings.Contains(told[0].Line, "lamps") {
		t.Errorf("told of lamps: %s", told[0].Line)
	}
}

// Without a robot nothing is dialled, and everybody is told so.
func TestNoRobotIsSet(t *testing.T) {
	t.Parallel()
	k := keep(t, nil)
	relay := k.start()
	if s := relay.State(); s.Router.State != state.RouterNotSet || s.Router.URL != "" {
		t.Errorf("the router is %+v", s.Router)
	}
	if status, body := relay.Do("GET", "/healthz"); status != 503 || !strings.Contains(body, "no robot is set") {
		t.Errorf("/healthz says %d %q", status, body)
	}
	if status, body := relay.Do("POST", "/halt?by=test"); status != 503 || !strings.Contains(body, "no robot is set") {
		t.Errorf("/halt says %d %q", status, body)
	}
	c := relay.Dial()
	c.Start()
	c.Send(Command("home", "null"))
	if e := c.ExpectError("router_down"); !strings.Contains(e.Text, "no robot is set") {
		t.Errorf("told %q", e.Text)
	}
	if w := c.ExpectWaits("router_down"); !strings.Contains(w.Waits, "No robot is set") {
		t.Errorf("told %+v", w)
	}

	rig := NewWithRobot(t)
	k.set(robotAt(rig))
	c.Until(`"result": "failed"`)
	relay.Log.WaitFor(t, "router="+rig.URL()) // a newcomer before that is told the same and goes
	c = relay.Connect()

	k.remove()
	c.Until(`(robot.address)`)
	relay.WaitState("no robot", func(s state.State) bool { return s.Router.State == state.RouterNotSet })
}

// A file with problems changes nothing, and the log says why; one from the start
// has the settings before it stay in force.
func TestSettingsWithProblemsChangeNothing(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	k := keep(t, robotAt(rig))
	relay := k.start()
	c := relay.Connect()
	k.write("[robot]\naddress = \"ws://192.0.2.1:8080/ws\"\nsoftware = \"robot\"\n")
	relay.Log.WaitFor(t, "line 3: robot.software: ")
	c.Home()
	if s := relay.State(); s.Router.URL != rig.URL() || s.Router.State != state.RouterJoined {
		t.Errorf("the router is %+v", s.Router)
	}
}

// A flag of the command line wins over the settings, and those that the relay
// takes as they are have to make sense.
func TestFlagsWinOverSettings(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	k := keep(t, settings.Values{"robot.address": "ws://192.0.2.1:8080/ws", "access.exclusive": "true"})
	relay := k.start("-router", rig.URL())
	relay.Connect()
	if url := relay.State().Router.URL; url != rig.URL() {
		t.Errorf("the router is at %s", url)
	}
	other := Launch(t, "-settings", filepath.Join(t.TempDir(), "mine.toml"))
	if code := other.Wait(); code != 2 || !strings.Contains(other.Log.String(), "settings.toml") {
		t.Errorf("another name: exit code %d, %s", code, other.Log)
	}
}

func (k kept) write(text string) {
	k.t.Helper()
	if err := os.WriteFile(k.Path(), []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
}

func (k kept) remove() {
	k.t.Helper()
	if err := os.Remove(k.Path()); err != nil {
		k.t.Fatal(err)
	}
}

// What an update hands on is written into the settings once, where there are none.
func TestFirstSettingsAreKeptOnce(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	k := keep(t, nil)
	first := []string{"-first-setting", "robot.address=" + rig.URL(), "-first-setting=access.max-clients=2"}
	relay := k.start(first...)
	relay.Connect()
	values, problems, err := k.Load()
	if want := (settings.Values{"robot.address": rig.URL(), "access.max-clients": "2"}); !values.Equal(want) {
		t.Errorf("kept are %v, %v, %v", values, problems, err)
	}
	relay.Stop()
	k.set(settings.Values{}) // a factory reset leaves a file that sets nothing
	relay = k.start(first...)
	if s := relay.State(); s.Router.State != state.RouterNotSet {
		t.Errorf("the router is %+v", s.Router)
	}
	bad := Launch(t, "-settings", k.Path(), "-first-setting", "robot.adress=ws://192.0.2.1/ws")
	if code := bad.Wait(); code != 2 || !strings.Contains(bad.Log.String(), "-first-setting") {
		t.Errorf("exit code %d, %s", code, bad.Log)
	}
}

// The robot that takes another's place may have other software.
func TestRobotWithOtherSoftwareTakesItsPlace(t *testing.T) {
	t.Parallel()
	first, second := NewWithRobot(t), NewWithOTone(t)
	k := keep(t, robotAt(first))
	relay := k.start()
	old := relay.Connect()
	old.Home()
	values := robotAt(second.Rig)
	values["robot.software"] = "otone"
	k.set(values)
	old.Until(`(robot.address, robot.software)`)
	old.ExpectClosed()
	c := relay.ConnectOTone()
	c.Send(`{"type":"pauseJob"}`)
	second.ExpectReceived(`{"type":"pauseJob"}`)
}
