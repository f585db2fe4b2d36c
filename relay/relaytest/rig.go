// Package relaytest runs the whole relay for a test and stands on both sides of
// it: real TCP clients on one, a real WAMP router over a real WebSocket with
// the simulated robot on the other. The relay itself is package program, with
// its command line, its log and its exit code; a test sees nothing of it that a
// user could not.
//
// Nothing here sleeps. Whatever a test waits for arrives (a line, an event, a
// line of the log) or the test fails after Patience. That something did not
// come is shown by asking for something that comes after it (Client.Fence).
//
//	rig.go      the router and the robot, which can go away and come back
//	otone.go    the same with otone
//	relay.go    the relay and its exit code
//	log.go      what it writes
//	client.go   a TCP client
//	message.go  what a client reads
//	peer.go     another WAMP client on the router
//	api.go      a reader of the state API
//	proxy.go    a link to the router that can be held and cut
package relaytest

import (
	"context"
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
	"time"

	"rawtcpcom/relay/simulator"
)

// Patience is how long a test waits for what must happen.
const Patience = 15 * time.Second

// Deadline is a context that ends after Patience, or with the test.
func Deadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	t.Cleanup(cancel)
	return ctx
}

// Rig is the robot's side: a router, and a robot on it. It is not safe for
// concurrent use.
type Rig struct {
	Router *simulator.Router // nil while stopped
	Robot  *simulator.Driver // the latest, nil while stopped
	Data   string            // directory of the relay's pool of ids

	t    testing.TB
	addr string // the router's, kept over restarts
}

// New makes a rig with a router and no robot.
func New(t testing.TB) *Rig {
	t.Helper()
	r := &Rig{t: t, Data: t.TempDir()}
	r.StartRouter()
	t.Cleanup(r.StopRouter)
	return r
}

// NewWithRobot makes a rig with a router and a robot whose motions take no
// time.
func NewWithRobot(t testing.TB) *Rig {
	t.Helper()
	r := New(t)
	r.StartDriver(simulator.RobotConfig{})
	return r
}

// URL is where WAMP clients join.
func (r *Rig) URL() string { return "ws://" + r.addr + "/ws" }

// StartRouter starts the router, at the same address as the last time.
func (r *Rig) StartRouter() {
	r.t.Helper()
	deadline := Deadline(r.t)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		addr := r.addr
		if addr == "" {
			// Below the ports that connections going out are given, so that
			// none of them has it when the router comes back.
			addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(12000+rand.IntN(20000)))
		}
		router, err := simulator.StartRouter(simulator.RouterConfig{Addr: addr})
		if err == nil {
			r.addr, r.Router = addr, router
			return
		}
		// A process that is just being started holds a copy of every socket
		// for an instant, the one just closed included.
		select {
		case <-again.C:
		case <-deadline.Done():
			r.t.Fatal(err)
		}
	}
}

// StopRouter ends the router and every session on it.
func (r *Rig) StopRouter() {
	if r.Router != nil {
		r.Router.Close()
		r.Router = nil
	}
}

// StartDriver starts a new driver, one that knows no ids. Unless cfg gives
// speeds, motions take no time; unless it says otherwise, the driver joins
// again soon when it loses the router.
func (r *Rig) StartDriver(cfg simulator.RobotConfig) *simulator.Driver {
	r.t.Helper()
	robot, err := simulator.StartDriver(Deadline(r.t), r.withDefaults(cfg))
	if err != nil {
		r.t.Fatal(err)
	}
	r.Robot = robot
	r.t.Cleanup(robot.Close)
	return robot
}

func (r *Rig) withDefaults(cfg simulator.RobotConfig) simulator.RobotConfig {
	cfg.URL = r.URL()
	cfg.Instant = cfg.Speed == nil
	if cfg.Rejoin == 0 {
		cfg.Rejoin = 20 * time.Millisecond
	}
	return cfg
}

// StopRobot ends the driver.
func (r *Rig) StopRobot() {
	r.Robot.Close()
	r.Robot = nil
}

// WaitRobot returns when cond holds for the robot, having asked it again after
// everything that happened to it.
func (r *Rig) WaitRobot(what string, cond func(*simulator.Driver) bool) {
	r.t.Helper()
	robot := r.Robot
	if err := robot.Wait(Deadline(r.t), func() bool { return cond(robot) }); err != nil {
		r.t.Fatalf("the robot: %s: %v; it received %d messages", what, err, robot.Arrived())
	}
}

// Received waits until the robot has n commands or meta commands, and returns
// all it has.
func (r *Rig) Received(n int) []simulator.Command {
	r.t.Helper()
	r.WaitRobot("has "+strconv.Itoa(n)+" messages", func(robot *simulator.Driver) bool { return robot.Arrived() >= n })
	return r.Robot.Received()
}
