package linklocal_test

import (
	"net"
	"net/netip"
	"slices"
	"testing"

	"rawtcpcom/gokrazy/lan/linklocal"
)

func first(n int, hardware ...byte) (found []netip.Prefix) {
	for c := range linklocal.Candidates(net.HardwareAddr(hardware)) {
		if found = append(found, c); len(found) == n {
			break
		}
	}
	return found
}

// Candidates stay the same for a box, differ from one to the next, and keep out
// of what RFC 3927 reserves.
func TestCandidates(t *testing.T) {
	least, most := netip.MustParseAddr("169.254.1.0"), netip.MustParseAddr("169.254.254.255")
	one := first(5000, 0xb8, 0x27, 0xeb, 0x12, 0x34, 0x56)
	for _, c := range one {
		if c.Addr().Less(least) || most.Less(c.Addr()) || c.Bits() != 16 {
			t.Errorf("%s is none", c)
		}
	}
	if !slices.Equal(one[:100], first(100, 0xb8, 0x27, 0xeb, 0x12, 0x34, 0x56)) {
		t.Error("the candidates of a box are others each time")
	}
	if slices.Equal(one[:2], first(2, 0xb8, 0x27, 0xeb, 0x12, 0x34, 0x57)) {
		t.Error("two boxes have the same candidates")
	}
}
