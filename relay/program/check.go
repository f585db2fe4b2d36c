package program

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/network"
	"rawtcpcom/relay/routerurl"
	"rawtcpcom/relay/wire"
)

// check makes the raw values usable, or says in one line what is wrong.
func (o *options) check(fs *flag.FlagSet, backend, terminator, allow string) error {
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if err := o.checkRobot(backend, given); err != nil {
		return err
	}
	u, err := routerURL(o.router, o.backend.Router)
	if err != nil {
		return err
	}
	for _, check := range []func() error{
		o.checkSettings,
		o.checkAddresses, o.checkNumbers, o.checkStops, o.checkCheck,
		func() error { return o.setTerminator(terminator) },
	} {
		if err := check(); err != nil {
			return err
		}
	}
	if o.allow, err = network.Parse(allow); err != nil {
		return fmt.Errorf("-allow: %w", err)
	}
	if o.data == "" {
		return errors.New("-data is empty and there is no home directory; name a directory to keep the client ids in")
	}
	return o.secure(u.Scheme)
}

// routerURL reads -router.
func routerURL(given, usual string) (*url.URL, error) {
	if given == "" {
		return &url.URL{}, nil // no robot is set
	}
	u, err := routerurl.Parse(given, usual)
	if wrong := (*routerurl.Error)(nil); errors.As(err, &wrong) {
		text := fmt.Sprintf("-router %q %s", wrong.Given, wrong.Is)
		if wrong.Write != "" {
			text += "; write -router " + wrong.Write
		}
		return nil, errors.New(text)
	}
	return u, err
}

// checkRobot sees to which robot is meant, and where its router is.
func (o *options) checkRobot(backend string, given map[string]bool) error {
	switch {
	case o.simulate && given["router"]:
		return errors.New("-simulate brings its own router; leave out -router, or -simulate")
	case given["router-listen"] && !o.simulate:
		return errors.New("-router-listen is for the router that -simulate starts")
	case o.realm == "":
		return errors.New("-realm is empty; crossbar.io on the robot has ot_realm")
	}
	return o.setBackend(backend, given["router"])
}

func (o *options) checkAddresses() error {
	for _, a := range []struct{ name, addr string }{{"listen", o.listen}, {"http", o.http}, {"router-listen", o.routerListen}} {
		if _, _, err := net.SplitHostPort(a.addr); err != nil && (a.name != "http" || a.addr != "") {
			if _, digits := strconv.Atoi(a.addr); digits == nil {
				return fmt.Errorf("-%s %q is a port and no address; write -%s :%s", a.name, a.addr, a.name, a.addr)
			}
			return fmt.Errorf("-%s %q is not an address such as :7887 or 127.0.0.1:7887", a.name, a.addr)
		}
	}
	return nil
}

// checkNumbers also puts numbers in for those that follow from -max-clients.
func (o *options) checkNumbers() error {
	bounds := []struct {
		name               string
		value, least, most int
	}{
		{"max-clients", o.maxClients, 1, 1000},
		{"max-message", o.maxMessage, 1024, 64 << 20},
		{"max-connections", o.maxConnections, 0, 10000},
		{"max-per-address", o.maxPerAddress, 0, 10000},
		{"page-port", o.pagePort, 0, 65535},
	}
	for _, b := range bounds {
		if b.value < b.least || b.value > b.most {
			return fmt.Errorf("-%s %d is not between %d and %d", b.name, b.value, b.least, b.most)
		}
	}
	if o.maxConnections == 0 {
		o.maxConnections = o.maxClients + 60
	}
	if o.maxPerAddress == 0 {
		o.maxPerAddress = o.maxClients + 12
	}
	if o.idleTimeout < 0 || o.handshakeTimeout < 0 {
		return errors.New("-idle-timeout and -handshake-timeout cannot be negative")
	}
	return nil
}

// checkStops sees to the flags that name what is published to stop the robot.
func (o *options) checkStops() error {
	if !slices.Contains(hub.Stops, o.onDisconnect) {
		return fmt.Errorf("-on-disconnect %q is not none, clear or halt", o.onDisconnect)
	}
	if !slices.Contains(hub.Stops, o.afterSilence) {
		return fmt.Errorf("-after-silence %q is not none, clear or halt", o.afterSilence)
	}
	if o.whileHalted != refuseHalted && o.whileHalted != passHalted {
		return fmt.Errorf("-while-halted %q is not %s or %s", o.whileHalted, refuseHalted, passHalted)
	}
	return nil
}

func (o *options) checkCheck() error {
	if o.checkCommands != "known" && o.checkCommands != "off" {
		return fmt.Errorf("-check %q is not known or off", o.checkCommands)
	}
	return nil
}

func (o *options) setTerminator(terminator string) error {
	i := slices.IndexFunc(wire.Terminators[:], func(t struct{ Name, Bytes string }) bool { return t.Name == terminator })
	if i < 0 {
		return fmt.Errorf("-terminator %q is not one of %s", terminator, terminatorNames())
	}
	o.terminator = wire.Terminators[i].Bytes
	return nil
}
