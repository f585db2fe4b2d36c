package health

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
)

const (
	routerTitle  = "Router"
	sessionTitle = "WAMP session"
)

// unanswered is the report on a relay that does not answer: every link is
// unknown, and the relay is why.
func unanswered(reason string, at place.Place) Report {
	do := "The relay is the program on " + at.This() + " that passes the messages"
	if reason != "" {
		do += "; " + reason
	}
	if at == place.Box {
		do += ". It is restarted by itself within seconds. If this stays for a minute, read the relay's log, which does not outlast a restart. Then switch the box off and on."
	} else {
		do += ". Start it again; the last lines that it wrote say why it ended."
	}
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

func router(r state.Router, at place.Place) Link {
	host := hostPort(r.URL)
	switch {
	case r.State == state.RouterNotSet:
		l := Link{Name: Router, Title: routerTitle, Kind: NoRobotSet, Short: "no robot is set", Line: "no robot is set"}
		l.Why, l.Do = noRobotIsSet, howToSetIt(at)
		return l
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
	l.Short, l.Why, l.Do = unreachable(r, host, at)
	return l
}

const noRobotIsSet = "No robot is set."

func howToSetIt(at place.Place) string {
	if at == place.Box {
		return "Set its address on this box's page, under Settings: " + at.Name("router") + "."
	}
	return "Name it: " + at.Set("router", "ws://ADDRESS:8080/ws") + "."
}

// NoRobotIsSet says so to a program, with what to do.
func NoRobotIsSet(at place.Place) string {
	return "no robot is set; " + at.Set("router", "ws://ADDRESS:8080/ws")
}

// unreachable turns the kernel's word, which is somewhere in the error, into a
// sentence and a remedy.
func unreachable(r state.Router, host string, at place.Place) (short, why, do string) {
	says := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(r.Error, p) {
				return true
			}
		}
		return false
	}
	set := at.Set("router", elsewhere(r.URL))
	switch {
	case says("no such host", ": lookup "):
		return "no such host",
			"The robot's router cannot be found: nobody knows the name in " + r.URL + ".",
			"Use the robot's IP address: " + set + ". Or make the name known to the network."
	case says("connection refused"):
		return "connection refused",
			"There is a machine at " + host + ", but no router runs on it.",
			"If that is the robot, wait two minutes after switching it on, then restart it. If not, set the robot's address: " + set + "."
	case says("timeout", "timed out", "no answer", "no route", "unreachable"):
		return "no answer",
			"The robot's router at " + host + " cannot be reached.",
			"Is the robot on? Are the robot and " + at.This() + " on the same network? If the robot has another address, set it: " + set + "."
	}
	return "no answer",
		"The robot's router at " + host + " does not answer: " + strings.TrimRight(r.Error, ".?") + ".",
		"Check that the robot is on and on the same network. If it has another address, set it: " + set + "."
}

// elsewhere is a router's URL with ADDRESS in place of the host, to be filled in.
func elsewhere(router string) string {
	u, err := url.Parse(router)
	if err != nil || u.Host == "" {
		return "ws://ADDRESS:8080/ws"
	}
	u.Host = "ADDRESS" + strings.TrimPrefix(u.Host, strings.TrimSuffix(u.Host, ":"+u.Port()))
	return u.String()
}

func session(r state.Router, at place.Place) Link {
	if r.State == state.RouterJoined || r.State == state.RouterNotSet { // then After cuts it off
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
		Do:   refusedSession(r, at),
	}
}

// refusedSession is what to do about a router that gives no session: the error
// often names the flags that may be wrong.
func refusedSession(r state.Router, at place.Place) string {
	const restart = " If they are right already, restart the robot."
	switch {
	case strings.Contains(r.Error, "no_such_realm"):
		return fmt.Sprintf("The realm %q has to be the robot's: %s.", r.Realm, at.Set("realm", "NAME")) + restart
	case strings.Contains(r.Error, "opened no WebSocket"):
		return "The address has to end as the robot's does, in /ws: " + at.Set("router", "ws://"+hostPort(r.URL)+"/ws") + "." + restart
	}
	if flags := place.FlagsIn(r.Error); flags != nil {
		for i, flag := range flags {
			flags[i] = at.Name(flag)
		}
		return "Correct " + strings.Join(flags, " or ") + " " + at.Settings() + "." + restart
	}
	return fmt.Sprintf("The address %s and the realm %q have to be the robot's. For another address, %s.", r.URL, r.Realm, at.Set("router", elsewhere(r.URL))) + restart
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
