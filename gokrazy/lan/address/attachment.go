package address

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"rawtcpcom/gokrazy/lan/arp"
	"rawtcpcom/gokrazy/lan/config"
	"rawtcpcom/gokrazy/lan/dhcp"
	"rawtcpcom/gokrazy/lan/iface"
	"rawtcpcom/gokrazy/lan/linklocal"
	"rawtcpcom/gokrazy/lan/report"
)

// attachment to a network lasts from a cable plugged in, or settings changed, to the
// next such change. All that it decides is decided in one goroutine; the others
// wait for the network and post what came of it.
type attachment struct {
	*Keeper
	ctx     context.Context
	config  config.Config
	link    iface.State
	posts   chan func()
	others  sync.WaitGroup
	claimer *linklocal.Claimer

	wanted   bool               // the address held is the one that the settings want
	claiming context.CancelFunc // ends the look for a link-local address; nil for none
	watching context.CancelFunc // ends the watch over the address held
	watched  netip.Addr
	conflict time.Time // the last one about the address held
}

// attend is an attachment.
func (k *Keeper) attend(ctx context.Context, link iface.State, c config.Config) {
	s := &attachment{Keeper: k, ctx: ctx, config: c, link: link, posts: make(chan func()), watching: func() {}}
	s.claimer = linklocal.New(k.Interface, link.Hardware, func(a netip.Addr, other net.HardwareAddr) {
		k.Log.Info("another machine has the link-local address", "address", a, "other", other.String())
	})
	defer s.claimer.Close()
	defer s.others.Wait()
	defer s.stopClaim()
	k.Board.Change(func(r *report.Report) { r.Problem, r.Duplicate, r.DuplicateOf = "", "", "" })
	if s.config.Mode == config.Static {
		s.others.Go(s.static)
	} else {
		var hint netip.Addr
		if k.held.how == report.DHCP {
			hint = k.held.address.Addr()
		}
		s.others.Go(func() { s.dhcp(hint) })
	}
	s.watch()
	if k.held.how == report.LinkLocal {
		s.fallBack() // the cable may lead to another network now
	} else {
		s.later(Patience, s.fallBack)
	}
	for {
		select {
		case f := <-s.posts:
			f()
		case <-ctx.Done():
			return
		}
	}
}

// post has the attachment's goroutine do something.
func (s *attachment) post(f func()) {
	select {
	case s.posts <- f:
	case <-s.ctx.Done():
	}
}

func (s *attachment) later(wait time.Duration, f func()) {
	s.others.Go(func() {
		if pause(s.ctx, wait) {
			s.post(f)
		}
	})
}

func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// dhcp asks for an address as long as the attachment lasts.
func (s *attachment) dhcp(hint netip.Addr) {
	dhcp.Client{
		Interface: s.Interface,
		Hardware:  s.link.Hardware,
		Log:       s.Log,
		Lease: func(l dhcp.Lease) {
			b := binding{report.DHCP, l.Address, l.Gateway, l.DNS, l.NTP, l.Search, l.Expires}
			s.post(func() { s.have(b) })
		},
		Lost:  func(why string) { s.post(func() { s.lost(why) }) },
		Taken: func(a netip.Addr, other net.HardwareAddr) { s.post(func() { s.taken(a, other, "The DHCP server") }) },
	}.Run(s.ctx, hint)
}

// static asks whether the address of the settings is free until it is.
func (s *attachment) static() {
	const again = 10 * time.Second
	address := s.config.Address.Addr()
	for {
		other, err := arp.Probe(s.ctx, s.Interface, address, arp.Brisk)
		switch {
		case s.ctx.Err() != nil:
			return
		case err != nil:
			s.Log.Warn("cannot ask whether the address is free", "address", address, "error", err)
		case other != nil:
			s.post(func() { s.taken(address, other, "network.address of the settings") })
		default:
			s.post(func() {
				s.have(binding{how: report.Static, address: s.config.Address, gateway: s.config.Gateway, dns: s.config.DNS})
			})
			return
		}
		if !pause(s.ctx, again) {
			return
		}
	}
}

// have takes the address that the settings want.
func (s *attachment) have(b binding) {
	s.stopClaim()
	s.wanted = true
	s.Board.Change(func(r *report.Report) {
		r.Problem = ""
		if s.watched != b.address.Addr() || s.conflict.IsZero() {
			r.Duplicate, r.DuplicateOf = "", ""
		}
	})
	s.hold(b)
	if !b.gateway.IsValid() {
		return
	}
	s.others.Go(func() {
		if other, err := arp.Probe(s.ctx, s.Interface, b.gateway, arp.Brisk); err == nil && other != nil {
			s.post(func() {
				if s.held.gateway == b.gateway && !bytes.Equal(s.gateway, other) {
					s.Log.Info("the gateway answers", "gateway", b.gateway, "hardware", other.String())
					s.gateway = other
				}
			})
		}
	})
}

func (s *attachment) lost(why string) {
	s.wanted, s.held.expires = false, time.Time{}
	s.Log.Warn("the lease is lost", "address", s.held.address, "why", why)
	s.fallBack()
}

// taken says that another machine has the address that the box was to have.
func (s *attachment) taken(address netip.Addr, other net.HardwareAddr, whose string) {
	s.Board.Change(func(r *report.Report) {
		r.Duplicate, r.DuplicateOf = other.String(), address.String()
		r.Problem = fmt.Sprintf("%s gives this box the address %s, which the machine with the hardware address %s has already; give one of them another", whose, address, other)
	})
	if s.held.address.Addr() == address {
		s.wanted = false
		s.hold(binding{how: report.None})
	}
	s.fallBack()
}

// fallBack looks for a link-local address where the wanted one is not there.
func (s *attachment) fallBack() {
	if s.wanted || s.claiming != nil {
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.claiming = cancel
	held, gateway := s.held, s.gateway
	// Once the claim was stopped, what comes of it counts no more.
	post := func(f func()) {
		s.post(func() {
			if ctx.Err() == nil {
				s.stopClaim()
				f()
			}
		})
	}
	s.others.Go(func() {
		if s.sameNetwork(ctx, held, gateway) {
			const again = 30 * time.Second
			post(func() {
				s.Log.Info("no DHCP server answers, but the gateway is the one from before; the lease is kept", "address", held.address, "expires", held.expires)
				s.later(again, s.fallBack)
			})
			return
		}
		address, err := s.claimer.Claim(ctx)
		if err != nil {
			post(func() {
				s.Log.Warn("no link-local address was found", "error", err)
				s.later(Patience, s.fallBack)
			})
			return
		}
		post(func() {
			s.hold(binding{how: report.LinkLocal, address: address})
		})
	})
}

func (s *attachment) stopClaim() {
	if s.claiming != nil {
		s.claiming()
		s.claiming = nil
	}
}

// sameNetwork tells whether a lease from before this attachment still holds: only
// its DHCP server does not answer.
func (s *attachment) sameNetwork(ctx context.Context, held binding, gateway net.HardwareAddr) bool {
	if held.how != report.DHCP || !held.gateway.IsValid() || gateway == nil || !time.Now().Before(held.expires) {
		return false
	}
	other, err := arp.Probe(ctx, s.Interface, held.gateway, arp.Brisk)
	return err == nil && bytes.Equal(other, gateway)
}
