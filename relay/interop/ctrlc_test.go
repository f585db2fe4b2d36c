package interop

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// Ctrl-C in the middle of a motion, with more of it queued: the robot is stopped
// before the program is gone, and nothing follows the stop. The C# example is not
// among them, as Mono hears of Ctrl-C in a terminal only.
func TestCtrlCStopsTheRobotFirst(t *testing.T) {
	for name, argv := range map[string][]string{
		"python today": {tool(today, "bin", "python"), "python/opentrons.py"},
		"python 3.6":   {tool(of16, "bin", "python"), "python/opentrons.py"},
		"node":         {tool(node...), "node/opentrons.js"},
		"octave":       {"octave-cli", "--quiet", "--path", "matlab", "--eval", "host='HOST'; port=PORT; ot_tcpclient"},
	} {
		t.Run(name, func(t *testing.T) {
			rig := relaytest.New(t)
			rig.StartDriver(simulator.RobotConfig{Speed: map[string]float64{"X": 5}})
			relay := rig.StartRelay()
			relay.WaitRobot("present")
			host, port, _ := strings.Cut(relay.Addr, ":")
			if name != "octave" {
				argv = append(argv, "HOST", "PORT")
			}
			for i, arg := range argv {
				argv[i] = strings.NewReplacer("HOST", host, "PORT", port).Replace(arg)
			}
			p := startIn(t, filepath.Join("..", "examples"), argv...)
			// The second move waits behind the first, of twenty seconds.
			rig.WaitRobot("moves", func(robot *simulator.Driver) bool { return robot.Moving() && commands(robot, "move_to") == 2 })
			if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if code := p.finish(t); code == 0 {
				t.Error("the program ended as if all were well")
			}
			rig.WaitRobot("was halted", func(robot *simulator.Driver) bool { return commands(robot, "halt") > 0 })
			halted := false
			for _, c := range rig.Robot.Received() {
				if halted = halted || c.Command == "halt"; halted && c.Type == "command" && c.Command != "halt" {
					t.Errorf("after the halt came %s", c.Payload)
				}
			}
			if x := rig.Robot.Positions()["X"]; rig.Robot.Moving() || x > 90 {
				t.Errorf("the robot went on, to X %v", x)
			}
			if said := p.err.String(); !strings.Contains(said, "stopped by Ctrl-C") || strings.Contains(said, "    at ") {
				t.Errorf("it said\n%s", said)
			}
		})
	}
}

func commands(robot *simulator.Driver, command string) (n int) {
	for _, c := range robot.Received() {
		if c.Command == command {
			n++
		}
	}
	return n
}
