package config_test

import (
	"net/netip"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/lan/config"
)

func TestOf(t *testing.T) {
	address, gateway := netip.MustParsePrefix("192.0.2.7/24"), netip.MustParseAddr("192.0.2.1")
	for _, c := range []struct {
		values config.Values
		want   config.Config
		wrong  string
	}{
		{config.Values{}, config.Config{Mode: config.DHCP}, ""},
		{config.Values{"network.address": "left over"}, config.Config{Mode: config.DHCP}, ""},
		{config.Values{"network.mode": "static", "network.address": "192.0.2.7/24"}, config.Config{Mode: config.Static, Address: address}, ""},
		{config.Values{"network.mode": "static", "network.address": "192.0.2.7/24", "network.gateway": "192.0.2.1", "network.dns": "192.0.2.1,192.0.2.2"},
			config.Config{Mode: config.Static, Address: address, Gateway: gateway, DNS: []netip.Addr{gateway, netip.MustParseAddr("192.0.2.2")}}, ""},
		{config.Values{"network.mode": "manual"}, config.Config{}, "network.mode"},
		{config.Values{"network.mode": "static"}, config.Config{}, "network.address"},
		{config.Values{"network.mode": "static", "network.address": "2001:db8::7/64"}, config.Config{}, "no IPv4 address"},
		{config.Values{"network.mode": "static", "network.address": "192.0.2.7/24", "network.gateway": "router"}, config.Config{}, "network.gateway"},
		{config.Values{"network.mode": "static", "network.address": "192.0.2.7/24", "network.dns": "router"}, config.Config{}, "network.dns"},
	} {
		got, err := config.Of(c.values.Get)
		if c.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%v: %v, want an error about %s", c.values, err, c.wrong)
			}
			continue
		}
		if err != nil || !got.Equal(c.want) {
			t.Errorf("%v: %+v, %v", c.values, got, err)
		}
	}
}
