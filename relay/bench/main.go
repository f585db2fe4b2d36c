// Command bench measures the relay beside a WAMP client that talks to the same
// echoing peer over the same router without it, and prints one table.
//
// Router, echo and relay are processes of their own, so that each pays for
// itself; the clients of both kinds are in this one. Each row alternates
// between the two, some rounds of each, and its ratio is the median of the
// ratios of rounds that ran next to each other: whatever else the machine does
// falls on both. With -beside, another relay takes its turn as well.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

type options struct {
	relay  string         // the relay's binary
	beside string         // another's, to be measured beside it, or empty
	router string         // the URL of a router that runs, or empty for one of its own
	rows   *regexp.Regexp // which are measured
	rounds int            // of each kind in a row
	round  time.Duration  // how long each lasts
	soak   int            // messages of the memory row
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var o options
	part := flag.String("part", "", "be a peer: router or echo (the bench starts itself with it)")
	flag.StringVar(&o.relay, "relay", "build/relay", "the relay's `binary`")
	flag.StringVar(&o.beside, "beside", "", "the `binary` of another relay, such as the last release's, to be measured in the same run")
	flag.StringVar(&o.router, "router", "", "`URL` of a router that runs already, such as ws://127.0.0.1:8080/ws; without it, nexus's is started")
	flag.IntVar(&o.rounds, "rounds", 15, "rounds of each kind in a row")
	flag.DurationVar(&o.round, "round", 150*time.Millisecond, "length of a round")
	flag.IntVar(&o.soak, "soak", 1_000_000, "messages of the memory row; 0 leaves it out")
	rows := flag.String("rows", "", "measure only what matches this `expression`, such as 'pipelined 1 100 B'")
	flag.Parse()

	var err error
	if o.rows, err = regexp.Compile(*rows); err != nil {
		fmt.Fprintf(os.Stderr, "bench: reading -rows: %v\n", err)
		os.Exit(2)
	}
	switch *part {
	case "router":
		err = beRouter(ctx)
	case "echo":
		err = beEcho(ctx, o.router)
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
	p, err := startPeers(o)
	if err != nil {
		return err
	}
	defer p.close()
	t := newTable(p.beside != nil)
	sizes := []struct{ clients, size int }{
		{1, 100}, {4, 100}, {16, 100}, {1, 4 << 10}, {4, 4 << 10}, {1, 400_000},
	}
	for _, group := range []struct {
		name    string
		measure func(o options, t *table, clients, size int) error
	}{{"round trip", p.roundTrips}, {"pipelined", p.pipelined}} {
		for _, c := range sizes {
			if !o.wants(group.name, c.clients, c.size) {
				continue
			}
			if err := group.measure(o, t, c.clients, c.size); err != nil {
				return err
			}
		}
	}
	if o.wants("watched", 1, 100) {
		if err := p.tapped(o, t); err != nil {
			return err
		}
	}
	t.print(os.Stdout)
	if o.soak > 0 {
		return p.soak(o)
	}
	return nil
}

// wants reports whether rows with that name are asked for.
func (o options) wants(name string, clients, size int) bool {
	return o.rows.MatchString(fmt.Sprintf("%s %d %s", name, clients, bytesText(size)))
}
