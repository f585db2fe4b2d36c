package program

import (
	"context"
	"log/slog"
	"net"

	"rawtcpcom/relay/simulator"
)

// simulate starts the router and the robot of -simulate.
func simulate(ctx context.Context, o options, log *slog.Logger) (stop func(), url string, err error) {
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: o.routerListen, Realm: o.realm, Logger: log})
	if err != nil {
		return nil, "", err
	}
	robot, err := simulator.StartRobot(ctx, simulator.RobotConfig{URL: router.URL(), Realm: o.realm, Logger: log, RecordLimit: -1})
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

    {"topic":"driver","type":"command","name":"smoothie","message":"home","param":{"X":"true","Y":"true"}}
    {"topic":"driver","type":"command","name":"smoothie","message":"move_to","param":{"X":100,"Y":50}}
    {"topic":"driver","type":"command","name":"smoothie","message":"positions","param":null}

Ctrl-C stops it.

`
