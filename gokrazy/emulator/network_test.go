package emulator

import (
	"slices"
	"strings"
	"testing"
)

// The emulated box reaches the robot that it is led to and nothing else, unless
// that was asked for: a toy must not move a real robot.
func TestNetworkIsShut(t *testing.T) {
	robot, err := RobotAddress("ws://192.168.1.20:8080/ws")
	if err != nil {
		t.Fatal(err)
	}
	for _, outside := range []bool{false, true} {
		n, err := newNetwork(robot, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		n.outside = outside
		for _, virt := range []bool{false, true} {
			args := n.args(virt)
			net := strings.Split(args[slices.Index(args, "-netdev")+1], ",")
			if slices.Contains(net, "restrict=on") == outside {
				t.Errorf("outside %v, virt %v: %v", outside, virt, net)
			}
			if !slices.ContainsFunc(net, func(o string) bool { return strings.HasPrefix(o, "guestfwd=tcp:192.168.1.20:8080-cmd:") }) {
				t.Errorf("the robot's address leads nowhere: %v", net)
			}
		}
	}
}

func TestRobotOfACard(t *testing.T) {
	for _, c := range []struct {
		file, dialled string
		want          Robot
	}{
		{"", "10.10.1.2:8080", Robot{false, UsualRouter, "driver"}},
		{"[robot]\naddress = \"ws://192.168.1.20:8080/ws\"\n", "192.168.1.20:8080", Robot{true, "ws://192.168.1.20:8080/ws", "driver"}},
		{"[robot]\naddress = \"wss://10.0.0.1:31947/ws\"\nsoftware = \"otone\"\n", "10.0.0.1:31947", Robot{true, "wss://10.0.0.1:31947/ws", "otone"}},
	} {
		if got, err := robotIn([]byte(c.file)); err != nil || got != c.want || got.Dialled() != c.dialled {
			t.Errorf("%s: %+v, %v", c.file, got, err)
		}
	}
	if _, err := robotIn([]byte("[robot]\naddress = 1\n")); err == nil {
		t.Error("a file with a problem names a robot")
	}
}
