package program

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// routerURL reads -router. Of what is wrong with it, the error names what to
// write: usual is the router's address on the robot itself, with the port and
// the path that its crossbar.io has.
func routerURL(given, usual string) (*url.URL, error) {
	u, err := url.Parse(given)
	if err == nil && (u.Scheme == "ws" || u.Scheme == "wss") && u.Hostname() != "" && !strings.ContainsAny(given, " \t") {
		return u, checkPort(given, u.Port())
	}
	is := "is not a URL such as ws://192.168.1.20:8080/ws"
	if meant := meantURL(given, usual); meant != "" {
		is = "is not the URL of a WAMP router; write -router " + meant
	}
	return nil, fmt.Errorf("-router %q %s", given, is)
}

func checkPort(given, port string) error {
	if n, err := strconv.Atoi(port); port != "" && (err != nil || n < 1 || n > 65535) {
		return fmt.Errorf("-router %q has the port %s; a port is between 1 and 65535", given, port)
	}
	return nil
}

// meantURL is given as a WAMP router's URL, empty where that cannot be guessed:
// http:// in place of ws://, no scheme, no port, no path.
func meantURL(given, usual string) string {
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
