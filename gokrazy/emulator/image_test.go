//go:build image

package emulator_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/card"
	"rawtcpcom/gokrazy/pack"
	"rawtcpcom/relay/state"
)

// TestImage boots build/rawtcpcom.img, the very image that people flash, and
// goes on with that one boot as far as it can.
func TestImage(t *testing.T) {
	s := newSticks(t)
	b := newBox(t, filepath.Join(topDir(t), "build/rawtcpcom.img"), false, cardText, s.broken)
	for _, step := range []struct {
		name string
		test func(*testing.T, *box)
	}{
		{"Size", testSize},
		{"FirstBoot", testFirstBoot},
		{"Clock", testClock},
		{"Sticks", s.testTaken},
		{"Command", testCommand},
		{"Lamps", testLamps},
		{"Killed", testKilled},
		{"Memory", testMemory},
		{"RootUpdate", testRootUpdate},
		{"SecondBoot", testSecondBoot},
		{"SticksAgain", s.testKnown},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.test(t, b) }) {
			t.Fatal("what follows needs this step")
		}
	}
}

// boxTime is what the box's page tells of time.
type boxTime struct {
	Now   time.Time
	Clock struct{ Set bool }
	Chain struct {
		Links []struct{ ForSeconds float64 } // the first is the power's
	}
}

func (b *box) time(t *testing.T) (now boxTime) {
	t.Helper()
	eventually(t, deadline, "the page tells the time", func() error { return b.getJSON("/api/status", &now) })
	return now
}

// uptime is the box's time since its kernel started, at an instant that its clock
// told. That begins in 1970, is set on to the build's time by the program clock, and
// then goes on, for there is no internet in the emulated network.
func (b *box) uptime(t *testing.T, at time.Time) time.Duration {
	t.Helper()
	if at.Year() == 1970 {
		return time.Duration(at.UnixNano())
	}
	now := b.time(t)
	return time.Duration(now.Chain.Links[0].ForSeconds*float64(time.Second)) - now.Now.Sub(at)
}

// testClock shows that the clock stands at the build's time or later, and that
// nothing says it were set.
func testClock(t *testing.T, b *box) {
	s, err := b.state()
	if err != nil {
		t.Fatal(err)
	}
	built, err := time.Parse(time.RFC3339, s.Built)
	if err != nil {
		t.Fatal(err)
	}
	now := b.time(t)
	if after := now.Now.Sub(built); after < 0 || after > time.Hour || now.Clock.Set || s.ClockSet {
		t.Errorf("the clock stands at %v, and the box was built at %v; the page says that it is set: %v, the relay: %v", now.Now, built, now.Clock.Set, s.ClockSet)
	}
	logged(t, b, "/user/clock", "the clock was set on to the build's time")
}

func testFirstBoot(t *testing.T, b *box) {
	s := b.waitUp(t)
	b.connect(t)
	if s.Router.State != state.RouterNotSet {
		t.Errorf("nobody has set a robot, and the relay's router is %+v", s.Router)
	}
	// What is to be done can be done on a box.
	eventually(t, deadline, "the page says what to do about the robot", func() error {
		var status struct {
			Chain struct{ Broken struct{ Do string } }
		}
		if err := b.getJSON("/api/status", &status); err != nil {
			return err
		}
		if do := status.Chain.Broken.Do; !strings.Contains(do, "(robot.address)") {
			return fmt.Errorf("it says %q", do)
		}
		return nil
	})
	page, err := b.get("/")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "<html") {
		t.Errorf("the page begins %.100q", page)
	}
	stamp := buildStamp(t)
	if s.Version != stamp.Version || s.Revision != stamp.Revision {
		report := t.Logf // someone at work on the sources knows
		if os.Getenv("CI") != "" {
			report = t.Errorf
		}
		report("the box runs %s (%s), and the sources are %s (%s); is build/rawtcpcom.img old? make image", s.Version, s.Revision, stamp.Version, stamp.Revision)
	}
	logged(t, b, "/user/formatperm", "/perm is formatted and mounted")
	testScreen(t, b)
}

// testScreen expects on the serial port what a person is told there. That the
// network hears the names cannot be seen: QEMU's user network has no multicast.
func testScreen(t *testing.T, b *box) {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	for _, line := range []string{"Name     rawtcpcom.local, rawtcpcom-", "Page     http://rawtcpcom.local/ or http://", "Red      "} {
		if _, err := b.WaitConsole(ctx, line); err != nil {
			t.Error(err)
		}
	}
}

// logged waits until a program has written text to its log.
func logged(t *testing.T, b *box, program, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	found := false
	err := b.admin.Log(ctx, program, "both", func(line string) bool {
		found = strings.Contains(line, text)
		return !found
	})
	if !found {
		t.Fatalf("%s did not log %q: %v", program, text, err)
	}
}

func testCommand(t *testing.T, b *box) {
	r := b.newRobot(t)
	c := b.connect(t)
	id := handshaken(c)
	c.Send(`{"topic":"driver","type":"command","name":"smoothie","message":"move_to","param":{"Z":1,"X":2.50}}`)
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if err := r.Wait(ctx, func() bool { return len(r.Received()) > 0 }); err != nil {
		t.Fatalf("the robot got nothing: %v", err)
	}
	got := r.Received()[0]
	if got.Command != "move_to" || string(got.Param) != `{"Z":1,"X":2.50}` || got.From != id {
		t.Errorf("the robot got %s %s from %s", got.Command, got.Param, got.From)
	}
	c.Until(`"stat"`) // the robot's answer
	b.waitState(t, deadline, "router and driver in the state", func(s state.State) bool {
		return s.Router.State == state.RouterJoined && s.Robot.State == state.RobotPresent && len(s.Clients) == 1
	})
}

// testKilled kills the relay as a crash would.
func testKilled(t *testing.T, b *box) {
	r := b.newRobot(t)
	ids := b.pool(t)
	before := b.service(t, "/user/relay")
	if err := b.admin.Kill(t.Context(), "/user/relay"); err != nil {
		t.Fatal(err)
	}
	killed := uptimeOf(t, b)
	after := before
	eventually(t, deadline, "the relay runs again", func() error {
		if after = b.service(t, "/user/relay"); after.Pid == before.Pid {
			return fmt.Errorf("it is still process %d", after.Pid)
		}
		return nil
	})
	took := b.uptime(t, after.StartTime) - killed
	t.Logf("the relay was started again %v after it was killed (guest time)", took.Round(100*time.Millisecond))
	if took > 2*time.Second {
		t.Errorf("gokrazy took %v to start the relay again", took)
	}
	b.samePool(t, ids, r)
	logged(t, b, "/user/status", "the relay does not answer")
	logged(t, b, "/user/status", "the relay answers")
}

// limits of what the box takes; they are there so that growth is seen, and
// are raised on purpose only.
const (
	maxMemory = 140 << 20 // bytes in use, kernel included
	maxRoot   = 42 << 20  // bytes of root file system: nine programs, each with its runtime
)

func testSize(t *testing.T, b *box) {
	partitions, err := card.Partitions(b.card)
	if err != nil {
		t.Fatal(err)
	}
	_, size, err := pack.RootHash(b.card, partitions[card.RootA].Start)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("root file system: %.1f MiB", float64(size)/(1<<20))
	if size > maxRoot {
		t.Errorf("the root file system has %d bytes; the limit is %d", size, maxRoot)
	}
}

func testMemory(t *testing.T, b *box) {
	status, err := b.admin.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	used := status.Meminfo["MemTotal"] - status.Meminfo["MemAvailable"]
	t.Logf("memory in use: %d MiB of %d MiB", used>>20, status.Meminfo["MemTotal"]>>20)
	if used > maxMemory {
		t.Errorf("the box uses %d MiB of memory; the limit is %d MiB", used>>20, maxMemory>>20)
	}
}

// maxBoot is how long the box may take from the kernel's start until the relay
// listens, in its own time.
const maxBoot = 10 * time.Second

// testSecondBoot pulls the plug on the idle box and turns it on again, with a
// clock that does not depend on this machine.
func testSecondBoot(t *testing.T, b *box) {
	r := b.newRobot(t)
	ids := b.pool(t)
	if err := b.RestartSteady(); err != nil {
		t.Fatal(err)
	}
	took := b.uptime(t, b.waitUp(t).Started)
	t.Logf("the relay listened %v after the kernel started, in the box's own time", took.Round(100*time.Millisecond))
	if took > maxBoot {
		t.Errorf("the relay listened %v after the kernel started; the limit is %v", took, maxBoot)
	}
	stickInForce(t, b)
	b.samePool(t, ids, r)
	logged(t, b, "/user/formatperm", "/perm is there")
}
