package program

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"rawtcpcom/relay/flaghelp"
	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/network"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/webguard"
	"rawtcpcom/relay/wire"
)

// options are the command line, checked.
type options struct {
	listen, http       string
	router, realm      string
	backend            backend
	data               string
	simulate           bool
	routerListen       string
	maxClients         int
	maxMessage         int
	terminator         string // the bytes
	allowDangerousMeta bool
	checkCommands      string // known or off
	allow              network.Networks
	names              []string
	maxConnections     int
	maxPerAddress      int
	idleTimeout        time.Duration
	handshakeTimeout   time.Duration
	onDisconnect       hub.Stop
	afterSilence       hub.Stop
	whileHalted        string
	exclusive          bool
	routerCA           string
	authID, authSecret string // the secret's file
	ticketInClear      bool
	tls                *tls.Config   // nil for the system's roots
	auth               *session.Auth // nil for anonymous
	notice             string
	pagePort           int
	debug              bool
	version            bool
}

// The values of -while-halted.
const (
	refuseHalted = "refuse"
	passHalted   = "pass"
)

// errUsage has been explained on stderr already.
var errUsage = errors.New("usage")

// parseOptions reads the command line. It returns flag.ErrHelp for -help.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	var backend, terminator, allow, names string
	fs := flag.NewFlagSet("relay", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.listen, "listen", ":7887", "`address` that TCP clients connect to")
	fs.StringVar(&backend, "backend", backends[0].Name, "the robot's `software`: "+backendNames(true))
	fs.StringVar(&o.router, "router", "", "`URL` of the crossbar.io router on the robot (default "+backendRouters()+")")
	fs.StringVar(&o.realm, "realm", "ot_realm", "the router's WAMP `realm`")
	fs.StringVar(&o.http, "http", "127.0.0.1:7888", "`address` of the state API; empty for none")
	fs.StringVar(&o.data, "data", defaultData(), "`directory` in which the client ids are kept; where it cannot be used, they are made of the machine's serial number")
	fs.BoolVar(&o.simulate, "simulate", false, "start a router and a simulated robot in this process, and use them")
	fs.StringVar(&o.routerListen, "router-listen", "127.0.0.1:0", "`address` of the router that -simulate starts; WAMP clients join at /ws")
	fs.IntVar(&o.maxClients, "max-clients", wire.DriverIDs-1, fmt.Sprintf("`number` of clients at once; with -backend driver, each takes one of the %d ids that the driver has until it is restarted", wire.DriverIDs))
	fs.IntVar(&o.maxMessage, "max-message", 1<<20, "largest message from a client, in `bytes`")
	fs.StringVar(&terminator, "terminator", wire.Terminators[0].Name, "`name` of what ends a line to a client: "+terminatorNames())
	fs.BoolVar(&o.allowDangerousMeta, "allow-dangerous-meta", false, "let through the meta commands that break the driver: "+strings.Join(wire.DangerousMeta(), ", "))
	fs.StringVar(&o.checkCommands, "check", "known", "`what` to refuse: known (commands and arguments that the published software of the robot would drop or mistake), or off, for a robot with commands of its own")
	fs.StringVar(&allow, "allow", network.Default, "`networks` that may connect, to both ports, comma-separated; private are those not routed on the internet, local those that this machine is directly on")
	fs.StringVar(&names, "names", "", "more host `names` under which the state API answers, comma-separated; IP addresses, localhost, the host name, also in the network's search domains, and names in .local always work")
	fs.IntVar(&o.maxConnections, "max-connections", 0, "`number` of TCP connections at once, those without an id included; 0 means 60 more than -max-clients")
	fs.IntVar(&o.maxPerAddress, "max-per-address", 0, "`number` of TCP connections at once from one address; 0 means 12 more than -max-clients")
	fs.DurationVar(&o.idleTimeout, "idle-timeout", 0, "close a client that has sent nothing for this long; 0 means never")
	fs.DurationVar(&o.handshakeTimeout, "handshake-timeout", 0, "close a client whose handshake takes longer than this; 0 means never")
	fs.StringVar((*string)(&o.onDisconnect), "on-disconnect", string(hub.DoNothing), "what the relay publishes when a client that has commanded the robot (not only asked it) disconnects or is lost, and when the relay is stopped: none, clear (empty the robot's queue) or halt (a software stop, not a safety device)")
	fs.StringVar((*string)(&o.afterSilence), "after-silence", string(hub.ClearQueue), "what the relay publishes first when the robot is back after a silence in which it may not have heard commands: none, clear (empty its queue) or halt (a software stop, not a safety device)")
	fs.StringVar(&o.whileHalted, "while-halted", refuseHalted, "what becomes of commands that a halted robot drops in silence: refuse (the client is told who halted it) or pass (they are published; for a driver with commands of its own)")
	fs.BoolVar(&o.exclusive, "exclusive", false, "let only one client at a time command the robot; any client can still stop it")
	fs.StringVar(&o.routerCA, "router-ca", "", "PEM `file` with the certificates to trust for a wss:// router, instead of the system's")
	fs.StringVar(&o.authID, "auth-id", "", "`name` that the relay gives to a router with ticket or wampcra authentication")
	fs.StringVar(&o.authSecret, "auth-secret-file", "", "`file` that holds the secret for -auth-id")
	fs.BoolVar(&o.ticketInClear, "auth-ticket-in-clear", false, "show the secret to a router with ticket authentication even at ws:// on another machine, where anyone on the way can read it")
	fs.StringVar(&o.notice, "notice", "", "`file` in which another program leaves a notice for people, as JSON with time and text; the state shows it")
	fs.IntVar(&o.pagePort, "page-port", 0, "`port` of the status page on this machine, which a browser that connects to -listen is told; 0 means none")
	fs.BoolVar(&o.debug, "debug", false, "log more, payloads included")
	fs.BoolVar(&o.version, "version", false, "print the version and exit")

	err := flaghelp.Explain(fs, fs.Parse(args))
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(stderr, "relay lets plain TCP clients talk to an Opentrons OT-One over crossbar.io. Flags:")
		fs.SetOutput(stderr)
		fs.PrintDefaults()
		return o, err
	}
	o.names = webguard.Names(names)
	if err == nil && fs.NArg() > 0 {
		err = flaghelp.Argument(fs, args)
	}
	if err == nil {
		err = o.check(fs, backend, terminator, allow)
	}
	if err != nil {
		fmt.Fprintf(stderr, "relay: %v (relay -help lists the flags)\n", err)
		return o, errUsage
	}
	return o, nil
}

func terminatorNames() string {
	var names []string
	for _, t := range wire.Terminators {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

func defaultData() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "rawtcpcom")
}
