// Command trial runs in the box and judges updates; package rollback says how.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"rawtcpcom/gokrazy/adminclient"
	clock "rawtcpcom/gokrazy/clock/report"
	"rawtcpcom/gokrazy/perm"
	"rawtcpcom/gokrazy/rollback"
	"rawtcpcom/gokrazy/squash"
	"rawtcpcom/relay/logging"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/version"
)

func main() {
	relay := flag.String("relay", "http://127.0.0.1:7888", "the relay's state API")
	dir := flag.String("dir", "/perm/trial", "folder for the record of updates")
	patience := flag.Duration("patience", rollback.Patience, "how long the relay of an update may take to serve")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := logging.New(os.Stdout, slog.LevelInfo)
	log.Info("trial", "version", version.String())
	if err := run(ctx, log, *relay, *dir, *patience); err != nil && ctx.Err() == nil {
		log.Error("updates are not judged", "error", err)
		stop()
		os.Exit(1) // gokrazy starts this program again
	}
}

func run(ctx context.Context, log *slog.Logger, relay, dir string, patience time.Duration) error {
	box, err := adminclient.Local()
	if err != nil {
		return err
	}
	status, err := box.Status(ctx)
	if err != nil {
		return err
	}
	if err := perm.WaitWritable(ctx, "/perm"); err != nil {
		return err
	}
	current, err := currentRoot(status.PermDev)
	if err != nil {
		return err
	}
	return rollback.Supervisor{
		Dir:      dir,
		Log:      log,
		Patience: patience,
		Box: rollback.Box{
			Current:    current,
			Serving:    func(ctx context.Context) (string, error) { return serving(ctx, relay) },
			Hash:       func(partition int) (string, error) { return hash(device(status.PermDev, partition)) },
			SwitchBack: box.Switch,
			Reboot:     box.Reboot,
			ClockSet: func() bool {
				r, err := clock.Read(clock.Path, place.Box)
				return err == nil && r.Set
			},
		},
	}.Run(ctx)
}

// rootNumber finds the root partition in the kernel's command line as gokrazy
// writes it: the first partition's id and how many to count on from there.
var rootNumber = regexp.MustCompile(`\broot=PARTUUID=[0-9a-fA-F-]+/PARTNROFF=(\d+)`)

func currentRoot(permDevice string) (rollback.Root, error) {
	problem := func(err error) (rollback.Root, error) {
		return rollback.Root{}, fmt.Errorf("find out which root file system is in use: %w", err)
	}
	line, err := os.ReadFile("/proc/cmdline")
	if err != nil {
		return problem(err)
	}
	match := rootNumber.FindSubmatch(line)
	if match == nil {
		return problem(fmt.Errorf("the kernel's command line does not tell: %s", line))
	}
	offset, err := strconv.Atoi(string(match[1]))
	if err != nil {
		return problem(err)
	}
	partition := 1 + offset
	// The superblock holds the build's time and length, the list of programs
	// their build ids: together they tell builds apart without reading all.
	f, err := os.Open(device(permDevice, partition))
	if err != nil {
		return problem(err)
	}
	defer f.Close()
	superblock, err := squash.ReadSuperblock(f)
	if err != nil {
		return problem(err)
	}
	programs, err := os.ReadFile("/etc/gokrazy/sbom.json")
	if err != nil {
		return problem(err)
	}
	print := sha256.New()
	print.Write(superblock[:])
	print.Write(programs)
	return rollback.Root{Partition: partition, Fingerprint: hex.EncodeToString(print.Sum(nil)), Version: version.Version}, nil
}

// device is a partition of the card that /perm is on.
func device(permDevice string, partition int) string {
	return strings.TrimSuffix(permDevice, "4") + strconv.Itoa(partition)
}

func hash(device string) (string, error) {
	f, err := os.Open(device)
	if err != nil {
		return "", fmt.Errorf("read the root file system: %w", err)
	}
	defer f.Close()
	sum, _, err := squash.Hash(f)
	return hex.EncodeToString(sum), err
}

// serving asks the relay. Any answer to /healthz will do: that the robot is
// switched off is no fault of the update.
func serving(ctx context.Context, relay string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := get(ctx, relay+"/healthz"); err != nil {
		return "", err
	}
	body, err := get(ctx, relay+"/state")
	if err != nil {
		return "", err
	}
	var state struct{ Started string }
	if err := json.Unmarshal(body, &state); err != nil {
		return "", fmt.Errorf("read the relay's state: %w", err)
	}
	if state.Started == "" {
		return "", errors.New("the relay's state does not tell since when it runs")
	}
	return state.Started, nil
}

func get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	const limit = 1 << 20
	return io.ReadAll(io.LimitReader(resp.Body, limit))
}
