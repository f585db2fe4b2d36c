package monitor_test

import (
	"net"
	"testing"
	"time"

	"rawtcpcom/status/monitor"
)

func TestMachine(t *testing.T) {
	for _, a := range monitor.Addresses() {
		if ip := net.ParseIP(a); ip == nil || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
			t.Errorf("%s is no address that others reach", a)
		}
	}
	if up := monitor.Uptime(time.Now()); up < 0 {
		t.Errorf("on for %v", up)
	}
}
