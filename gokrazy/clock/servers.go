package main

import (
	"fmt"
	"math/rand/v2"

	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/gokrazy/settings"
)

// server is one to ask for the time.
type server struct {
	address string
	by      string // who named it
}

func (s server) String() string { return fmt.Sprintf("%s (%s)", s.address, s.by) }

// poolServer is one of the part of the public pool that is gokrazy's.
func poolServer() string { return fmt.Sprintf("%d.gokrazy.pool.ntp.org", rand.N(4)) }

// named are the servers that settings and network name.
type named struct {
	settings settings.Store
	address  string // the file of the program lan
	pool     string // the server of the public pool
}

// servers are those to ask, in this order.
func (n named) servers() (all []server) {
	if values, _, err := n.settings.Load(); err == nil {
		for _, s := range values.List("network.ntp") {
			all = append(all, server{s, "settings"})
		}
	}
	if r, err := lan.Read(n.address); err == nil {
		for _, s := range r.NTP {
			all = append(all, server{s, "DHCP"})
		}
	}
	return append(all, server{n.pool, "public pool"})
}
