//go:build linux

package relaytest_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// lockMachine waits until no other test on this machine has relays that use the
// machine's own ids.
func lockMachine(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(os.TempDir(), "rawtcpcom-test-machine.lock"), os.O_CREATE|os.O_RDWR, 0o666)
	if err == nil {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
}

// A data directory that cannot be used, for whatever reason, does not keep the
// relay from serving. Its ids are the same after each start, are nobody else's,
// and a person is told.
func TestServesWithoutADataDirectory(t *testing.T) {
	lockMachine(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	unreadable := t.TempDir() // a directory where the file belongs, which even root cannot read
	if err := os.Mkdir(filepath.Join(unreadable, "ids.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{Slots: 5})
	var before []string
	for _, dir := range []string{file, filepath.Join(file, "below"), unreadable, "/proc"} { // the last refuses new files to root, too
		relay := rig.StartRelay("-data", dir)
		relay.WaitRobot("present")
		var told []string
		for range 4 {
			c := relay.Dial()
			c.Start()
			told = append(told, c.ID)
			c.Until(`"type": "handshake"`)
		}
		slices.Sort(told)
		if before != nil && !slices.Equal(told, before) {
			t.Errorf("%s: the ids were %v and became %v", dir, before, told)
		}
		before = told
		notices := relay.State().Notices
		if len(notices) != 1 || !strings.Contains(notices[0].Text, "-data") || !strings.Contains(notices[0].Text, "serial number") || !strings.Contains(notices[0].Text, dir) {
			t.Errorf("%s: the state tells %v", dir, notices)
		}
		if !strings.Contains(relay.Log.String(), `level=WARN msg="The data directory `+dir+` cannot be used`) {
			t.Errorf("%s: not in the log", dir)
		}

		second := Launch(t, "-listen", "127.0.0.1:0", "-http", "127.0.0.1:0", "-data", dir)
		if code := second.Wait(); code != 1 {
			t.Errorf("%s: a second relay with the same ids: exit code %d", dir, code)
		}
		log := second.Log.String()
		if !strings.Contains(log, "relay: another relay uses ") || strings.Count(log, "\n") != 1 {
			t.Errorf("%s: a second relay says %s", dir, log)
		}
		if code := relay.Stop(); code != 0 {
			t.Errorf("%s: exit code %d", dir, code)
		}
	}
	if slots := rig.Robot.Ids(); len(slots) != 4 {
		t.Errorf("%d slots of the driver are taken", len(slots))
	}
}

// A relay with a directory of its own is in nobody's way.
func TestMachinesOwnIDsAreNotThoseOfADirectory(t *testing.T) {
	lockMachine(t)
	rig := NewWithRobot(t)
	without := rig.StartRelay("-data", os.DevNull)
	with := rig.StartRelay()
	without.WaitRobot("present")
	with.WaitRobot("present")
	a, b := without.Connect(), with.Connect()
	if a.ID == b.ID {
		t.Error("two relays lend one id")
	}
	if n := with.State().Notices; len(n) != 0 {
		t.Errorf("the state tells %v", n)
	}
}
