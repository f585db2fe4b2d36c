// Command stick runs in the box. It takes settings from the card's boot partition
// at the start, and from each USB stick that is there or is plugged in later.
// Package intake says what becomes of the files, package drives how they are
// reached.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"rawtcpcom/gokrazy/adminclient"
	lan "rawtcpcom/gokrazy/lan/report"
	names "rawtcpcom/gokrazy/names/report"
	"rawtcpcom/gokrazy/perm"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/gokrazy/stick/drives"
	"rawtcpcom/gokrazy/stick/intake"
	"rawtcpcom/gokrazy/stick/report"
	"rawtcpcom/relay/logging"
	"rawtcpcom/relay/version"
)

const (
	mountPoint = "/run/rawtcpcom/stick"

	// How long a start may take to get so far. What is not there then is done
	// without, since a stick is also there to say what is wrong.
	permPatience  = 2 * time.Minute // while it is being formatted
	adminPatience = time.Minute
)

func main() {
	dir := flag.String("settings", settings.Dir, "folder of the settings")
	page := flag.String("page", "http://127.0.0.1/api/status", "URL of the page's state")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := logging.New(os.Stdout, slog.LevelInfo)
	log.Info("stick", "version", version.String())
	machine := drives.Box(mountPoint, log)
	if err := machine.Clear(); err != nil {
		log.Warn("a stick stays mounted", "error", err)
	}
	around := intake.Around{Status: *page, Address: lan.Path, Names: names.Path}
	run(ctx, machine, intake.Intake{
		Store: settings.Store{Dir: *dir}, Reports: report.Dir, Confirm: lan.Confirmed, Log: log, Uptime: uptime, About: around.About,
	})
}

// run takes from the card, and then from sticks until the context ends. A stick
// comes last, so that it can say otherwise.
func run(ctx context.Context, machine drives.Machine, in intake.Intake) {
	waiting, cancel := context.WithTimeout(ctx, permPatience)
	defer cancel()
	if err := perm.WaitWritable(waiting, "/perm"); err != nil {
		in.Log.Warn("/perm cannot be written, so nothing can be kept", "error", err)
	}
	own, err := permDevice(ctx)
	if err != nil {
		in.Log.Warn("settings on the card are not looked for", "error", err)
	} else if err := in.Take(ctx, machine.BootPartition(own)); err != nil {
		in.Log.Warn("settings on the card cannot be looked for", "error", err)
	}
	machine.Watch(ctx, own, func(d drives.Disk) {
		in.Log.Info("a stick is there", "disk", d.Name, "partitions", d.Partitions)
		take(ctx, in, machine.Volumes(d))
	})
}

// take takes from all that is on a stick. One with a partition of another kind
// beside one that can be read is as good as any.
func take(ctx context.Context, in intake.Intake, volumes []drives.Volume) {
	readable, why := false, error(drives.ErrNoFiles)
	for _, v := range volumes {
		err := in.Take(ctx, v)
		if err == nil {
			readable = true
			continue
		}
		in.Log.Warn("a stick's partition is left aside", "device", v, "error", err)
		if !errors.Is(err, drives.ErrNoFiles) {
			why = err
		}
	}
	if !readable {
		in.Unreadable(volumes[0], why)
	}
}

// permDevice asks gokrazy what the box runs from.
func permDevice(ctx context.Context) (string, error) {
	box, err := adminclient.Local()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, adminPatience)
	defer cancel()
	for {
		status, err := box.Status(ctx)
		if err == nil && status.PermDev != "" {
			return status.PermDev, nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("find the card: %w", err)
		case <-time.After(time.Second):
		}
	}
}

func uptime() float64 {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return 0
	}
	return time.Duration(now.Nano()).Seconds()
}
