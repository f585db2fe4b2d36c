package arp

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"
)

// Timing is how long to ask before an address counts as free.
type Timing struct {
	Delay       time.Duration // before the first probe, at most; so that machines switched on at once do not ask at once
	Probes      int
	Least, Most time.Duration // between two probes
	Last        time.Duration // after the last one
}

var (
	// Careful is RFC 3927's and RFC 5227's: 4 to 7 s.
	Careful = Timing{Delay: time.Second, Probes: 3, Least: time.Second, Most: 2 * time.Second, Last: 2 * time.Second}
	// Brisk is for an address that somebody gave to this machine: it is seldom
	// taken, and people wait for it. Machines answer within milliseconds.
	Brisk = Timing{Probes: 3, Least: 200 * time.Millisecond, Most: 200 * time.Millisecond, Last: 300 * time.Millisecond}
)

// Probe asks who has the address, and gives the hardware address of whoever
// has it or is about to take it; nil if nobody is.
func Probe(ctx context.Context, name string, address netip.Addr, t Timing) (net.HardwareAddr, error) {
	s, err := open(name)
	if err != nil {
		return nil, err
	}
	defer s.close()
	defer context.AfterFunc(ctx, s.close)()
	wait := time.Duration(rand.Int64N(int64(t.Delay) + 1))
	for n := range t.Probes + 1 {
		owner, err := s.heard(address, time.Now().Add(wait), true)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if owner != nil || err != nil {
			return owner, err
		}
		if n == t.Probes {
			break
		}
		if err := s.send(netip.IPv4Unspecified(), address); err != nil {
			return nil, err
		}
		wait = t.Least + time.Duration(rand.Int64N(int64(t.Most-t.Least)+1))
		if n == t.Probes-1 {
			wait = t.Last
		}
	}
	return nil, nil
}

// heard waits until the time for another machine that has the address, or, if
// probes count, wants it.
func (s *socket) heard(address netip.Addr, until time.Time, probes bool) (net.HardwareAddr, error) {
	for {
		m, err := s.other(until)
		if m == nil || err != nil {
			return nil, err
		}
		if m.sender == address || probes && m.sender.IsUnspecified() && m.target == address {
			return m.hardware, nil
		}
	}
}

// Announce tells the network, twice, that this machine has the address now.
func Announce(ctx context.Context, name string, address netip.Addr) error {
	s, err := open(name)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.send(address, address); err != nil {
		return err
	}
	const interval = 2 * time.Second // ANNOUNCE_INTERVAL
	select {
	case <-time.After(interval):
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.send(address, address)
}

// Defend says once that this machine has the address.
func Defend(name string, address netip.Addr) error {
	s, err := open(name)
	if err != nil {
		return err
	}
	defer s.close()
	return s.send(address, address)
}

// Watch calls found whenever another machine says that it has the address.
func Watch(ctx context.Context, name string, address netip.Addr, found func(net.HardwareAddr)) error {
	s, err := open(name)
	if err != nil {
		return err
	}
	defer s.close()
	defer context.AfterFunc(ctx, s.close)()
	for {
		other, err := s.heard(address, time.Time{}, false)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		found(other)
	}
}
