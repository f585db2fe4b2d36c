package main_test

import (
	"net"
	"testing"
	"time"

	"rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/testlog"
)

// The program clock asks the time server that DHCP names. It gets no answer, for
// it would set this machine's clock.
func TestTimeServerOfDHCP(t *testing.T) {
	l := newLab(t)
	server := l.machine("server", "10.31.0.1/24", "10.31.0.9/24")
	server.serve("10.31.0.50", "10.31.0.60", "option:ntp-server,10.31.0.9")
	var ntp net.PacketConn
	server.in(func() {
		var err error
		if ntp, err = net.ListenPacket("udp4", "10.31.0.9:123"); err != nil {
			t.Error(err)
		}
	})
	if t.Failed() {
		t.FailNow()
	}
	defer ntp.Close()
	b := l.boot("")
	b.start(new(testlog.Log), built(t, "gokrazy/clock"), "-settings", b.file("settings.toml"), "-address", b.file("address.json"),
		"-kept", b.file("time.json"), "-report", b.file("clock.json"))
	address := b.await("a lease", 5*time.Second, how(report.DHCP)).Address

	if err := ntp.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	question := make([]byte, 100)
	n, from, err := ntp.ReadFrom(question)
	if err != nil {
		t.Fatalf("nobody asks the time server: %v", err)
	}
	if who := from.(*net.UDPAddr).IP.String(); who != addr(address).String() || n < 48 || question[0]&7 != 3 {
		t.Errorf("%s asks with %d bytes, %x", who, n, question[:n])
	}
}
