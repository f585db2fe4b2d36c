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

	"rawtcpcom/relay/logging"
	"rawtcpcom/relay/version"
)

// Main is Run for a process of its own: it sets what holds for all of it.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return run(ctx, args, stdout, stderr, true)
}

// Run is the whole program: it runs until the context ends. It returns the exit
// code: 0 after a stop that was asked for, 2 for a command line that makes no
// sense, 1 for anything else, explained in one line on stderr.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return run(ctx, args, stdout, stderr, false)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer, ownProcess bool) int {
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
	o.ownProcess = ownProcess
	level := slog.LevelInfo
	if o.debug {
		level = slog.LevelDebug
	}
	sink := logging.NewSink(stderr)
	defer sink.Close()
	log := sink.Logger(level)
	if o, err = o.load(log); err != nil {
		sink.Close()
		fmt.Fprintf(stderr, "relay: %s: %v\n", o.settings, err)
		return 2
	}
	if err := serve(ctx, o, stdout, log); err != nil {
		sink.Close() // what led to it comes first
		fmt.Fprintf(stderr, "relay: %v\n", err)
		return 1
	}
	return 0
}

// address is where a listener listens, "none" where there is none.
func address(ln net.Listener) string {
	if ln == nil {
		return "none"
	}
	return ln.Addr().String()
}
