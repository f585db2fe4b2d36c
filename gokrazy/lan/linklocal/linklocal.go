// Package linklocal finds an IPv4 address where nobody hands any out, as RFC
// 3927 says.
package linklocal

import (
	"context"
	"encoding/binary"
	"iter"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	"rawtcpcom/gokrazy/lan/arp"
)

const (
	bits         = 16
	maxConflicts = 10              // MAX_CONFLICTS
	rateLimit    = 1 * time.Minute // RATE_LIMIT_INTERVAL
)

// DefendInterval is within which a second conflict means that the other machine
// does not give way, so that this one has to.
const DefendInterval = 10 * time.Second

// Candidates are the addresses to try. They follow from the hardware address, so
// that a box has the same address each time unless another machine has it.
func Candidates(hardware net.HardwareAddr) iter.Seq[netip.Prefix] {
	var seed [8]byte
	copy(seed[2:], hardware)
	return func(yield func(netip.Prefix) bool) {
		random := rand.New(rand.NewPCG(binary.BigEndian.Uint64(seed[:]), 0))
		for {
			// The first and the last 256 addresses of the block are reserved.
			n := random.IntN(254 * 256)
			if !yield(netip.PrefixFrom(netip.AddrFrom4([4]byte{169, 254, byte(1 + n/256), byte(n % 256)}), bits)) {
				return
			}
		}
	}
}

// Claimer hands out addresses that nobody else has.
type Claimer struct {
	Interface string
	Conflict  func(address netip.Addr, other net.HardwareAddr)

	next      func() (netip.Prefix, bool)
	stop      func()
	candidate netip.Prefix
	conflicts int
}

// New is a claimer for the interface with that hardware address; Close ends it.
func New(name string, hardware net.HardwareAddr, conflict func(netip.Addr, net.HardwareAddr)) *Claimer {
	c := &Claimer{Interface: name, Conflict: conflict}
	c.next, c.stop = iter.Pull(Candidates(hardware))
	c.candidate, _ = c.next()
	return c
}

// Close ends the claimer.
func (c *Claimer) Close() { c.stop() }

// Claim finds an address that nobody has, which takes 4 to 7 s. It is the same
// as before unless Lost was called.
func (c *Claimer) Claim(ctx context.Context) (netip.Prefix, error) {
	for {
		if c.conflicts > maxConflicts {
			select {
			case <-time.After(rateLimit):
			case <-ctx.Done():
				return netip.Prefix{}, ctx.Err()
			}
		}
		other, err := arp.Probe(ctx, c.Interface, c.candidate.Addr(), arp.Careful)
		if err != nil {
			return netip.Prefix{}, err
		}
		if other == nil {
			return c.candidate, nil
		}
		c.Lost(other)
	}
}

// Lost gives up the address that another machine has.
func (c *Claimer) Lost(other net.HardwareAddr) {
	c.Conflict(c.candidate.Addr(), other)
	c.conflicts++
	c.candidate, _ = c.next()
}
