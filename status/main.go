// Command status shows what the relay is doing: on two LEDs to a person beside
// the box, and on a web page to a person at a desk.
//
// It is a program of its own, supervised apart from the relay: when it dies
// the traffic goes on, and when the relay dies it shows that.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"rawtcpcom/gokrazy/names/report"
	stick "rawtcpcom/gokrazy/stick/report"
	"rawtcpcom/relay/logging"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/version"
	"rawtcpcom/relay/webguard"
	"rawtcpcom/status/chain"
	"rawtcpcom/status/console"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/monitor"
	"rawtcpcom/status/page"
	"rawtcpcom/status/setup"
	"rawtcpcom/status/traffic"
)

func main() {
	// periph writes there about every chip that it may not open; what is wrong
	// with the lamps is said once, by openLamps.
	stdlog.SetOutput(io.Discard)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	code := mainCode(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// mainCode runs the program and returns its exit code: 0 after a stop, 1 for
// what is wrong with the machine, 2 for what is wrong with the flags.
func mainCode(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	opts, err := parseFlags(args, stdout)
	switch {
	case errors.Is(err, errHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "status:", err)
		return 2
	case opts.version:
		fmt.Fprintln(stdout, "status", version.String())
		return 0
	}
	if err := serve(ctx, args, opts, logging.New(stderr, slog.LevelInfo)); err != nil {
		fmt.Fprintln(stderr, "status:", err)
		return 1
	}
	return 0
}

// serve opens the page's address and runs the parts.
func serve(ctx context.Context, args []string, opts options, log *slog.Logger) error {
	ln, err := net.Listen("tcp", opts.http)
	if err != nil {
		return fmt.Errorf("opening the page's address: %w; choose another with -http", err)
	}
	defer ln.Close()
	k := kept{started: time.Now(), traffic: traffic.NewLog(time.Now), at: place.Here()}
	if k.at == place.Box {
		k.box = monitor.NewBox("/").Look
	}
	if opts.settings != "" {
		return k.follow(ctx, ln, args, opts, log)
	}
	return k.run(ctx, ln, opts, log)
}

// kept is what outlives a change of the settings.
type kept struct {
	started time.Time
	traffic *traffic.Log
	at      place.Place
	box     func() chain.Machine // remembers what was seen since power-on; nil on a PC
	setup   *setup.Setup         // nil without -settings
	wrong   []string             // what of the settings cannot be used, in sentences
}

func (k *kept) uptime() time.Duration { return monitor.Uptime(k.started) }

// run starts the parts, and when ctx ends waits for all of them.
func (k *kept) run(ctx context.Context, ln net.Listener, opts options, log *slog.Logger) error {
	outputs, notices, err := openLamps(opts.wiring, log)
	switch {
	case err != nil && k.setup == nil:
		return err
	case err != nil: // the page is where it can be mended
		log.Warn("lamps: they cannot be used as set", "error", err)
		notices = []string{"The lamps are dark and shine on the page only: " + err.Error()}
	}
	lamps := lamp.NewEngine(outputs, log)
	mon := monitor.New(monitor.Config{
		Relay: opts.relay, Lamps: lamps, Traffic: k.traffic, ClientPort: opts.clientPort, Notices: append(notices, k.wrong...), Told: k.setup.Undone, Log: log,
		Reports: stick.Dir, Place: k.at, Box: k.box, Addresses: monitor.Addresses, Names: func() report.Names { return monitor.Names(opts.namesFile) }, Uptime: k.uptime,
	})
	cfg := page.Config{
		Monitor: mon, Relay: opts.relay, Traffic: k.traffic, Identify: lamps.Identify,
		Allow: opts.allow, Names: opts.names, Place: k.at, Handed: webguard.Handed, AdminPort: opts.adminPort, Setup: k.setup, Log: log,
	}
	if opts.console {
		cfg.Console = console.New(opts.relayTCP)
	}
	log.Info("status starts", "version", version.String(), "page", pageURL(ln.Addr()), "relay", opts.relay.URL(), "console", opts.console)

	// The first part that ends, ends all.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	var errs [2]error
	all.Go(func() { defer cancel(); errs[0] = lamps.Run(ctx) })
	all.Go(func() { defer cancel(); errs[1] = page.Serve(ctx, ln, cfg) })
	all.Go(func() { defer cancel(); mon.Run(ctx) })
	if cfg.Console != nil {
		all.Go(func() { defer cancel(); cfg.Console.Run(ctx) })
	}
	all.Wait()
	log.Info("status stopped, the lamps are off")
	return errors.Join(errs[:]...)
}

// pageURL is what to type into a browser, here or, if the page is served to
// others, there.
func pageURL(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if others := monitor.Addresses(); len(others) > 0 {
			host = others[0]
		}
	}
	if port == "80" {
		return "http://" + host + "/"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// openLamps finds the LEDs and says in the log which ones.
func openLamps(w lamp.Wiring, log *slog.Logger) ([]lamp.Output, []string, error) {
	machine, err := lamp.OpenMachine()
	if err != nil {
		return nil, nil, err
	}
	for _, failed := range machine.Failed() {
		log.Debug("lamps: a driver did not load", "driver", failed)
	}
	outputs, notes, err := lamp.Open(w, machine)
	if err != nil {
		return nil, nil, err
	}
	for _, note := range notes {
		log.Warn("lamps: " + note)
	}
	for _, o := range outputs {
		log.Info("lamp", "lamp", o.Lamp, "pin", o.Name, "active_low", o.ActiveLow)
	}
	if len(outputs) == 0 {
		notes = nil // the page shows simulated lamps as such
	}
	return outputs, notes, nil
}
