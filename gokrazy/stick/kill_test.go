package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/gokrazy/stick/drives"
	"rawtcpcom/gokrazy/stick/intake"
	"rawtcpcom/gokrazy/stick/loopdisk"
)

// The program is killed at any instant while it takes a stick's file, again and
// again. The settings are the old ones or the new, whole, and the next start takes
// the file as if nothing had been. What a cut of the power leaves of one file is
// tested where files are written, in relay/durable.
func TestKilled(t *testing.T) {
	const device = "STICK_TEST_DEVICE"
	if d := os.Getenv(device); d != "" {
		takeOnce(t, d, os.Getenv("STICK_TEST_DIR"))
		return
	}
	dir := t.TempDir()
	d := loopdisk.New(t, true)
	machine, in := parts(d, dir)
	volume := machine.Volumes(drives.Disk{Partitions: []string{filepath.Base(d)}})[0]
	now := settings.Values{}
	killed := 0
	for round := range 25 {
		next := settings.Values{"robot.address": fmt.Sprintf("ws://192.0.2.%d:8080/ws", 1+round), "box.name": fmt.Sprintf("box%d", round), "access.max-clients": fmt.Sprint(1 + round)}
		mounted, unmount, err := volume.Mount(true)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(mounted, "rawtcpcom.toml"), next.TOML(settings.WithSecrets), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := unmount(); err != nil {
			t.Fatal(err)
		}
		child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		child.Env = append(os.Environ(), device+"="+d, "STICK_TEST_DIR="+dir)
		begun, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := begun.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		// The moment is what is tested, so this waits for a time and for nothing else.
		moment := time.AfterFunc(rand.N(40*time.Millisecond), func() { _ = child.Process.Kill() })
		if child.Wait() != nil {
			killed++
		}
		moment.Stop()
		got, problems, err := in.Store.Load()
		if err != nil || len(problems) > 0 {
			t.Fatalf("after a kill the settings cannot be read: %v, %v", problems, err)
		}
		if !maps.Equal(got, now) && !maps.Equal(got, next) {
			t.Fatalf("after a kill the settings are %v; before they were %v, and were to be %v", got, now, next)
		}
		if err := in.Take(t.Context(), volume); err != nil {
			t.Fatalf("the next start: %v", err)
		}
		if got, _, err := in.Store.Load(); err != nil || !maps.Equal(got, next) {
			t.Fatalf("after the next start the settings are %v, %v; want %v", got, err, next)
		}
		now = next
	}
	t.Logf("%d of 25 were killed before they had done", killed)
	if err := machine.Clear(); err != nil {
		t.Error(err)
	}
}

func parts(device, dir string) (drives.Machine, intake.Intake) {
	log := slog.New(slog.DiscardHandler)
	return drives.Machine{Dev: filepath.Dir(device), Point: filepath.Join(dir, "point"), Types: []string{loopdisk.Type}, Log: log},
		intake.Intake{
			Store: settings.Store{Dir: filepath.Join(dir, "settings")}, Reports: dir, Log: log, Uptime: uptime,
			About: func(context.Context, bool) intake.Box { return intake.Box{} },
		}
}

// takeOnce is the program that is killed.
func takeOnce(t *testing.T, device, dir string) {
	machine, in := parts(device, dir)
	fmt.Println("begins")
	take(t.Context(), in, machine.Volumes(drives.Disk{Partitions: []string{filepath.Base(device)}}))
}

// A full stick: the settings are taken, half a result does not stay, and the page
// is told.
func TestFullStick(t *testing.T) {
	dir, d := t.TempDir(), loopdisk.New(t, true)
	machine, in := parts(d, dir)
	volumes := machine.Volumes(drives.Disk{Partitions: []string{filepath.Base(d)}})
	mounted, unmount, err := volumes[0].Mount(true)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(mounted, "rawtcpcom.toml"), []byte("[box]\nname = \"full\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for i, size := 0, 1<<20; size > 0; i++ { // to the last block
		if os.WriteFile(filepath.Join(mounted, fmt.Sprintf("holiday%d.mpg", i)), make([]byte, size), 0o644) != nil {
			size /= 2
		}
	}
	if err := unmount(); err != nil {
		t.Fatal(err)
	}
	take(t.Context(), in, volumes)
	if got, _, err := in.Store.Load(); err != nil || got["box.name"] != "full" {
		t.Errorf("the settings are %v, %v", got, err)
	}
	told, err := os.ReadFile(filepath.Join(dir, "stick.json"))
	if err != nil || !strings.Contains(string(told), "it is full") {
		t.Errorf("the page is told %s, %v", told, err)
	}
	if mounted, unmount, err = volumes[0].Mount(false); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(mounted, "rawtcpcom-result.txt")); err == nil {
		t.Error("half a result is on the stick")
	}
	if err := unmount(); err != nil {
		t.Error(err)
	}
}
