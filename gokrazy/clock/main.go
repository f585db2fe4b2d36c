// Command clock runs in the box, which has no clock that outlasts the power. It
// asks time servers, those of the settings first, then those that DHCP names, then
// the public pool, and tells in a file whether the clock is set and from where.
//
// A clock that nobody sets would stand in 1970 after each start, where every
// certificate is invalid and times of two days cannot be told apart. So it never
// stands before the instant at which this version was built, nor before the last
// time that was kept in /perm: once a day and at an orderly end, since a card does
// not like to be written to.
package main

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"rawtcpcom/gokrazy/clock/report"
	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/logging"
	"rawtcpcom/relay/version"
)

func main() {
	kept := flag.String("kept", "/perm/clock/time.json", "file in which the time is kept")
	set := flag.String("settings", "/perm/settings/settings.toml", "file with the settings of the box")
	address := flag.String("address", lan.Path, "file in which the program lan tells what DHCP said")
	told := flag.String("report", report.Path, "file in which to tell how the clock stands")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := logging.New(os.Stdout, slog.LevelInfo)
	log.Info("clock", "version", version.String())
	built, err := time.Parse(time.RFC3339, version.Built)
	if err != nil {
		log.Warn("the build's time is not known, so the clock may stand before it", "built", version.Built)
	}
	c := &clock{
		machine: thisMachine{log}, built: built, kept: *kept, report: *told, retry: firstRetry, log: log,
		servers: named{settings.File(*set), *address, poolServer()}.servers,
	}
	c.run(ctx)
}
