package network

import (
	"bufio"
	"encoding/hex"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// Prefixes wider than these are no network that a machine is directly on: a
// mistake, or the whole of a tunnel.
const (
	widest4 = 16
	widest6 = 48
)

// routesFile is where Linux lists its routes for IPv6.
const routesFile = "/proc/net/ipv6_route"

// onLink reports whether an address is in a network that this machine is
// directly on. It asks the kernel each time, since networks change (DHCP).
func onLink(addr netip.Addr) bool {
	interfaces, err := net.Interfaces()
	if err != nil {
		return false
	}
	shared := map[string]bool{}
	for _, i := range interfaces {
		// The far end of a tunnel is not here.
		if i.Flags&net.FlagUp == 0 || i.Flags&(net.FlagLoopback|net.FlagPointToPoint) != 0 {
			continue
		}
		shared[i.Name] = true
		assigned, err := i.Addrs()
		if err != nil {
			continue // the interface has gone
		}
		for _, a := range assigned {
			if p, err := netip.ParsePrefix(a.String()); err == nil && isNetwork(p) && p.Contains(addr) {
				return true
			}
		}
	}
	return addr.Is6() && routed(addr, shared)
}

// isNetwork reports whether a prefix can be a network with machines in it. One
// of a single address is this machine, or a peer, alone.
func isNetwork(p netip.Prefix) bool {
	if p.Addr().Is4() {
		return p.Bits() >= widest4
	}
	return p.Bits() >= widest6
}

// routed looks among the routes that have no gateway: an address that came by
// DHCPv6 stands alone, and what network it is in, only the router has told.
func routed(addr netip.Addr, interfaces map[string]bool) bool {
	f, err := os.Open(routesFile)
	if err != nil {
		return false // no IPv6 here
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if p, name, ok := parseRoute(lines.Text()); ok && interfaces[name] && isNetwork(p) && p.Contains(addr) {
			return true
		}
	}
	return false
}

// parseRoute reads a line of routesFile: destination, its length, source, its
// length, next hop, metric, two counters, flags, interface.
func parseRoute(line string) (p netip.Prefix, name string, ok bool) {
	const (
		up      = 0x1
		gateway = 0x2
		reject  = 0x200
	)
	fields := strings.Fields(line)
	if len(fields) != 10 || strings.Trim(fields[4], "0") != "" {
		return p, "", false
	}
	to, err := hex.DecodeString(fields[0])
	if err != nil || len(to) != 16 {
		return p, "", false
	}
	bits, err := strconv.ParseUint(fields[1], 16, 8)
	if err != nil {
		return p, "", false
	}
	flags, err := strconv.ParseUint(fields[8], 16, 32)
	if err != nil || flags&(up|gateway|reject) != up {
		return p, "", false
	}
	p, err = netip.AddrFrom16([16]byte(to)).Prefix(int(bits))
	return p, fields[9], err == nil
}
