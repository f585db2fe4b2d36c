package health

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"rawtcpcom/relay/state"
)

const (
	routerTitle  = "Router"
	sessionTitle = "WAMP session"
)

// unanswered is the report on a relay that does not answer: every link is
// unknown, and the relay is why.
func unanswered(reason string) Report {
	do := "The relay is the program on this box that passes the messages"
	if reason != "" {
		do += "; " + reason
	}
	do += ". It is restarted by itself within seconds. If this stays for a minute, switch the box off and on; if it comes back, read the relay's log."
	var r Report
	titles := map[Name]string{Router: routerTitle, Session: sessionTitle, Robot: softwareOf(state.Robot{}).title, Client: clientTitle}
	for _, name := range Names {
		r.Links = append(r.Links, Link{
			Name: name, Title: titles[name], Kind: RelayAway, Short: "not known",
			Line: "not known: the relay does not answer", Why: "The relay does not answer.", Do: do,
		})
	}
	return r
}

func router(r state.Router) Link {
	host := hostPort(r.URL)
	switch {
	case r.State == state.RouterJoined:
		return fine(Router, routerTitle, r.Since, host)
	case r.Reached:
		return fine(Router, routerTitle, noTime, host+" listens")
	}
	l := Link{Name: Router, Title: routerTitle, Kind: RouterAway, Line: "looking for " + r.URL}
	if r.Error == "" {
		l.Short = "looking for " + host
		l.Why = "The relay is looking for the robot's router at " + r.URL + "."
		l.Do = "Wait a few seconds. The robot takes a minute or two to start."
		return l
	}
	l.Line += ": " + r.Error
	l.Short, l.Why, l.Do = unreachable(r.URL, host, r.Error)
	return l
}

// unreachable turns the kernel's word, which is somewhere in reason, into a
// sentence and a remedy.
func unreachable(where, host, reason string) (short, why, do string) {
	says := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(reason, p) {
				return true
			}
		}
		return false
	}
	switch {
	case says("no such host", ": lookup "):
		return "no such host",
			"The robot's router cannot be found: nobody knows the name in " + where + ".",
			"Give the relay the robot's IP address with -router, or make the name known to the network."
	case says("connection refused"):
		return "connection refused",
			"There is a machine at " + host + ", but no router runs on it.",
			"If that is the robot, wait two minutes after switching it on, then restart it. If not, correct the relay's -router address."
	case says("timeout", "timed out", "no answer", "no route", "unreachable"):
		return "no answer",
			"The robot's router at " + host + " cannot be reached.",
			"Is the robot on? Are the robot and this box on the same network? If the robot's address changed, correct the relay's -router address."
	}
	return "no answer",
		"The robot's router at " + host + " does not answer: " + strings.TrimSuffix(reason, ".") + ".",
		"Check that the robot is on and on the same network, and that the relay's -router address is right."
}

func session(r state.Router) Link {
	if r.State == state.RouterJoined {
		return fine(Session, sessionTitle, r.Since, "realm "+r.Realm)
	}
	reason := r.Error
	if reason == "" {
		reason = "it is being set up"
	}
	return Link{
		Name: Session, Title: sessionTitle, Kind: NoSession, Since: r.Since, Short: "none",
		Line: "none with " + r.URL + ": " + reason,
		Why:  fmt.Sprintf("The router at %s answers, but there is no WAMP session with it: %s.", hostPort(r.URL), strings.TrimSuffix(reason, ".")),
		Do:   fmt.Sprintf("Check that the path of %s and the realm %q are those of the robot; restart the robot if they are.", r.URL, r.Realm),
	}
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
