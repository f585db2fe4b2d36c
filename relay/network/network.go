// Package network tells who may connect, by address, for the relay and for the
// status program.
package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Default lets in who is near: private networks, and those that this machine is
// directly on, as a lab's own network may have public addresses.
const Default = "private,local"

// private are this machine and the networks that are not routed on the
// internet (RFC 1918, 3927, 4193, 4291).
const private = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,169.254.0.0/16,::1/128,fc00::/7,fe80::/10"

// Networks are networks that may connect; none lets nobody in. Local among
// them stands for those that this machine is directly on, whichever they are
// when somebody connects.
type Networks []netip.Prefix

// Local is no network of its own, see Networks.
var Local netip.Prefix

// Parse reads a list such as "10.1.0.0/16,192.168.7.20", in which "private" and
// "local" may stand for networks, see Default.
func Parse(list string) (Networks, error) {
	var networks Networks
	for _, text := range strings.Split(list, ",") {
		switch text = strings.TrimSpace(text); text {
		case "private":
			for _, network := range strings.Split(private, ",") {
				networks = append(networks, netip.MustParsePrefix(network))
			}
			continue
		case "local":
			networks = append(networks, Local)
			continue
		}
		if addr, err := netip.ParseAddr(text); err == nil {
			networks = append(networks, netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a network such as 192.168.1.0/24, private or local; several are set apart by commas", text)
		}
		networks = append(networks, network.Masked())
	}
	return networks, nil
}

// Contain reports whether an address lies in one of the networks.
func (n Networks) Contain(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	for _, network := range n {
		if network.Contains(addr) {
			return true
		}
	}
	return addr.IsValid() && slices.Contains(n, Local) && onLink(addr)
}

// ContainRemote is Contain for a connection's remote address, host:port.
func (n Networks) ContainRemote(remote string) bool {
	addr, err := netip.ParseAddrPort(remote)
	return err == nil && n.Contain(addr.Addr())
}
