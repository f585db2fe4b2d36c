package network

import "testing"

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
