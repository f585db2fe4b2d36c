// Package config is what the settings say about the box's address.
package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"rawtcpcom/gokrazy/settings"
)

// The modes.
const (
	DHCP   = "dhcp"
	Static = "static"
)

// Keys are those of the settings that are about the address. Time servers are not:
// who sets the clock reads them.
var Keys = []string{"network.mode", "network.address", "network.gateway", "network.dns"}

// Config is what the settings say.
type Config struct {
	Mode    string
	Address netip.Prefix // of mode static, as the two below
	Gateway netip.Addr   // invalid for none
	DNS     []netip.Addr
}

// Values are the settings of Keys that are not empty.
type Values map[string]string

// ValuesOf takes them out of all settings.
func ValuesOf(get func(key string) string) Values {
	v := make(Values)
	for _, key := range Keys {
		if value := get(key); value != "" {
			v[key] = value
		}
	}
	return v
}

// Get is the value of a key.
func (v Values) Get(key string) string { return v[key] }

// Equal tells whether both are the same.
func (v Values) Equal(other Values) bool { return maps.Equal(v, other) }

// Of reads the settings. Whoever stored them has checked them, so an error here
// means that somebody has written the file by other ways.
func Of(get func(key string) string) (Config, error) {
	c := Config{Mode: get("network.mode")}
	if c.Mode == "" {
		c.Mode = DHCP
	}
	switch c.Mode {
	case DHCP:
		return c, nil
	case Static:
	default:
		return Config{}, fmt.Errorf("network.mode is %q, which is neither %s nor %s", c.Mode, DHCP, Static)
	}
	var err error
	if c.Address, err = netip.ParsePrefix(get("network.address")); err != nil {
		return Config{}, fmt.Errorf("network.address: %w", err)
	}
	if !c.Address.Addr().Is4() {
		return Config{}, fmt.Errorf("network.address: %s is no IPv4 address", c.Address)
	}
	if gateway := get("network.gateway"); gateway != "" {
		if c.Gateway, err = netip.ParseAddr(gateway); err != nil {
			return Config{}, fmt.Errorf("network.gateway: %w", err)
		}
	}
	for _, server := range settings.Split(get("network.dns")) {
		a, err := netip.ParseAddr(server)
		if err != nil {
			return Config{}, fmt.Errorf("network.dns: %w", err)
		}
		c.DNS = append(c.DNS, a)
	}
	return c, nil
}

// Equal tells whether both say the same.
func (c Config) Equal(other Config) bool {
	return c.Reached(other) && slices.Equal(c.DNS, other.DNS)
}

// Reached tells whether the box is reached in the same way by both.
func (c Config) Reached(other Config) bool {
	return c.Mode == other.Mode && (c.Mode != Static || c.Address == other.Address && c.Gateway == other.Gateway)
}
