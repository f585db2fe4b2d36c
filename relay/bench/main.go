// Command bench measures the relay beside a WAMP client that talks to the same
// echoing peer over the same router without it, and prints one table.
//
// Router, echo and relay are processes of their own, so that each pays for
// itself; the clients of both kinds are in this one. Each row alternates
// between the two, some rounds of each, and its ratio is the median of the
// ratios of rounds that ran next to each other: whatever else the machine does
// falls on both.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

type options struct {
	relay  string        // the relay's binary
	rounds int           // of each kind in a row
	round  time.Duration // how long each lasts
	soak   int           // messages of the memory row
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var o options
	part := flag.String("part", "", "be a peer: router or echo (the bench starts itself with it)")
	url := flag.String("url", "", "the router that the echo joins")
	flag.StringVar(&o.relay, "relay", "build/relay", "the relay's `binary`")
	flag.IntVar(&o.rounds, "rounds", 15, "rounds of each kind in a row")
	flag.DurationVar(&o.round, "round", 150*time.Millisecond, "length of a round")
	flag.IntVar(&o.soak, "soak", 1_000_000, "messages of the memory row; 0 leaves it out")
	flag.Parse()

	var err error
	switch *part {
	case "router":
		err = beRouter(ctx)
	case "echo":
		err = beEcho(ctx, *url)
	default:
		err = run(o)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// run measures row by row.
func run(o options) error {
	p, err := startPeers(o.relay)
	if err != nil {
		return err
	}
	defer p.close()
	t := newTable()
	for _, c := range []struct{ clients, size int }{
		{1, 100}, {4, 100}, {16, 100}, {1, 4 << 10}, {4, 4 << 10}, {1, 400_000},
	} {
		if err := p.roundTrips(o, t, c.clients, c.size); err != nil {
			return err
		}
	}
	for _, c := range []struct{ clients, size int }{
		{1, 100}, {4, 100}, {16, 100}, {1, 4 << 10}, {4, 4 << 10}, {1, 400_000},
	} {
		if err := p.pipelined(o, t, c.clients, c.size); err != nil {
			return err
		}
	}
	if err := p.tapped(o, t); err != nil {
		return err
	}
	t.print(os.Stdout)
	if o.soak > 0 {
		return p.soak(o)
	}
	return nil
}
