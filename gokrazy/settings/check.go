package settings

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rawtcpcom/relay/network"
	"rawtcpcom/relay/routerurl"
	"rawtcpcom/relay/wire"
)

// Check tells what is wrong with values, one by one and together. Nobody may use
// values that have a problem.
func (v Values) Check() []Problem {
	var problems []Problem
	for _, s := range table {
		if value, given := v[s.Key]; given {
			if err := s.Check(value); err != nil {
				problems = append(problems, Problem{Key: s.Key, Text: err.Error()})
			}
		}
	}
	if len(problems) > 0 {
		return problems
	}
	for _, together := range []func(Values) *Problem{staticAddress, gatewayReached, credentials, secured, lampsApart} {
		if p := together(v); p != nil {
			problems = append(problems, *p)
		}
	}
	return problems
}

// Check tells what is wrong with one value, as the end of a sentence that begins
// with the key.
func (s Setting) Check(value string) error {
	switch s.Kind {
	case Number:
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", value)
		}
		if n < s.Min || n > s.Max {
			return fmt.Errorf("%d is not between %d and %d", n, s.Min, s.Max)
		}
	case Switch:
		if value != "true" && value != "false" {
			return fmt.Errorf("%q is not true or false", value)
		}
	case Choice:
		if !slices.Contains(s.Choices, value) {
			return fmt.Errorf("%q is not %s", value, oneOf(s.Choices))
		}
	case Text, List:
		if strings.ContainsFunc(value, unicode.IsControl) {
			return errors.New("it holds a line end or another control character")
		}
	case Lines:
		if strings.ContainsFunc(value, func(c rune) bool { return unicode.IsControl(c) && !strings.ContainsRune("\r\n\t", c) }) {
			return errors.New("it holds a control character")
		}
	}
	if !utf8.ValidString(value) {
		return errors.New("it is not text in UTF-8")
	}
	if s.check != nil && (value != "" || s.Default != "") {
		return s.check(value)
	}
	return nil
}

func oneOf(choices []string) string {
	if len(choices) == 1 {
		return choices[0]
	}
	last := len(choices) - 1
	return strings.Join(choices[:last], ", ") + " or " + choices[last]
}

func notEmpty(value string) error {
	if strings.TrimSpace(value) == "" {
		return errors.New("it is empty; leave the line out for the usual value")
	}
	return nil
}

func routerAddress(value string) error {
	_, err := routerurl.Parse(value, wire.DriverDialect.Router)
	return err
}

var label = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

func hostName(value string) error {
	if !label.MatchString(value) {
		return fmt.Errorf("%q is not a name of letters, digits and hyphens, such as rawtcpcom-lab2", value)
	}
	return nil
}

func prefix(value string) error {
	p, err := netip.ParsePrefix(value)
	switch {
	case err != nil && ipv4(value) == nil:
		return fmt.Errorf("%q does not tell how long the network's part is; write %s/24 for the netmask 255.255.255.0", value, value)
	case err != nil || !p.Addr().Is4():
		return fmt.Errorf("%q is not an address such as 192.168.1.7/24", value)
	case p.Bits() < 8 || p.Bits() > 30:
		return fmt.Errorf("%q has a network's part of %d bits; it is between 8 and 30, and mostly 24", value, p.Bits())
	case p.Addr() == p.Masked().Addr() || p.Addr() == broadcast(p) || p.Addr().IsMulticast() || p.Addr().IsLoopback() || p.Addr().IsUnspecified():
		return fmt.Errorf("%q is no address that a machine can have", value)
	}
	return nil
}

// broadcast is the last address of a network.
func broadcast(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		b[bit/8] |= 1 << (7 - bit%8)
	}
	return netip.AddrFrom4(b)
}

func ipv4(value string) error {
	if a, err := netip.ParseAddr(value); err != nil || !a.Is4() {
		return fmt.Errorf("%q is not an address such as 192.168.1.1", value)
	}
	return nil
}

// server is a host by name or address.
func server(value string) error {
	if _, err := netip.ParseAddr(value); err == nil {
		return nil
	}
	for _, part := range strings.Split(strings.TrimSuffix(value, "."), ".") {
		if !label.MatchString(part) {
			return fmt.Errorf("%q is not the name or the address of a machine", value)
		}
	}
	return nil
}

func hostPort(value string) error {
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		return fmt.Errorf("%q is not a machine and a port; write %s:514", value, value)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return fmt.Errorf("%q has the port %q; a port is between 1 and 65535", value, port)
	}
	return server(host)
}

func networks(value string) error {
	_, err := network.Parse(value)
	return err
}

func each(check func(string) error) func(string) error {
	return func(value string) error {
		for _, item := range Split(value) {
			if err := check(item); err != nil {
				return err
			}
		}
		return nil
	}
}

var ledName = regexp.MustCompile(`^(GPIO[0-9]{1,2}|ACT|PWR|none)$`)

func led(value string) error {
	if !ledName.MatchString(value) {
		return fmt.Errorf("%q is not a pin such as GPIO17, ACT, PWR or none", value)
	}
	return nil
}

func certificates(value string) error {
	if !x509.NewCertPool().AppendCertsFromPEM([]byte(value)) {
		return errors.New("it holds no PEM certificate; one begins with -----BEGIN CERTIFICATE-----")
	}
	return nil
}

// What goes only together.

func staticAddress(v Values) *Problem {
	if v.Get("network.mode") == "static" && v.Get("network.address") == "" {
		return &Problem{Key: "network.address", Text: "it is missing, and network.mode is static; write the box's address, such as 192.168.1.7/24"}
	}
	return nil
}

func gatewayReached(v Values) *Problem {
	address, gateway := v.Get("network.address"), v.Get("network.gateway")
	if v.Get("network.mode") != "static" || address == "" || gateway == "" {
		return nil
	}
	p, g := netip.MustParsePrefix(address), netip.MustParseAddr(gateway)
	if !p.Contains(g) || g == p.Addr() {
		return &Problem{Key: "network.gateway", Text: fmt.Sprintf("%s is not another machine in the network of %s, so the box cannot reach it", gateway, address)}
	}
	return nil
}

func credentials(v Values) *Problem {
	id, secret := v.Get("robot.auth-id"), v.Get("robot.auth-secret")
	switch {
	case id != "" && secret == "":
		return &Problem{Key: "robot.auth-secret", Text: "it is missing, and goes with robot.auth-id"}
	case id == "" && secret != "":
		return &Problem{Key: "robot.auth-id", Text: "it is missing, and goes with robot.auth-secret"}
	case id == "" && v.Get("robot.auth-ticket-in-clear") == "true":
		return &Problem{Key: "robot.auth-ticket-in-clear", Text: "it is about robot.auth-secret, and there is none; leave it out"}
	}
	return nil
}

func secured(v Values) *Problem {
	u, err := url.Parse(v.Get("robot.address"))
	if v.Get("robot.ca") != "" && (err != nil || u.Scheme != "wss") {
		return &Problem{Key: "robot.ca", Text: "it is for a router at wss://, and robot.address begins otherwise"}
	}
	return nil
}

func lampsApart(v Values) *Problem {
	seen := map[string]string{"none": ""}
	for _, key := range []string{"lamps.wamp", "lamps.client", "lamps.board"} {
		if key == "lamps.board" && v[key] == "" {
			continue // gives way by itself
		}
		place := v.Get(key)
		if other := seen[place]; other != "" {
			return &Problem{Key: key, Text: fmt.Sprintf("%s is the LED of %s already", place, other)}
		}
		if place != "none" {
			seen[place] = key
		}
	}
	return nil
}
