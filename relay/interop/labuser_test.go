package interop

import (
	"path/filepath"
	"strings"
	"testing"

	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// The day of a lab user on which the robot used to do nothing and every step
// "succeeded": somebody's halt is in force, another program empties the queue, a
// name is misspelt. Each program is the Python example's class, and each has to end
// with an error that says why. Ctrl-C is TestCtrlCStopsTheRobotFirst.
func TestNoStepSucceedsFalsely(t *testing.T) {
	const moves = "robot.home(); robot.wait(); robot.move_to(X=100); robot.wait()"
	for name, day := range map[string]struct {
		program string
		halted  bool                                              // by somebody else before,
		during  func(rig *relaytest.Rig, other *relaytest.Client) // or what that one does meanwhile
		says    string
	}{
		"halted": {program: moves, says: "robot_halted: client ", halted: true},
		"halted meanwhile": {program: moves, says: "robot_halted: client ", during: func(rig *relaytest.Rig, other *relaytest.Client) {
			rig.WaitRobot("moves", func(robot *simulator.Driver) bool { return robot.Moving() && commands(robot, "move_to") == 1 })
			other.Send(relaytest.Command("halt", "null"))
		}},
		"its queue emptied": {program: moves, says: "outcome_unknown: client ", during: func(rig *relaytest.Rig, other *relaytest.Client) {
			rig.WaitRobot("moves", func(robot *simulator.Driver) bool { return robot.Moving() && commands(robot, "move_to") == 1 })
			other.Send(relaytest.Meta("clear_queue", "null"))
		}},
		"a misspelt command": {program: `robot.send("hoome"); robot.wait()`, says: "did you mean \"home\"?"},
		"no such axis":       {program: `robot.move_to(Q=100); robot.wait()`, says: "bad_argument: "},
		"no number":          {program: `robot.move_to(X="abc"); robot.wait()`, says: "bad_argument: "},
	} {
		t.Run(name, func(t *testing.T) {
			rig := relaytest.New(t)
			rig.StartDriver(simulator.RobotConfig{Speed: map[string]float64{"X": 20, "Y": 500, "Z": 500, "A": 500, "B": 500}})
			relay := rig.StartRelay()
			relay.WaitRobot("present")
			other := relay.Connect()
			if day.halted {
				other.Send(relaytest.Command("halt", "null"))
				relay.WaitState("halted", func(s state.State) bool { return s.Halted.State == state.HaltedYes })
			}
			host, port, _ := strings.Cut(relay.Addr, ":")
			program := "import opentrons\nwith opentrons.Robot('" + host + "', " + port + ") as robot:\n    " + day.program + "\nprint('done')\n"
			p := startIn(t, filepath.Join("..", "examples", "python"), tool(today, "bin", "python"), "-B", "-c", program)
			if day.during != nil {
				day.during(rig, other)
			}
			code := p.finish(t)
			if said := p.err.String(); code == 0 || len(p.out.Lines()) > 0 || !strings.Contains(said, day.says) {
				t.Errorf("exit code %d; it said %q and\n%s\nnot %q", code, p.out.Lines(), said, day.says)
			}
		})
	}
}
