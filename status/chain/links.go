package chain

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"rawtcpcom/relay/state"
)

func power(Facts) finding { return good(Power, "on", time.Time{}) }

func network(f Facts) finding {
	if len(f.Addresses) > 0 {
		return good(Network, strings.Join(f.Addresses, ", "), time.Time{})
	}
	if f.Answering && local(f.State.Router.URL) {
		return good(Network, "none, and none is needed: the router is on this machine", time.Time{})
	}
	return bad(Network, "none", time.Time{},
		"This box has no network address.",
		"Plug in the network cable and look whether the lights of the socket shine. The address comes by DHCP; a network without it needs a static address in the box's configuration.")
}

// unheard is a link of which only the relay could tell.
func unheard(name string, f Facts) finding {
	found := bad(name, "not known", time.Time{},
		"The relay does not answer.",
		"The relay is the program on this box that passes the messages; "+f.AnswerError+". It is restarted by itself within seconds. If this stays for a minute, switch the box off and on; if it comes back, read the relay's log.")
	found.broken.Link = Relay
	return found
}

func router(f Facts) finding {
	if !f.Answering {
		return unheard(Router, f)
	}
	r := f.State.Router
	host := hostPort(r.URL)
	if r.State == state.RouterJoined {
		return good(Router, host, r.Since)
	}
	if !f.Dial.Done || f.Dial.Address != host {
		return bad(Router, "looking for "+host, time.Time{},
			"The relay is looking for the robot's router at "+r.URL+".",
			"Wait a few seconds. The robot takes a minute or two to start.")
	}
	if f.Dial.Err == "" {
		return good(Router, host+" listens", time.Time{})
	}
	text, do := unreachable(r.URL, host, f.Dial.Err)
	return bad(Router, f.Dial.Err, time.Time{}, text, do)
}

// unreachable turns the kernel's word into a sentence and a remedy.
func unreachable(where, host, reason string) (text, do string) {
	switch {
	case strings.Contains(reason, "no such host"), strings.Contains(reason, "lookup"):
		return "The robot's router cannot be found: nobody knows the name in " + where + ".",
			"Give the relay the robot's IP address with -router, or make the name known to the network."
	case strings.Contains(reason, "refused"):
		return "There is a machine at " + host + ", but no router runs on it.",
			"If that is the robot, wait two minutes after switching it on, then restart it. If not, correct the relay's -router address."
	case strings.Contains(reason, "timeout"), strings.Contains(reason, "timed out"), strings.Contains(reason, "no route"), strings.Contains(reason, "unreachable"):
		return "The robot's router at " + host + " cannot be reached.",
			"Is the robot on? Are the robot and this box on the same network? If the robot's address changed, correct the relay's -router address."
	}
	return "The robot's router at " + host + " does not answer: " + reason + ".",
		"Check that the robot is on and on the same network, and that the relay's -router address is right."
}

func session(f Facts) finding {
	if !f.Answering {
		return unheard(Session, f)
	}
	r := f.State.Router
	if r.State == state.RouterJoined {
		return good(Session, "realm "+r.Realm, r.Since)
	}
	reason := r.Error
	if reason == "" {
		reason = "it is being set up"
	}
	return bad(Session, "none", r.Since,
		fmt.Sprintf("The router at %s answers, but there is no WAMP session with it: %s.", hostPort(r.URL), strings.TrimSuffix(reason, ".")),
		fmt.Sprintf("Look whether the path of %s and the realm %q are those of the robot; restart the robot if they are.", r.URL, r.Realm))
}

func driver(f Facts) finding {
	if !f.Answering {
		return unheard(Driver, f)
	}
	d := f.State.Driver
	if d.State == state.DriverPresent {
		return good(Driver, "answers", d.Since)
	}
	if d.State == state.DriverUnknown {
		return bad(Driver, "not heard of yet", d.Since,
			"The router is there, but the robot's driver has not been heard of yet.",
			"Wait a few seconds. The driver starts later than the router.")
	}
	text := "The router is there, but the robot's driver is absent"
	if d.Error != "" {
		text += ": " + strings.TrimSuffix(d.Error, ".")
	}
	return bad(Driver, "absent", d.Since, text+".",
		"Wait a minute after the robot was switched on. If it stays like this, restart the robot: its driver is not running.")
}

func client(f Facts) finding {
	if !f.Answering {
		return unheard(Client, f)
	}
	clients := f.State.Clients
	done, failed := 0, (*state.Client)(nil)
	var first time.Time
	for i, c := range clients {
		if c.Handshake.Done() {
			if done++; done == 1 {
				first = c.Since
			}
		}
		if c.Handshake == state.HandshakeFailed && failed == nil {
			failed = &clients[i]
		}
	}
	switch {
	case done == 1:
		return good(Client, "1 connected", first)
	case done > 1:
		return good(Client, fmt.Sprintf("%d connected", done), first)
	case failed != nil:
		return bad(Client, "refused by the driver", time.Time{},
			fmt.Sprintf("The robot's driver refused the client at %s.", failed.Remote),
			"The driver takes five ids until it is restarted, those of browsers included. Restart the robot.")
	case len(clients) > 0:
		return bad(Client, "waits for its handshake", time.Time{},
			fmt.Sprintf("The client at %s is connected and waits for the driver's handshake.", clients[0].Remote),
			"It comes by itself within seconds. If it does not, close the client below and connect again.")
	}
	found := bad(Client, "none connected", time.Time{},
		"Ready. No client is connected.",
		"Connect your program to TCP port "+f.ClientPort+where(f.Addresses)+".")
	found.broken.Waiting = true
	return found
}

func where(addresses []string) string {
	if len(addresses) == 0 {
		return ""
	}
	return " of " + addresses[0]
}

// hostPort is host:port of a WebSocket address, or the address as it is.
func hostPort(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	if u.Port() != "" {
		return u.Host
	}
	if u.Scheme == "wss" {
		return net.JoinHostPort(u.Hostname(), "443")
	}
	return net.JoinHostPort(u.Hostname(), "80")
}

func local(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
