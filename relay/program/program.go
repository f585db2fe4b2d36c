// Package program is the relay as a whole: it reads the command line, builds
// the parts and runs them until it is told to stop. It is apart from the main
// package so that tests run the very same program in their own process.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"

	"rawtcpcom/relay/health"
	"rawtcpcom/relay/logging"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/relay/version"
)

// Main is Run for a process of its own: it sets what holds for all of it.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return run(ctx, args, stdout, stderr, options.limitMemory)
}

// Run is the whole program: it runs until the context ends. It returns the exit
// code: 0 after a stop that was asked for, 2 for a command line that makes no
// sense, 1 for anything else, explained in one line on stderr.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return run(ctx, args, stdout, stderr, func(options) {})
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer, prepare func(options)) int {
	o, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case o.version:
		fmt.Fprintln(stdout, "relay", version.String())
		return 0
	}
	prepare(o)
	level := slog.LevelInfo
	if o.debug {
		level = slog.LevelDebug
	}
	sink := logging.NewSink(stderr)
	defer sink.Close()
	log := sink.Logger(level)
	if err := serve(ctx, o, stdout, log); err != nil {
		sink.Close() // what led to it comes first
		fmt.Fprintf(stderr, "relay: %v\n", err)
		return 1
	}
	return 0
}

// serve builds the relay from its parts and runs it until the context ends.
func serve(ctx context.Context, o options, stdout io.Writer, log *slog.Logger) error {
	ids, err := openIDs(o.data, o.maxClients, log)
	if err != nil {
		return err
	}
	defer ids.close()
	clients, err := tcp.Listen(ctx, o.listen)
	if err != nil {
		return fmt.Errorf("%w with -listen", err)
	}
	defer clients.Close()
	var stateAPI net.Listener
	if o.http != "" {
		if stateAPI, err = tcp.Listen(ctx, o.http); err != nil {
			return fmt.Errorf("%w with -http", err)
		}
		defer stateAPI.Close()
	}
	if err := checkDescriptors(o); err != nil {
		return err
	}
	if o.simulate {
		stop, url, err := simulate(ctx, o, log)
		if err != nil {
			return err
		}
		defer stop()
		o.router = url
	}

	log.Info("relay starts", "version", version.Version, "revision", version.Revision, "built", version.Built,
		"listen", clients.Addr().String(), "http", address(stateAPI), "router", o.router, "realm", o.realm, "data", o.data)
	if o.simulate {
		fmt.Fprintf(stdout, welcome, o.router, port(clients.Addr()), o.backend.examples, health.Leaving(string(o.onDisconnect)))
	}
	return operate(ctx, o, ids, clients, stateAPI, log)
}

// address is where a listener listens, "none" where there is none.
func address(ln net.Listener) string {
	if ln == nil {
		return "none"
	}
	return ln.Addr().String()
}
