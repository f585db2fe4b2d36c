// Package routerurl reads the address of the robot's router as people write it, on
// a command line, in a file of settings and on the page.
package routerurl

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Error is what is wrong with an address, and what to write where that can be
// guessed.
type Error struct {
	Given, Is string
	Write     string // the address that was meant; empty where it cannot be guessed
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%q %s", e.Given, e.Is)
	if e.Write != "" {
		text += "; write " + e.Write
	}
	return text
}

// Parse reads an address such as ws://192.168.1.20:8080/ws. Of what is wrong with
// it, the error, an *Error, names what to write: usual is the router's address on
// the robot itself, with the port and the path that its crossbar.io has.
func Parse(given, usual string) (*url.URL, error) {
	if without, holds := withoutUser(given); holds {
		return nil, &Error{Given: without, Is: "is given with a name or a secret before an @, which no router would get; leave that out, and give them to the settings that are for them"}
	}
	u, err := url.Parse(given)
	if err == nil && (u.Scheme == "ws" || u.Scheme == "wss") && u.Hostname() != "" && !strings.ContainsAny(given, " \t") {
		if n, err := strconv.Atoi(u.Port()); u.Port() != "" && (err != nil || n < 1 || n > 65535) {
			return nil, &Error{Given: given, Is: fmt.Sprintf("has the port %s; a port is between 1 and 65535", u.Port())}
		}
		return u, nil
	}
	if write := meant(given, usual); write != "" {
		return nil, &Error{Given: given, Is: "is not the URL of a WAMP router", Write: write}
	}
	return nil, &Error{Given: given, Is: "is not a URL such as ws://192.168.1.20:8080/ws"}
}

// withoutUser is an address without the name and the secret that it may hold. They
// would be shown wherever the address is.
func withoutUser(given string) (without string, holds bool) {
	scheme, rest := "", given
	if before, after, ok := strings.Cut(given, "://"); ok {
		scheme, rest = before+"://", after
	}
	host, path := rest, ""
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		host, path = rest[:slash], rest[slash:]
	}
	at := strings.LastIndexByte(host, '@')
	return scheme + host[at+1:] + path, at >= 0
}

// meant is given as a WAMP router's URL, empty where that cannot be guessed:
// http:// in place of ws://, no scheme, no port, no path.
func meant(given, usual string) string {
	rest := given
	if scheme, after, ok := strings.Cut(given, "://"); ok {
		if scheme != "http" && scheme != "ws" {
			return ""
		}
		rest = after
	}
	u, err := url.Parse("ws://" + rest)
	robot, _ := url.Parse(usual) // one of ours
	if err != nil || u.Hostname() == "" || strings.ContainsAny(rest, " \t") {
		return ""
	}
	if u.Port() == "" {
		u.Host += ":" + robot.Port()
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = robot.Path
	}
	return u.String()
}
