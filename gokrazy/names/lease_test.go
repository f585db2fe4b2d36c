package main_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// Without a DHCP server the names lead to the link-local address that the program
// lan has chosen; with one that comes later, to the lease.
func TestLateLease(t *testing.T) {
	l := newLab(t)
	l.ip("-n", l.pc.namespace, "addr", "add", "169.254.0.1/16", "dev", "eth0") // avahi takes answers from its own networks only
	box := l.computer(firstMAC)
	_, _, log := box.start(build(t)+"/lan", "-settings="+box.settings(), "-report="+filepath.Join(box.dir, "address.json"),
		"-confirmed="+filepath.Join(box.dir, "confirmed"), "-resolv="+filepath.Join(box.dir, "resolv.conf"), "-syslog="+filepath.Join(box.dir, "syslog"))
	box.names()
	eventually(t, "the plain name leads to a link-local address", func() error {
		if got := l.resolve(plain); !strings.HasPrefix(got, "169.254.") {
			return errNotYet
		}
		return nil
	})
	l.pc.start("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=eth0", "--bind-interfaces", "--dhcp-authoritative",
		"--no-ping", "--user=root", "--pid-file=", "--log-facility=-", "--dhcp-leasefile="+filepath.Join(l.pc.dir, "leases"),
		"--dhcp-range=10.77.0.50,10.77.0.50,255.255.0.0,2m")
	l.leads(plain, "10.77.0.50")
	l.leads(first+".local", "10.77.0.50")
	l.announced("_opentrons-raw._tcp", first+";*;10.77.0.50;7887;")
	if t.Failed() {
		t.Log(log.String())
	}
}
