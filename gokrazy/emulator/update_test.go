//go:build image

package emulator_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/emulator"
	"rawtcpcom/gokrazy/instance"
	"rawtcpcom/gokrazy/pack"
	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
)

// version makes the box's software with another version number.
func version(t *testing.T, c instance.Config, number string) pack.Build {
	t.Helper()
	var log bytes.Buffer
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("gok said:\n%s", log.String())
		}
	})
	stamp := buildStamp(t)
	stamp.Version = number
	// Each has a time of its own, as updates have.
	n, err := strconv.Atoi(number[:1])
	if err != nil {
		t.Fatal(err)
	}
	stamp.Built = stamp.Built.Add(time.Duration(n) * time.Second)
	return pack.Build{Top: topDir(t), Parent: "build", Config: c, Stamp: stamp, Log: &log}
}

// TestUpdates runs on QEMU's own board, where an update takes seconds, with
// the same programs and the same config but for the kernel.
func TestUpdates(t *testing.T) {
	c := emulator.VirtConfig(config(t))
	image := filepath.Join(t.TempDir(), "virt.img")
	if err := version(t, c, "1.0").Image(t.Context(), image); err != nil {
		t.Fatal(err)
	}
	b := newBox(t, image, true, withRobot)
	if err := os.Remove(image); err != nil {
		t.Fatal(err)
	}
	b.waitUp(t)
	b.waitSet(t)
	r := b.newRobot(t)
	ids := b.pool(t)
	logged(t, b, "/user/trial", "this version serves and is kept")
	for _, step := range []struct {
		name string
		test func(*testing.T)
	}{
		{"GokUpdate", func(t *testing.T) { testGokUpdate(t, b, c) }},
		{"CutTransfer", func(t *testing.T) { testCutTransfer(t, b, c) }},
		{"CutRestart", func(t *testing.T) { testCutRestart(t, b, c) }},
		{"RelayExits", func(t *testing.T) { testGoesBack(t, b, impatient(broken(c), "30s"), "4.0-exits", nil) }},
		// Longer than the relay's own check for a stall takes.
		{"RelayHangs", func(t *testing.T) {
			testGoesBack(t, b, impatient(broken(c, "-hang"), "1m"), "5.0-hangs", testStall)
		}},
		{"Restarts", func(t *testing.T) { testRestarts(t, b, broken(c, "-hang"), "6.0-restarts") }},
	} {
		if !t.Run(step.name, step.test) {
			t.Fatal("what follows needs this step")
		}
	}
	b.samePool(t, ids, r)
}

// testRootUpdate is make update-root, on the emulated Pi.
func testRootUpdate(t *testing.T, b *box) {
	r := b.newRobot(t)
	ids := b.pool(t)
	logged(t, b, "/user/trial", "is kept")
	send(t, b, config(t), "2.0")
	b.waitState(t, bootDeadline, "version 2.0", func(s state.State) bool { return s.Version == "2.0" })
	stickInForce(t, b)
	b.samePool(t, ids, r)
	logged(t, b, "/user/trial", "is kept")
}

// TestGokUpdateOnThePi is make update on the emulated Pi. It takes ten minutes
// and more, nearly all of it in the emulated network adapter.
func TestGokUpdateOnThePi(t *testing.T) {
	b := newBox(t, filepath.Join(topDir(t), "build/rawtcpcom.img"), false, withRobot)
	b.waitUp(t)
	b.waitSet(t)
	r := b.newRobot(t)
	ids := b.pool(t)
	logged(t, b, "/user/trial", "is kept")
	testGokUpdate(t, b, config(t))
	b.samePool(t, ids, r)
}

// testGokUpdate is make update: kernel and boot partition included.
func testGokUpdate(t *testing.T, b *box, c instance.Config) {
	c = c.Clone()
	c.SendTo(b.Addr(emulator.AdminPort))
	started := time.Now()
	update := version(t, c, "2.0")
	updated := relaytest.Beside(t, update.Update)
	restart(t, b)
	s := b.waitState(t, bootDeadline, "version 2.0", func(s state.State) bool { return s.Version == "2.0" })
	if err := updated.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("gok update took %v, restart included; the relay of %s answers", time.Since(started).Round(time.Second), s.Version)
	logged(t, b, "/user/trial", "this version is on trial")
	logged(t, b, "/user/trial", "this version serves and is kept")
}

// restart waits until the box restarts itself and has its address again.
func restart(t *testing.T, b *box) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), transfer)
	defer cancel()
	if err := b.WaitReboot(ctx); err != nil {
		t.Fatal(err)
	}
	if err := b.WaitNetwork(ctx); err != nil {
		t.Fatal(err)
	}
}

// makeRoot makes the root file system of a version.
func makeRoot(t *testing.T, c instance.Config, number string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "root.squashfs")
	if err := version(t, c, number).Root(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return path
}

// version is the one that runs.
func (b *box) version(t *testing.T) string {
	t.Helper()
	s, err := b.state()
	if err != nil {
		t.Fatal(err)
	}
	return s.Version
}

// send makes a version and sends it as a root-only update.
func send(t *testing.T, b *box, c instance.Config, number string) {
	t.Helper()
	root := makeRoot(t, c, number)
	started := time.Now()
	// The box may be gone before it has answered the last request.
	if err := b.admin.UpdateRoot(t.Context(), root); err != nil && !strings.Contains(err.Error(), "restart the box") {
		t.Fatal(err)
	}
	restart(t, b)
	t.Logf("the root-only update to %s took %v, restart included", number, time.Since(started).Round(time.Second))
}
