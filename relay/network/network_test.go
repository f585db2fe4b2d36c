package network

import (
	"net/netip"
	"testing"
)

func TestPrivateNetworks(t *testing.T) {
	private, err := Parse("private")
	if err != nil {
		t.Fatal(err)
	}
	for remote, want := range map[string]bool{
		"127.0.0.1:5": true, "[::1]:5": true, "192.168.1.2:5": true, "10.9.8.7:5": true, "172.31.0.1:5": true,
		"[fe80::1%eth0]:5": true, "[fd00::2]:5": true, "169.254.3.4:5": true, "[::ffff:192.168.1.2]:5": true,
		"8.8.8.8:5": false, "172.32.0.1:5": false, "[2001:db8::1]:5": false, "[::ffff:8.8.8.8]:5": false, "": false, "@": false,
	} {
		if got := private.ContainRemote(remote); got != want {
			t.Errorf("%q: %v, want %v", remote, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	got, err := Parse("10.1.2.3/16, 192.168.7.20,fd00::/8")
	if err != nil || len(got) != 3 || got[0].String() != "10.1.0.0/16" || got[1].String() != "192.168.7.20/32" {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "x", "10.0.0.0/33", "10.0.0.0/8,,", "10.0.0.0-10.0.0.9"} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// The words of the default stand for networks, beside others.
func TestWords(t *testing.T) {
	got, err := Parse("private, local,203.0.113.0/24")
	if err != nil || got[len(got)-2] != Local || got[len(got)-1].String() != "203.0.113.0/24" || !got.ContainRemote("203.0.113.9:1") {
		t.Errorf("%v, %v", got, err)
	}
	// 192.88.99.1 is nobody's any more.
	for _, remote := range []string{"", "@", "192.88.99.1:1", "[2001:db8:ffff::1]:1"} {
		if (Networks{Local}).ContainRemote(remote) {
			t.Errorf("%q is let in", remote)
		}
	}
}

func TestIsNetwork(t *testing.T) {
	for text, want := range map[string]bool{
		"198.51.100.1/24": true, "198.51.0.0/16": true, "198.51.100.1/32": true, "2001:db8::1/64": true, "2001:db8::/48": true, "2001:db8::1/128": true,
		"0.0.0.0/0": false, "198.0.0.0/8": false, "::/0": false, "2000::/3": false, "2002:c633:6401::1/16": false,
	} {
		if got := isNetwork(netip.MustParsePrefix(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestParseRoute(t *testing.T) {
	const zero = "00000000000000000000000000000000"
	for line, want := range map[string]string{
		"20010db8000600000000000000000000 40 " + zero + " 00 " + zero + " 00000400 00000001 00000000 00000001     eth0": "2001:db8:6::/64 eth0",
		// A default by a gateway, a rejected one, a network by a gateway.
		zero + " 00 " + zero + " 00 fe800000000000000000000000000001 00000400 00000002 00000000 00000003     eth0":                          "",
		zero + " 00 " + zero + " 00 " + zero + " ffffffff 00000001 00000000 00200200       lo":                                              "",
		"20010db8000700000000000000000000 40 " + zero + " 00 20010db8000500000000000000000002 00000400 00000001 00000000 00000003     eth0": "",
		"x": "", "": "", "zz 40 " + zero + " 00 " + zero + " 1 1 1 1 eth0": "",
	} {
		p, name, ok := parseRoute(line)
		if got := p.String() + " " + name; ok != (want != "") || ok && got != want {
			t.Errorf("%q: %s, %v", line, got, ok)
		}
	}
}
