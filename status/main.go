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
	"rawtcpcom/relay/logging"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/version"
	"rawtcpcom/relay/webguard"
	"rawtcpcom/status/chain"
	"rawtcpcom/status/console"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/monitor"
	"rawtcpcom/status/page"
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
	if err := run(ctx, opts, logging.New(stderr, slog.LevelInfo)); err != nil {
		fmt.Fprintln(stderr, "status:", err)
		return 1
	}
	return 0
}

// run starts the parts, and when ctx ends waits for all of them.
func run(ctx context.Context, opts options, log *slog.Logger) error {
	ln, err := net.Listen("tcp", opts.http)
	if err != nil {
		return fmt.Errorf("opening the page's address: %w; choose another with -http", err)
	}
	outputs, notices, err := openLamps(opts.wiring, log)
	if err != nil {
		ln.Close()
		return err
	}
	started := time.Now()
	lamps := lamp.NewEngine(outputs, log)
	passed := traffic.NewLog(time.Now)
	at := place.Here()
	var box func() chain.Machine
	if at == place.Box {
		box = monitor.NewBox("/").Look
	}
	mon := monitor.New(monitor.Config{
		Relay: opts.relay, Lamps: lamps, Traffic: passed, ClientPort: opts.clientPort, Notices: notices, Log: log,
		Place: at, Box: box, Addresses: monitor.Addresses, Names: func() report.Names { return monitor.Names(opts.namesFile) }, Uptime: func() time.Duration { return monitor.Uptime(started) },
	})
	cfg := page.Config{
		Monitor: mon, Relay: opts.relay, Traffic: passed, Identify: lamps.Identify,
		Allow: opts.allow, Names: opts.names, Handed: webguard.Handed, AdminPort: opts.adminPort, Log: log,
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
