package tcp

import (
	"net/netip"
	"sync"

	"rawtcpcom/relay/network"
	"rawtcpcom/relay/place"
)

// Admission decides, before anything is read, who may connect.
type Admission struct {
	Allow      network.Networks
	PerAddress int // connections from one address at once
	InAll      int // connections at once

	mu    sync.Mutex
	count map[netip.Addr]int
	all   int
}

func (a *Admission) enter(host netip.Addr) *Denial {
	if !a.Allow.Contain(host) {
		denial := Deny(NotAllowed, "%v is in no network that may connect; see %s", host, place.Here().Name("allow"))
		denial.answer = silence
		return denial
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.all >= a.InAll:
		return Deny(TooMany, "there are %d connections already; end a program that is no longer needed, then connect again", a.all)
	case a.count[host] >= a.PerAddress:
		return Deny(TooMany, "there are %d connections from %v already; end a program that is no longer needed, then connect again", a.count[host], host)
	}
	if a.count == nil {
		a.count = map[netip.Addr]int{}
	}
	a.count[host]++
	a.all++
	return nil
}

func (a *Admission) leave(host netip.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all--
	if a.count[host]--; a.count[host] == 0 {
		delete(a.count, host)
	}
}
