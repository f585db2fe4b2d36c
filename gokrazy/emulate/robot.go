package main

import (
	"context"
	"fmt"
	"net"

	"rawtcpcom/relay/simulator"
)

// robot is what the box is led to.
type robot struct {
	address string // host:port of its router; empty for none
	is      string // for a person
	stop    func()
}

// findRobot is the robot that was asked for: a simulated one, started here in
// the dialect of the box, unless another is named.
func findRobot(ctx context.Context, asked, backend string) (robot, error) {
	switch asked {
	case "":
		return simulate(ctx, backend)
	case "none":
		return robot{is: "nobody (-robot none)", stop: func() {}}, nil
	}
	if _, _, err := net.SplitHostPort(asked); err != nil {
		return robot{}, fmt.Errorf("-robot %q is not none, and not an address such as 127.0.0.1:8080", asked)
	}
	return robot{asked, asked + ", as asked for: what moves there is moved", func() {}}, nil
}

func simulate(ctx context.Context, backend string) (robot, error) {
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: "127.0.0.1:0"})
	if err != nil {
		return robot{}, fmt.Errorf("start the simulated robot's router: %w", err)
	}
	cfg := simulator.RobotConfig{URL: router.URL(), RecordLimit: -1}
	var moved interface{ Close() }
	if backend == "otone" {
		moved, err = simulator.StartOTone(ctx, cfg)
	} else {
		moved, err = simulator.StartDriver(ctx, cfg)
	}
	if err != nil {
		router.Close()
		return robot{}, fmt.Errorf("start the simulated robot: %w", err)
	}
	return robot{router.Addr(), "a simulated robot that was started here", func() { moved.Close(); router.Close() }}, nil
}
