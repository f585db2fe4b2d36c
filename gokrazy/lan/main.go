// Command lan runs in the box and keeps its address, in the place of gokrazy's
// cmd/dhcp, which knows no fallback, no time servers, and no change of settings
// without a restart. Package address says which address the box has, package
// confirm what becomes of a new static one, package report what the other
// programs are told.
//
// What cmd/dhcp did for the rest of the box, this does too: the file that names
// the DNS servers, the host name and the client id in its requests, and a word to
// gokrazy's init when there is another address, so that the administration listens
// there. Routes have the priority that the kernel gives them, which cmd/dhcp
// reached by -extra_route_priority=-1: nothing here changes it, with the cable in
// or out.
package main

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"

	"rawtcpcom/gokrazy/lan/address"
	"rawtcpcom/gokrazy/lan/config"
	"rawtcpcom/gokrazy/lan/confirm"
	"rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/logging"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/version"
)

func main() {
	file := flag.String("settings", filepath.Join(settings.Dir, "settings.toml"), "the settings in force")
	name := flag.String("interface", "eth0", "network interface to give an address to")
	path := flag.String("report", report.Path, "file that tells the other programs")
	confirmed := flag.String("confirmed", report.Confirmed, "file that confirms a new static address")
	resolv := flag.String("resolv", "/tmp/resolv.conf", "file that names the DNS servers") // /etc/resolv.conf leads there
	patience := flag.Duration("trial", confirm.Patience, "how long a new static address may stay unconfirmed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := logging.New(os.Stdout, slog.LevelInfo)
	log.Info("lan", "version", version.String())
	board := address.NewBoard(*path, *name, log)
	keeper := &address.Keeper{Interface: *name, Log: log, Board: board, Resolv: *resolv, Changed: func() { tellInit(log) }}
	store := settings.File(*file)
	guard := &confirm.Guard{
		Record:    filepath.Join(store.Dir, "network.json"),
		Confirmed: *confirmed,
		Patience:  *patience,
		Board:     board,
		Log:       log,
		Restore:   func(trial, before config.Values) error { return restore(store, trial, before) },
	}
	if err := run(ctx, log, store, guard, keeper); err != nil && ctx.Err() == nil {
		log.Error("the address is not looked after", "error", err)
		stop()
		os.Exit(1) // gokrazy starts this program again
	}
}

// run has settings, trial and address each looked after by a goroutine of its
// own until the context ends.
func run(ctx context.Context, log *slog.Logger, store settings.Store, guard *confirm.Guard, keeper *address.Keeper) error {
	ctx, cancel := context.WithCancel(ctx)
	var others sync.WaitGroup
	defer others.Wait()
	defer cancel()
	wishes, configs := make(chan config.Values), make(chan config.Config)
	guard.Use = func(c config.Config) {
		select {
		case configs <- c:
		case <-ctx.Done():
		}
	}
	others.Go(func() { guard.Run(ctx, wishes) })
	others.Go(func() { follow(ctx, log, store, wishes) })
	return keeper.Run(ctx, configs)
}

// follow tells the network's settings, and each change of the file.
func follow(ctx context.Context, log *slog.Logger, store settings.Store, wishes chan<- config.Values) {
	wish := func(v settings.Values) {
		select {
		case wishes <- networkOf(v):
		case <-ctx.Done():
		}
	}
	now, problems, err := store.Load()
	for _, p := range problems {
		log.Error("the settings have a problem; those before are in force", "file", store.Path(), "problem", p.String())
	}
	if err != nil {
		log.Error("the settings cannot be read; the address is asked for by DHCP", "error", err)
	}
	wish(now)
	store.Follow(ctx, now, wish)
}

func networkOf(v settings.Values) config.Values {
	return config.ValuesOf(func(key string) string { return v[key] })
}

// restore puts the network's settings back, unless somebody has set others.
func restore(store settings.Store, trial, before config.Values) error {
	return store.Change(func(now settings.Values) (settings.Values, error) {
		if !networkOf(now).Equal(trial) {
			return now, nil
		}
		for _, key := range config.Keys {
			if value := before.Get(key); value != "" {
				now[key] = value
			} else {
				delete(now, key)
			}
		}
		return now, nil
	})
}

// tellInit has gokrazy's init listen at the box's new address. On a PC process 1
// is another program's matter.
func tellInit(log *slog.Logger) {
	if place.Here() != place.Box {
		return
	}
	if err := syscall.Kill(1, syscall.SIGHUP); err != nil {
		log.Warn("the administration does not know the new address", "error", err)
	}
}
