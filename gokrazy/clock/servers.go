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

// byPool is who names the servers that are asked last.
const byPool = "public pool"

// pool is the part of the public pool that is gokrazy's.
const pool = "%d.gokrazy.pool.ntp.org"

// named are the servers that settings and network name.
type named struct {
	settings settings.Store
	address  string // the file of the program lan
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
	return append(all, server{fmt.Sprintf(pool, rand.N(4)), byPool})
}
