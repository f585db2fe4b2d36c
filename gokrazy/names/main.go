// Command names runs in the box and makes it be found by name in the local
// network, by multicast DNS (RFC 6762): as rawtcpcom-345678.local, which ends as
// the box's hardware address does and which it always has, and as rawtcpcom.local,
// or under the name of the settings, where no other box has that. It announces
// what is to be found there (RFC 6763): the relay, the page and the metrics, with
// the version, the serial number and the robot's state.
//
// What github.com/brutella/dnssd answers and announces is sound, but three things
// of it are not what a box needs, so this program stands around it:
//
//   - It joins the network once, and keeps the addresses of then. So whenever the
//     cable or the addresses change, all is made anew. That is done by starting this
//     program anew in its own process (execve), since the library leaves goroutines
//     behind that nobody can wait for.
//   - Of two who want one name, the one with the lower address loses it, even if it
//     had the name first. So the plain name is claimed only after the network was
//     asked and nobody answered: whoever has it keeps it.
//   - Where it loses a name it takes another, such as rawtcpcom-2, and says nothing.
//     So every half minute this program asks the network for its own names, as
//     anybody would, and where the answer is not its own, starts anew.
//
// Two boxes that are switched on in the same moment, or whose networks are joined
// later, may both have claimed the plain name. The one with the lower address then
// gives way, as with the library.
//
// A box that has found its plain name taken for three minutes never takes it by
// itself later, even when the other box is gone, or comes up later than this one
// after a power cut: a program that commands the one robot by that name would move
// the other. It keeps that on /perm. It asks anew when the settings give it another
// name, and a name of its own is what the page proposes. A name that was taken for
// less, and for a minute is not, is claimed. The box that has the name tells where
// such a box is, until that has another.
//
// Only IPv4 addresses are announced. Every network in which the box is of use has
// them, and they do not change by themselves as those of IPv6 do.
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

	"rawtcpcom/gokrazy/names/report"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/logging"
	"rawtcpcom/relay/version"
)

// options is the command line.
type options struct {
	nic    string // the network interface
	relay  string
	data   string
	report string
	store  settings.Store
	every  time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.nic, "interface", "eth0", "network `interface` on which the box is found")
	flag.StringVar(&o.relay, "relay", "http://127.0.0.1:7888", "`URL` of the relay's state API")
	flag.StringVar(&o.data, "data", settings.Dir, "`folder` in which it is kept that another box has the plain name, until a factory reset")
	flag.StringVar(&o.report, "report", report.Path, "`file` that tells the box's other programs the names")
	file := flag.String("settings", settings.Store{Dir: settings.Dir}.Path(), "`file` of the box's settings")
	flag.DurationVar(&o.every, "every", 30*time.Second, "how often the network is asked for the names")
	flag.Parse()
	o.store = settings.File(*file)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	log := logging.New(os.Stdout, slog.LevelInfo)
	log.Info("names", "version", version.String())
	err := run(ctx, o, log)
	stop()
	switch {
	case errors.Is(err, errAnew):
		log.Info("the names are claimed anew", "why", err)
		err = again()
	case err == nil || ctx.Err() != nil:
		return
	}
	log.Error("the box cannot be found by name", "error", err)
	os.Exit(1) // gokrazy starts this program again
}

// errAnew is that of what needs all of it to be made anew.
var errAnew = errors.New("start anew")

func anew(why string) error { return fmt.Errorf("%w: %s", errAnew, why) }

// again starts this program anew in this process, and returns only where that
// fails.
func again() error {
	program, err := os.Executable()
	if err == nil {
		err = syscall.Exec(program, os.Args, os.Environ())
	}
	return fmt.Errorf("start this program anew: %w", err)
}

// run waits for a network, claims the names there, and serves them until ctx ends
// or something changes.
func run(ctx context.Context, o options, log *slog.Logger) error {
	values, problems, err := o.store.Load()
	if len(problems) > 0 {
		err = settings.Problems(problems)
	}
	if err != nil {
		log.Warn("the settings have a problem; the name is that of those before, or "+values.Get("box.name"), "error", err)
	}
	changes, err := watch(ctx)
	if err != nil {
		return err
	}
	on, err := plugged(ctx, o.nic, changes)
	if err != nil {
		return err
	}
	c := claims{nic: on, plain: values.Get("box.name"), record: record{o.data}, report: o.report, log: log}
	if err := c.decide(ctx); err != nil {
		return err
	}

	// The first part that ends, ends all.
	ctx, cancel := context.WithCancelCause(ctx)
	parts := []func(context.Context) error{
		func(ctx context.Context) error { return on.unchanged(ctx, changes, o.every) },
		func(ctx context.Context) error {
			o.store.Follow(ctx, values, func(v settings.Values) {
				if v.Get("box.name") != c.plain {
					cancel(anew("the settings have another name"))
				}
			})
			return ctx.Err()
		},
		func(ctx context.Context) error { return c.serve(ctx, o) },
	}
	ended := make(chan struct{})
	for _, part := range parts {
		go func() {
			cancel(part(ctx))
			ended <- struct{}{}
		}()
	}
	for range parts {
		<-ended
	}
	if err := (report.Names{}).Write(o.report); err != nil {
		log.Warn("the box's other programs are told old names", "error", err)
	}
	return context.Cause(ctx)
}
