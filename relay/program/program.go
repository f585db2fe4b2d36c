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
	"os"
	"runtime/pprof"
	"time"

	"golang.org/x/sync/errgroup"

	"rawtcpcom/relay/api"
	"rawtcpcom/relay/guard"
	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/lease"
	"rawtcpcom/relay/link"
	"rawtcpcom/relay/logging"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/relay/version"
	"rawtcpcom/relay/wire"
)

// Run is the whole program: it runs until the context ends. It returns the exit
// code: 0 after a stop that was asked for, 2 for a command line that makes no
// sense, 1 for anything else, explained in one line on stderr.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
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
	pool, err := lease.Open(o.data, o.maxClients, log)
	if err != nil {
		return err
	}
	unlock, err := lockData(o.data)
	if err != nil {
		return err
	}
	defer unlock()
	clients, err := tcp.Listen(ctx, o.listen)
	if err != nil {
		return err
	}
	defer clients.Close()
	var stateAPI net.Listener
	if o.http != "" {
		if stateAPI, err = tcp.Listen(ctx, o.http); err != nil {
			return err
		}
		defer stateAPI.Close()
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
		fmt.Fprintf(stdout, welcome, o.router, port(clients.Addr()))
	}
	started := time.Now()
	h := hub.New(hub.Config{
		Pool:         pool,
		Rules:        wire.Rules{AllowDangerousMeta: o.allowDangerousMeta},
		OnDisconnect: o.onDisconnect, Exclusive: o.exclusive, HandshakeTimeout: o.handshakeTimeout,
		Version: func() state.State {
			return state.State{Version: version.Version, Revision: version.Revision, Built: version.Built, Started: started}
		},
		Log: log,
	}, o.router, o.realm)
	router := &link.Link{Hub: h, Log: log, Session: session.Config{
		Dialer: session.Dialer{URL: o.router, TLS: o.tls}, Realm: o.realm, Auth: o.auth, Log: log,
	}}
	server := &tcp.Server{
		Handler: h, Terminator: o.terminator, MaxMessage: o.maxMessage, IdleTimeout: o.idleTimeout, Log: log,
		Admit: &tcp.Admission{Allow: o.allow, InAll: o.maxConnections, PerAddress: o.maxPerAddress},
	}

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { h.Run(ctx); return nil })
	// The clients outlast the session, so that each is told what became of its
	// last messages.
	clientsCtx, closeClients := context.WithCancel(context.WithoutCancel(ctx))
	group.Go(func() error {
		defer closeClients()
		router.Run(ctx)
		return nil
	})
	group.Go(func() error { return server.Serve(clientsCtx, clients) })
	group.Go(func() error { guard.Watch(ctx, h.Pass, stalled); return nil })
	if stateAPI != nil {
		group.Go(func() error {
			return (&api.Server{Hub: h, Allow: o.allow, Log: log}).Serve(ctx, stateAPI)
		})
	}
	err = group.Wait()
	log.Info("relay stops")
	return err
}

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

// stallCode is the exit code of a relay that ended itself because it stood
// still. gokrazy starts a program again unless it exits with 0 or 125.
const stallCode = 3

// stalled ends the process with every goroutine's stack on stderr. Nothing
// that could wait for the stall itself, the log included, is used for it.
func stalled() {
	fmt.Fprintf(os.Stderr, "relay: no event has got through for %v; the stacks follow, and the relay ends to be started again\n", guard.Stall)
	_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 2) // exiting is all that is left
	os.Exit(stallCode)
}

// address is where a listener listens, "none" where there is none.
func address(ln net.Listener) string {
	if ln == nil {
		return "none"
	}
	return ln.Addr().String()
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
