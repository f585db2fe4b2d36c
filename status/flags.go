package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"

	"rawtcpcom/gokrazy/names/report"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/flaghelp"
	"rawtcpcom/relay/network"
	"rawtcpcom/relay/webguard"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/relayapi"
)

// options is the command line after it was found sound.
type options struct {
	version    bool
	relay      *relayapi.Relay
	relayTCP   string
	clientPort string
	http       string
	wiring     lamp.Wiring
	console    bool
	allow      network.Networks
	names      []string
	namesFile  string
	adminPort  int
	settings   string         // the file, empty for none
	search     []netip.Prefix // empty: those that this machine is directly on
}

// errHelp means that the flags were explained, as asked for.
var errHelp = errors.New("help")

func parseFlags(args []string, help io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("status", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	relay := f.String("relay", "http://127.0.0.1:7888", "`URL` of the relay's state API")
	f.StringVar(&o.relayTCP, "relay-tcp", "127.0.0.1:7887", "`address` where the relay takes TCP clients; the console connects there")
	f.StringVar(&o.http, "http", ":80", "`address` of the page")
	settings.StringFlag(f, settings.Status, &o.wiring.WAMP, "wamp-led", "LED")
	settings.StringFlag(f, settings.Status, &o.wiring.Client, "client-led", "LED")
	settings.StringFlag(f, settings.Status, &o.wiring.Board, "board-led", "LED")
	settings.BoolFlag(f, settings.Status, &o.wiring.ActiveLow, "active-low")
	settings.BoolFlag(f, settings.Status, &o.console, "console")
	var allow string
	settings.StringFlag(f, settings.Status, &allow, "allow", "networks")
	names := f.String("names", "", "more host `names` under which the page answers, comma-separated; IP addresses, localhost, the host name and names in .local always work")
	f.StringVar(&o.namesFile, "names-file", report.Path, "`file` in which the box's program names tells under which names the box is found")
	f.IntVar(&o.adminPort, "admin-port", 0, "`port` of gokrazy's administration, which the page links to; 0 means no link")
	f.StringVar(&o.settings, "settings", "", "`file` of the box's settings, settings.toml in a folder of its own: the page changes it, and what it sets counts where no flag says otherwise; empty for none")
	searched := f.String("search", "", "`networks` to look for a robot in when the page is asked to, comma-separated, of each at most a /22; empty for those that this machine is directly on")
	f.BoolVar(&o.version, "version", false, "print the version and exit")
	if err := flaghelp.Explain(f, f.Parse(args)); errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(help, "status shows the relay's state on LEDs and on a web page. Its flags:")
		f.SetOutput(help)
		f.PrintDefaults()
		return o, errHelp
	} else if err != nil {
		return o, fmt.Errorf("%w (status -help lists the flags)", err)
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("%w (status -help lists the flags)", flaghelp.Argument(f, args))
	}
	o.wiring.Asked = map[lamp.Lamp]bool{}
	f.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "wamp-led":
			o.wiring.Asked[lamp.WAMP] = true
		case "client-led":
			o.wiring.Asked[lamp.Client] = true
		case "board-led":
			o.wiring.Asked[lamp.Board] = true
		}
	})
	return o, cmp.Or(o.check(*relay, allow, *names), o.checkSettings(*searched))
}

// check judges the values together; its errors are one line each.
func (o *options) check(relay, allow, names string) error {
	var err error
	if o.relay, err = relayapi.NewRelay(relay); err != nil {
		return fmt.Errorf("-relay: %w", err)
	}
	if _, o.clientPort, err = net.SplitHostPort(o.relayTCP); err != nil {
		return fmt.Errorf("-relay-tcp: %q is not host:port: %w", o.relayTCP, err)
	}
	if _, port, err := net.SplitHostPort(o.http); err != nil {
		if _, digits := strconv.Atoi(o.http); digits == nil {
			return fmt.Errorf("-http: %q is a port and no address; write -http :%s", o.http, o.http)
		}
		return fmt.Errorf("-http: %q is not host:port or :port: %w", o.http, err)
	} else if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("-http: %q is not a port between 0 and 65535", port)
	}
	if o.adminPort < 0 || o.adminPort > 65535 {
		return fmt.Errorf("-admin-port: %d is not a port between 1 and 65535, or 0 for no link", o.adminPort)
	}
	if o.allow, err = network.Parse(allow); err != nil {
		return fmt.Errorf("-allow: %w", err)
	}
	// A lamp that took the board's LED for itself takes it from the combined one.
	if !o.wiring.Asked[lamp.Board] && o.wiring.BoardTaken() {
		o.wiring.Board = lamp.None
	}
	if err := o.wiring.Check(); err != nil {
		return err
	}
	o.names = webguard.Names(names)
	return nil
}

func (o *options) checkSettings(searched string) error {
	if o.settings != "" && filepath.Clean(o.settings) != settings.File(o.settings).Path() {
		return fmt.Errorf("-settings: %q is not a file with the name %s", o.settings, filepath.Base(settings.File("x").Path()))
	}
	for _, text := range settings.Split(searched) {
		p, err := netip.ParsePrefix(text)
		if err != nil || !p.Addr().Is4() {
			return fmt.Errorf("-search: %q is not a network such as 192.168.1.0/24", text)
		}
		o.search = append(o.search, p)
	}
	return nil
}
