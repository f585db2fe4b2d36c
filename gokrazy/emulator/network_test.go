package emulator

import (
	"slices"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/card"
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

func TestRobotOfAnInit(t *testing.T) {
	for _, c := range []struct {
		program string
		want    Robot
	}{
		{"x-listen=:7887-router=ws://192.168.1.20:8080/ws-page-port=80", Robot{Router: "192.168.1.20:8080"}},
		{"-backend=otonego.mod-router=wss://10.0.0.1:31947/wsnil", Robot{"10.0.0.1:31947", "otone"}},
	} {
		if got, err := robotIn([]byte(c.program)); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.program, got, err)
		}
	}
	if _, err := robotIn([]byte("-listen=:7887")); err == nil {
		t.Error("an init without a -router names a robot")
	}
}

func TestRootOfACommandLine(t *testing.T) {
	const line = "console=tty1 root=PARTUUID=60c24cc1-f3f9-427a-8199-75ba4b610001/PARTNROFF=%d init=/gokrazy/init"
	for offset, want := range map[string]int{"1": card.RootA, "2": card.RootB, "3": 0, "": 0} {
		if got, err := rootOf([]byte(strings.Replace(line, "%d", offset, 1))); got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %d, %v", offset, got, err)
		}
	}
}
