package iface

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Addresses are those of IPv4 that the interface has.
func Addresses(name string) ([]netip.Prefix, error) {
	l, err := netlink.LinkByName(name)
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", name, err)
	}
	all, err := netlink.AddrList(l, netlink.FAMILY_V4)
	if err != nil {
		return nil, fmt.Errorf("look at the addresses of %s: %w", name, err)
	}
	var found []netip.Prefix
	for _, a := range all {
		found = append(found, prefix(a.IPNet))
	}
	return found, nil
}

func prefix(n *net.IPNet) netip.Prefix {
	address, _ := netip.AddrFromSlice(n.IP)
	bits, _ := n.Mask.Size()
	return netip.PrefixFrom(address.Unmap(), bits)
}

// Apply gives the interface this address and this gateway, and no others. What
// it has already is left alone, with the connections that use it. An invalid
// address or gateway stands for none.
func Apply(name string, address netip.Prefix, gateway netip.Addr) error {
	l, err := netlink.LinkByName(name)
	if err != nil {
		return fmt.Errorf("give %s an address: %w", name, err)
	}
	if err := replaceAddress(l, address); err != nil {
		return fmt.Errorf("give %s the address %s: %w", name, address, err)
	}
	if err := replaceGateway(l, gateway); err != nil {
		return fmt.Errorf("give %s the gateway %s: %w", name, gateway, err)
	}
	return nil
}

// replaceAddress removes the others first: where two are in one network, the
// kernel makes the later one depend on the one before, and removes both at once.
func replaceAddress(l netlink.Link, address netip.Prefix) error {
	all, err := netlink.AddrList(l, netlink.FAMILY_V4)
	if err != nil {
		return err
	}
	there := false
	for _, a := range all {
		if prefix(a.IPNet) == address && a.Flags&unix.IFA_F_SECONDARY == 0 {
			there = true
			continue
		}
		if err := netlink.AddrDel(l, &a); err != nil {
			return fmt.Errorf("remove %s: %w", a.IPNet, err)
		}
	}
	if there || !address.IsValid() {
		return nil
	}
	a := &netlink.Addr{IPNet: &net.IPNet{IP: address.Addr().AsSlice(), Mask: net.CIDRMask(address.Bits(), 32)}}
	if address.Addr().IsLinkLocalUnicast() {
		a.Scope = unix.RT_SCOPE_LINK
	}
	return netlink.AddrReplace(l, a)
}

// everywhere is where a gateway leads.
var everywhere = &net.IPNet{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}

func replaceGateway(l netlink.Link, gateway netip.Addr) error {
	routes, err := netlink.RouteList(l, netlink.FAMILY_V4)
	if err != nil {
		return err
	}
	for _, r := range routes {
		leads := r.Gw != nil && (r.Dst == nil || r.Dst.String() == everywhere.String())
		if leads && !(gateway.IsValid() && r.Gw.Equal(gateway.AsSlice())) {
			if err := netlink.RouteDel(&r); err != nil {
				return fmt.Errorf("remove %s: %w", r.Gw, err)
			}
		}
	}
	if !gateway.IsValid() {
		return nil
	}
	// On-link: a lease with a mask of 32 bits has its gateway in no network.
	return netlink.RouteReplace(&netlink.Route{LinkIndex: l.Attrs().Index, Dst: everywhere, Gw: gateway.AsSlice(), Flags: int(netlink.FLAG_ONLINK)})
}
