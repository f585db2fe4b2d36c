package search

import (
	"net"
	"net/netip"
	"slices"
)

// widest is how many bits the network's part of an address has at least. Of a
// wider network, the part that the machine itself is in is searched.
const widest = 22

// Networks are the IPv4 networks that this machine is directly on, and its own
// addresses in them.
func Networks() (networks []netip.Prefix, own []netip.Addr) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, nil
	}
	for _, i := range interfaces {
		addresses, err := i.Addrs()
		if err != nil || i.Flags&net.FlagUp == 0 || i.Flags&(net.FlagLoopback|net.FlagPointToPoint) != 0 {
			continue
		}
		for _, a := range addresses {
			p, err := netip.ParsePrefix(a.String())
			if err == nil && p.Addr().Is4() {
				networks, own = append(networks, p), append(own, p.Addr())
			}
		}
	}
	return networks, own
}

// Hosts are the addresses to look at, each once: those of the networks without the
// network's own and the broadcast address.
func Hosts(networks []netip.Prefix, own []netip.Addr) (hosts []netip.Addr) {
	seen := map[netip.Addr]bool{}
	for _, p := range networks {
		p = netip.PrefixFrom(p.Addr(), max(p.Bits(), widest)).Masked()
		for a := p.Addr(); p.Contains(a); a = a.Next() {
			last := !p.Contains(a.Next())
			if p.Bits() < 31 && (a == p.Addr() || last) || seen[a] || slices.Contains(own, a) {
				continue
			}
			if len(hosts) == MaxHosts {
				return hosts
			}
			seen[a] = true
			hosts = append(hosts, a)
		}
	}
	return hosts
}
