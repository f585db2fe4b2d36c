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

	"rawtcpcom/gokrazy/settings"
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

	settings   string          // the file; empty for none
	values     settings.Values // what it holds
	first      settings.Values // what it is to hold where it is not there yet
	args       []string        // the command line as it was given
	started    time.Time       // the program, whatever settings it has had since
	ownProcess bool            // the relay is all that runs in it
	stale      map[robot]bool  // robots that were left with commands that they may not have heard
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
	o, fs, err := readOptions(args, nil)
	o.args = args
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(stderr, "relay lets plain TCP clients talk to an Opentrons OT-One over crossbar.io. Flags:")
		fs.SetOutput(stderr)
		fs.PrintDefaults()
		return o, err
	}
	if err != nil {
		fmt.Fprintf(stderr, "relay: %v (relay -help lists the flags)\n", err)
		return o, errUsage
	}
	return o, nil
}

// readOptions reads flags, and what of the settings is no flag.
func readOptions(args []string, values settings.Values) (options, *flag.FlagSet, error) {
	o := options{values: values}
	var backend, terminator, allow, names string
	fs := flag.NewFlagSet("relay", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.listen, "listen", ":7887", "`address` that TCP clients connect to")
	settings.StringFlag(fs, settings.Relay, &backend, "backend", "what")
	fs.StringVar(&o.router, "router", "", settings.Usage(settings.Relay, "router", "URL")+" (default "+backendRouters()+"; with -settings none)")
	settings.StringFlag(fs, settings.Relay, &o.realm, "realm", "realm")
	fs.StringVar(&o.http, "http", "127.0.0.1:7888", "`address` of the state API; empty for none")
	fs.StringVar(&o.data, "data", defaultData(), "`directory` in which the client ids are kept; where it cannot be used, they are made of the machine's serial number")
	fs.BoolVar(&o.simulate, "simulate", false, "start a router and a simulated robot in this process, and use them")
	fs.StringVar(&o.routerListen, "router-listen", "127.0.0.1:0", "`address` of the router that -simulate starts; WAMP clients join at /ws")
	settings.IntFlag(fs, settings.Relay, &o.maxClients, "max-clients", "")
	fs.IntVar(&o.maxMessage, "max-message", 1<<20, "largest message from a client, in `bytes`")
	settings.StringFlag(fs, settings.Relay, &terminator, "terminator", "")
	fs.BoolVar(&o.allowDangerousMeta, "allow-dangerous-meta", false, "let through the meta commands that break the driver: "+strings.Join(wire.DangerousMeta(), ", "))
	settings.StringFlag(fs, settings.Relay, &o.checkCommands, "check", "what")
	settings.StringFlag(fs, settings.Relay, &allow, "allow", "networks")
	fs.StringVar(&names, "names", "", "more host `names` under which the state API answers, comma-separated; IP addresses, localhost, the host name and names in .local always work")
	fs.IntVar(&o.maxConnections, "max-connections", 0, "`number` of TCP connections at once, those without an id included; 0 means 60 more than -max-clients")
	fs.IntVar(&o.maxPerAddress, "max-per-address", 0, "`number` of TCP connections at once from one address; 0 means 12 more than -max-clients")
	fs.DurationVar(&o.idleTimeout, "idle-timeout", 0, "close a client that has sent nothing for this long; 0 means never")
	fs.DurationVar(&o.handshakeTimeout, "handshake-timeout", 0, "close a client whose handshake takes longer than this; 0 means never")
	settings.StringFlag(fs, settings.Relay, (*string)(&o.onDisconnect), "on-disconnect", "")
	settings.StringFlag(fs, settings.Relay, (*string)(&o.afterSilence), "after-silence", "")
	fs.StringVar(&o.whileHalted, "while-halted", refuseHalted, "what becomes of commands that a halted robot drops in silence: refuse (the client is told who halted it) or pass (they are published; for a driver with commands of its own)")
	settings.BoolFlag(fs, settings.Relay, &o.exclusive, "exclusive")
	fs.StringVar(&o.routerCA, "router-ca", "", "PEM `file` with the certificates to trust for a wss:// router, instead of the system's")
	settings.StringFlag(fs, settings.Relay, &o.authID, "auth-id", "name")
	fs.StringVar(&o.authSecret, "auth-secret-file", "", "`file` that holds the secret for -auth-id")
	settings.BoolFlag(fs, settings.Relay, &o.ticketInClear, "auth-ticket-in-clear")
	fs.StringVar(&o.notice, "notice", "", "`file` in which another program leaves a notice for people, as JSON with time and text; the state shows it")
	fs.IntVar(&o.pagePort, "page-port", 0, "`port` of the status page on this machine, which a browser that connects to -listen is told; 0 means none")
	fs.StringVar(&o.settings, "settings", "", "`file` of a box's settings: what it holds counts where no flag is given, and the relay starts anew when it changes; without a router in it or in -router, no robot is dialled")
	fs.Func("first-setting", "`KEY=VALUE` of a setting to begin with where the file of -settings is not there yet; again for another", o.addFirst)
	fs.BoolVar(&o.debug, "debug", false, "log more, payloads included")
	fs.BoolVar(&o.version, "version", false, "print the version and exit")

	err := flaghelp.Explain(fs, fs.Parse(args))
	o.names = webguard.Names(names)
	if err == nil && fs.NArg() > 0 {
		err = flaghelp.Argument(fs, args)
	}
	if err == nil {
		err = o.check(fs, backend, terminator, allow)
	}
	return o, fs, err
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
