package program

import (
	"context"
	"fmt"
	"log/slog"
	"net"

	"rawtcpcom/relay/simulator"
)

// simulate starts the router and the robot of -simulate.
func simulate(ctx context.Context, o options, log *slog.Logger) (stop func(), url string, err error) {
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: o.routerListen, Realm: o.realm, Logger: log})
	if err != nil {
		return nil, "", fmt.Errorf("%w; choose another address with -router-listen", err)
	}
	robot, err := o.startRobot(ctx, router.URL(), log)
	if err != nil {
		router.Close()
		return nil, "", err
	}
	return func() { robot.Close(); router.Close() }, router.URL(), nil
}

func port(addr net.Addr) string {
	_, p, _ := net.SplitHostPort(addr.String())
	return p
}

const welcome = `
A simulated robot is on the router at %[1]s.
Talk to it from another terminal:

    nc 127.0.0.1 %[2]s

You are told your id and that the handshake succeeded. Then type a line, e.g.

%[3]s
%[4]s

Ctrl-C here stops the relay and the simulated robot.

`
