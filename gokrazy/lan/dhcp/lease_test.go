package dhcp

import (
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv4/nclient4"
)

func answer(t *testing.T, address string, options ...dhcpv4.Option) *dhcpv4.DHCPv4 {
	t.Helper()
	m, err := dhcpv4.New(dhcpv4.WithYourIP(net.ParseIP(address)))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range options {
		m.UpdateOption(o)
	}
	return m
}

// What a server says amiss does no harm, and what a renewal leaves out stays.
func TestLeaseOf(t *testing.T) {
	offer := answer(t, "192.0.2.7", dhcpv4.OptSubnetMask(net.CIDRMask(25, 32)), dhcpv4.OptRouter(net.IPv4(192, 0, 2, 1)), dhcpv4.OptDNS(net.IPv4(192, 0, 2, 2)))
	given := time.Now()
	l := leaseOf(&nclient4.Lease{Offer: offer, ACK: answer(t, "192.0.2.7", dhcpv4.OptIPAddressLeaseTime(time.Minute)), CreationTime: given})
	if l.Address != netip.MustParsePrefix("192.0.2.7/25") || l.Gateway != netip.MustParseAddr("192.0.2.1") || len(l.DNS) != 1 || !l.Expires.Equal(given.Add(time.Minute)) {
		t.Errorf("a renewal without the offer's options: %+v", l)
	}
	for _, mask := range []net.IPMask{{0, 0, 0, 0}, {255, 0, 255, 0}, nil} {
		ack := answer(t, "192.0.2.7", dhcpv4.OptSubnetMask(mask), dhcpv4.OptRouter(net.IPv4zero), dhcpv4.OptDNS(net.IPv4zero, net.IPv4bcast),
			dhcpv4.OptDomainName("evil\nnameserver 192.0.2.66"))
		l := leaseOf(&nclient4.Lease{Offer: ack, ACK: ack})
		if l.Address != netip.MustParsePrefix("192.0.2.7/24") || l.Gateway.IsValid() || len(l.DNS) > 0 || len(l.Search) > 0 {
			t.Errorf("mask %v: %+v", mask, l)
		}
	}
	for _, address := range []string{"0.0.0.0", "255.255.255.255", "224.0.0.1", "127.0.0.1"} {
		if usable(netip.MustParseAddr(address)) {
			t.Errorf("%s passes for an address of a machine", address)
		}
	}
}

func TestSearchDomains(t *testing.T) {
	m := answer(t, "192.0.2.7", dhcpv4.OptDomainName("fritz.box"))
	dhcpv4.WithDomainSearchList("lab.example", "fritz.box")(m)
	if got := domains(m); !slices.Equal(got, []string{"lab.example", "fritz.box"}) {
		t.Errorf("the domains are %q", got)
	}
}

// The times of a lease are in order whatever the server says, so that it is
// renewed before it expires, and not asked for all the time.
func TestTimesOfALease(t *testing.T) {
	const forever = 0xffffffff * time.Second
	for _, c := range []struct{ lease, renew, rebind time.Duration }{{0, 0, 0}, {time.Minute, 0, 0}, {time.Minute, time.Hour, 2 * time.Hour}, {time.Minute, 50 * time.Second, 40 * time.Second}, {forever, 0, 0}} {
		m := answer(t, "192.0.2.7", dhcpv4.OptIPAddressLeaseTime(c.lease), dhcpv4.OptRenewTimeValue(c.renew), dhcpv4.OptRebindingTimeValue(c.rebind))
		if got := timesOf(m); got.renew < 5*time.Second || got.rebind <= got.renew || got.expire <= got.rebind {
			t.Errorf("%+v: %+v", c, got)
		}
	}
	now := time.Now()
	if got := again(now, []time.Time{now.Add(time.Hour)}).Sub(now); got != 30*time.Minute {
		t.Errorf("an hour before rebinding: again after %v", got)
	}
	if got := again(now, []time.Time{now.Add(-time.Hour), now.Add(30 * time.Second)}).Sub(now); got < 30*time.Second || got > 31*time.Second {
		t.Errorf("half a minute before the end: again after %v", got)
	}
}
