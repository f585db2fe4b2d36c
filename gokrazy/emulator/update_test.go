//go:build image

package emulator_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/emulator"
	"rawtcpcom/gokrazy/instance"
	"rawtcpcom/gokrazy/pack"
	"rawtcpcom/gokrazy/rollback"
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

// broken is a config whose relay does not work.
func broken(c instance.Config, flags ...string) instance.Config {
	const relay, program = "rawtcpcom/relay", "rawtcpcom/gokrazy/emulator/broken"
	c = c.Clone()
	c.Packages[slices.Index(c.Packages, relay)] = program
	delete(c.PackageConfig, relay)
	c.PackageConfig[program] = instance.Package{Basename: "relay", CommandLineFlags: flags}
	return c
}

// TestUpdates runs on QEMU's own board, where an update takes seconds, with
// the same programs and the same config but for the kernel.
func TestUpdates(t *testing.T) {
	c := emulator.VirtConfig(config(t))
	image := filepath.Join(t.TempDir(), "virt.img")
	if err := version(t, c, "1.0").Image(t.Context(), image); err != nil {
		t.Fatal(err)
	}
	b := newBox(t, image, true)
	if err := os.Remove(image); err != nil {
		t.Fatal(err)
	}
	b.waitUp(t)
	r := b.newRobot(t)
	ids := b.pool(t)
	logged(t, b, "/user/trial", "this version serves and is kept")
	for _, step := range []struct {
		name string
		test func(*testing.T)
	}{
		{"GokUpdate", func(t *testing.T) { testGokUpdate(t, b, c) }},
		{"PowerCut", func(t *testing.T) { testUpdateCut(t, b, c) }},
		{"RelayExits", func(t *testing.T) { testGoesBack(t, b, broken(c), "3.0-exits") }},
		{"RelayHangs", func(t *testing.T) {
			hangs := broken(c, "-hang")
			hangs.SetFlag("rawtcpcom/gokrazy/trial", "patience", "1m")
			testGoesBack(t, b, hangs, "4.0-hangs")
		}},
		{"Restarts", func(t *testing.T) { testRestarts(t, b, broken(c, "-hang"), "5.0-restarts") }},
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
	b.samePool(t, ids, r)
	logged(t, b, "/user/trial", "is kept")
}

// TestGokUpdateOnThePi is make update on the emulated Pi. It takes nine minutes
// and more, nearly all of it in the emulated network adapter.
func TestGokUpdateOnThePi(t *testing.T) {
	b := newBox(t, filepath.Join(topDir(t), "build/rawtcpcom.img"), false)
	b.waitUp(t)
	r := b.newRobot(t)
	ids := b.pool(t)
	logged(t, b, "/user/trial", "is kept")
	testGokUpdate(t, b, config(t))
	b.samePool(t, ids, r)
}

// testGokUpdate is make update: kernel and boot partition included.
func testGokUpdate(t *testing.T, b *box, c instance.Config) {
	c = c.Clone()
	host, port, err := net.SplitHostPort(b.Addr(emulator.AdminPort))
	if err != nil {
		t.Fatal(err)
	}
	// The image's own port stays; only the way there is another.
	c.Update.Hostname = host
	c.InternalCompatibilityFlags = &instance.CompatibilityFlag{Update: ":" + port}
	started := time.Now()
	updated := make(chan error, 1)
	go func() { updated <- version(t, c, "2.0").Update(context.Background()) }()
	restart(t, b)
	s := b.waitState(t, bootDeadline, "version 2.0", func(s state.State) bool { return s.Version == "2.0" })
	if err := <-updated; err != nil {
		t.Fatal(err)
	}
	t.Logf("gok update took %v, restart included; the relay of %s answers", time.Since(started).Round(time.Second), s.Version)
	logged(t, b, "/user/trial", "this version is on trial")
	logged(t, b, "/user/trial", "this version serves and is kept")
}

// testUpdateCut pulls the plug while a root file system is being sent.
func testUpdateCut(t *testing.T, b *box, c instance.Config) {
	root := filepath.Join(t.TempDir(), "root.squashfs")
	if err := version(t, c, "2.1").Root(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	sent := make(chan error, 1)
	go func() { sent <- b.admin.UpdateRoot(context.Background(), root) }()
	b.cut(t, 2*time.Second, "an update")
	if err := <-sent; err == nil {
		t.Log("the update was quicker than the power cut")
	}
	if s := b.waitUp(t); s.Version != "2.0" {
		t.Errorf("after the power cut the box runs %s", s.Version)
	}
	logged(t, b, "/user/trial", "this version has served before")
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

// send makes a version and sends it as a root-only update.
func send(t *testing.T, b *box, c instance.Config, number string) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root.squashfs")
	if err := version(t, c, number).Root(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	// The box may be gone before it has answered the last request.
	if err := b.admin.UpdateRoot(t.Context(), root); err != nil && !strings.Contains(err.Error(), "restart the box") {
		t.Fatal(err)
	}
	restart(t, b)
	t.Logf("the root-only update to %s took %v, restart included", number, time.Since(started).Round(time.Second))
}

// testGoesBack sends a version that does not serve and waits for the box to
// go back to 2.0.
func testGoesBack(t *testing.T, b *box, c instance.Config, number string) {
	send(t, b, c, number)
	began := time.Now()
	logged(t, b, "/user/trial", "this version is on trial")
	restart(t, b)
	s := b.waitState(t, bootDeadline, "the version before", func(s state.State) bool { return s.Version == "2.0" })
	t.Logf("%v after %s had started, the relay of %s answers again", time.Since(began).Round(time.Second), number, s.Version)
	noticed(t, b, number)
}

// testRestarts cuts the power of a version on trial until the box goes back.
func testRestarts(t *testing.T, b *box, c instance.Config, number string) {
	send(t, b, c, number)
	for start := 1; start < rollback.MaxStarts; start++ {
		logged(t, b, "/user/trial", fmt.Sprintf("start=%d", start))
		if err := b.Restart(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), bootDeadline)
		err := b.WaitNetwork(ctx)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
	}
	restart(t, b)
	b.waitState(t, bootDeadline, "the version before", func(s state.State) bool { return s.Version == "2.0" })
	noticed(t, b, number)
}

// noticed looks whether a person is told that the box went back.
func noticed(t *testing.T, b *box, number string) {
	t.Helper()
	logged(t, b, "/user/trial", "the box went back to this version")
	body, err := b.get("/state")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), number) {
		t.Errorf("the relay's state does not tell that %s failed: %s", number, body)
	}
}
