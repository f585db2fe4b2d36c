package dhcp

import (
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv4/nclient4"
)

// Lease is what a DHCP server has given.
type Lease struct {
	Address netip.Prefix
	Gateway netip.Addr // invalid for none
	DNS     []netip.Addr
	NTP     []string
	Search  []string
	Expires time.Time // unless it is renewed
}

// leaseOf reads a server's word. A renewal may leave out what the offer said.
func leaseOf(given *nclient4.Lease) Lease {
	l := Lease{Address: netip.PrefixFrom(addr(given.ACK.YourIPAddr), 24), Expires: given.CreationTime.Add(timesOf(given.ACK).expire)}
	for _, m := range []*dhcpv4.DHCPv4{given.Offer, given.ACK} {
		if m == nil {
			continue
		}
		// A mask of 0 would lead to all the world without a gateway; one with gaps counts as such.
		if ones, _ := m.SubnetMask().Size(); ones > 0 {
			l.Address = netip.PrefixFrom(l.Address.Addr(), ones)
		}
		if routers := addresses(m.Router()); len(routers) > 0 {
			l.Gateway = routers[0]
		}
		if servers := m.DNS(); len(servers) > 0 {
			l.DNS = addresses(servers)
		}
		if servers := m.NTPServers(); len(servers) > 0 {
			l.NTP = nil
			for _, a := range addresses(servers) {
				l.NTP = append(l.NTP, a.String())
			}
		}
		if search := domains(m); len(search) > 0 {
			l.Search = search
		}
	}
	return l
}

// domains are those of options 119 and 15, without what cannot be a line of
// resolv.conf.
func domains(m *dhcpv4.DHCPv4) []string {
	var all []string
	if labels := m.DomainSearch(); labels != nil {
		all = labels.Labels
	}
	all = append(all, m.DomainName())
	var good []string
	for _, d := range all {
		if isName(d) && !slices.Contains(good, d) {
			good = append(good, d)
		}
	}
	return good
}

func isName(s string) bool {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_') {
			return false
		}
	}
	return s != "" && len(s) < 254
}

func addr(ip net.IP) netip.Addr {
	a, _ := netip.AddrFromSlice(ip)
	return a.Unmap()
}

// usable tells whether a machine can have the address.
func usable(a netip.Addr) bool { return a.Is4() && (a.IsGlobalUnicast() || a.IsLinkLocalUnicast()) }

func addresses(all []net.IP) (found []netip.Addr) {
	for _, ip := range all {
		if a := addr(ip); usable(a) {
			found = append(found, a)
		}
	}
	return found
}

// times are those of a lease, from when it was asked for.
type times struct{ renew, rebind, expire time.Duration }

func timesOf(ack *dhcpv4.DHCPv4) times {
	const (
		untold = time.Hour
		least  = 10 * time.Second // a server that says less would be asked all the time
	)
	t := times{expire: max(ack.IPAddressLeaseTime(untold), least)}
	t.renew = ack.IPAddressRenewalTime(t.expire / 2)
	t.rebind = ack.IPAddressRebindingTime(t.expire * 7 / 8)
	if !(0 < t.renew && t.renew < t.rebind && t.rebind < t.expire) {
		t.renew, t.rebind = t.expire/2, t.expire/8*7
	}
	return t
}
