// Command formatperm runs in the box. On the first start it makes the file
// system of /perm and mounts it; on every other start it has nothing to do.
//
// It mounts /perm itself, where gokrazy would have done so at its next start:
// programs that could not write there so far are started again by gokrazy and
// find it, and the user waits for one start instead of two.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"rawtcpcom/gokrazy/adminclient"
	"rawtcpcom/gokrazy/perm"
	"rawtcpcom/relay/logging"
	"rawtcpcom/relay/version"
)

const (
	mountPoint = "/perm"

	// doNotRestart is the exit status that has gokrazy leave a program ended.
	doNotRestart = 125
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := logging.New(os.Stdout, slog.LevelInfo)
	log.Info("formatperm", "version", version.String())
	if err := run(ctx, log); err != nil {
		// Trying again would not change what is on the card.
		log.Error("/perm cannot be used: client ids are lost when the power goes, and updates cannot be undone", "error", err)
	}
	os.Exit(doNotRestart)
}

func run(ctx context.Context, log *slog.Logger) error {
	device, err := permDevice(ctx)
	if err != nil {
		return err
	}
	partition, err := os.OpenFile(device, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("open the partition of /perm: %w", err)
	}
	defer partition.Close()
	content, err := perm.Inspect(partition)
	if err != nil {
		return err
	}
	mounted, err := isMounted()
	if err != nil {
		return err
	}
	if mounted {
		log.Info("/perm is there", "device", device)
		if content == perm.Unfinished {
			// Power went between the last two writes: all of it is there.
			return perm.ClearMark(partition)
		}
		return nil
	}
	if content == perm.Ext || content == perm.Other {
		return fmt.Errorf("the partition %s holds %v that gokrazy cannot mount; it is not erased: repair it on another computer, or write the card anew", device, content)
	}
	size, err := partition.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("measure the partition of /perm: %w", err)
	}
	log.Info("formatting /perm", "device", device, "holds", content, "bytes", size)
	started := time.Now()
	if err := perm.Format(partition, size); err != nil {
		return err
	}
	if err := syscall.Mount(device, mountPoint, "ext4", 0, ""); err != nil {
		return fmt.Errorf("mount /perm: %w", err)
	}
	// gokrazy makes this folder when it mounts /perm; /var leads to it.
	if err := os.MkdirAll(mountPoint+"/var", 0o755); err != nil {
		return fmt.Errorf("prepare /perm: %w", err)
	}
	log.Info("/perm is formatted and mounted", "took", time.Since(started).Round(time.Millisecond))
	return nil
}

// permDevice asks gokrazy, which knows what it was started from. gokrazy's
// administration is up before the programs are started, but not by much.
func permDevice(ctx context.Context) (string, error) {
	box, err := adminclient.Local()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		status, err := box.Status(ctx)
		if err == nil {
			return status.PermDev, nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("find the partition of /perm: %w", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// isMounted reports whether /perm is a file system of its own: it is on
// another device than the root directory then.
func isMounted() (bool, error) {
	var root, mount syscall.Stat_t
	if err := syscall.Stat("/", &root); err != nil {
		return false, fmt.Errorf("check whether /perm is mounted: %w", err)
	}
	if err := syscall.Stat(mountPoint, &mount); err != nil {
		return false, fmt.Errorf("check whether /perm is mounted: %w", err)
	}
	return root.Dev != mount.Dev, nil
}
