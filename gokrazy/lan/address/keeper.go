// Package address keeps the address of the box: it follows the cable and the
// settings, and decides which address the interface has.
//
// The address that the settings want, of DHCP or a static one, is asked for as
// long as the cable is in. While it is not there, the box has a link-local one;
// it gives that up, with its routes, as soon as the wanted one comes. No address
// is taken that another machine answers for. That holds for a static one, too: two
// machines with one address lose connections of both, and the other may be the
// robot. The box says whose it is, and tries again every ten seconds.
//
// A cable that was out for a while changes nothing by itself: the address stays,
// with the connections that use it. When no DHCP server answers afterwards, the
// lease is kept as long as it lasts and its gateway answers with the hardware
// address that it had (as RFC 4436 does it): then it is the same network, and only
// the server is away.
//
// A lost lease, too, stays until a link-local address is there to replace it.
//
// Where another machine takes the box's address later, a link-local one is
// defended once and then given up (RFC 3927, 2.5). The others are defended at
// most every ten seconds and kept (RFC 5227, 2.4, c), for clients and the robot
// know the box by them; that there is a duplicate is said for as long as the other
// one answers.
package address

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"rawtcpcom/gokrazy/lan/config"
	"rawtcpcom/gokrazy/lan/iface"
	"rawtcpcom/gokrazy/lan/report"
)

// Patience is for how long a DHCP server may say nothing after the cable was
// plugged in before a link-local address is looked for, which takes another 4 to
// 7 s: so the box has an address within 12 s.
const Patience = 5 * time.Second

// Keeper keeps the address of an interface.
type Keeper struct {
	Interface string
	Log       *slog.Logger
	Board     *Board
	Resolv    string // the file that names the DNS servers
	Changed   func() // is told that there is another address

	// Of the attachment under way, or between two.
	held    binding
	gateway net.HardwareAddr // of held's gateway
	index   int              // of the interface that has held
}

// binding is an address with what came with it.
type binding struct {
	how         report.How
	address     netip.Prefix
	gateway     netip.Addr
	dns         []netip.Addr
	ntp, search []string
	expires     time.Time // of a lease
}

// Run keeps the address until the context ends, by the settings that come.
func (k *Keeper) Run(ctx context.Context, configs <-chan config.Config) error {
	ctx, cancel := context.WithCancel(ctx)
	links, watched := make(chan iface.State), make(chan error, 1)
	var watcher sync.WaitGroup
	watcher.Go(func() {
		watched <- iface.Watch(ctx, k.Interface, func(s iface.State) {
			select {
			case links <- s:
			case <-ctx.Done():
			}
		})
	})
	defer watcher.Wait()
	defer cancel()
	k.resume()
	var link iface.State
	var wanted *config.Config
	stop := func() {}
	defer func() { stop() }()
	for {
		select {
		case err := <-watched:
			return err
		case c := <-configs:
			if wanted != nil && wanted.Equal(c) {
				continue
			}
			stop()
			wanted = &c
		case link = <-links:
			stop()
			k.linked(link)
		}
		stop = func() {}
		if wanted != nil && link.Cable {
			stop = k.start(ctx, link, *wanted)
		}
	}
}

// linked says what has become of interface and cable. What an interface had is
// gone with it.
func (k *Keeper) linked(link iface.State) {
	if link.Index != k.index && k.index != 0 {
		k.held = binding{how: report.None}
	}
	k.index = link.Index
	k.Board.Change(func(r *report.Report) {
		r.MAC, r.Cable = link.Hardware.String(), link.Cable
		k.held.tell(r)
	})
}

// resume goes on with the address that the report tells of, if the interface
// still has it: this program was started again, and people are connected.
func (k *Keeper) resume() {
	k.held.how = report.None
	there, err := iface.Addresses(k.Interface)
	if err != nil {
		return
	}
	r := k.Board.Now()
	for _, a := range there {
		if a.String() != r.Address {
			continue
		}
		k.held = binding{how: r.How, address: a, ntp: r.NTP, search: r.Search}
		k.held.gateway, _ = netip.ParseAddr(r.Gateway)
		for _, server := range r.DNS {
			if d, err := netip.ParseAddr(server); err == nil {
				k.held.dns = append(k.held.dns, d)
			}
		}
	}
}

// start begins an attachment, which lasts until it is stopped.
func (k *Keeper) start(ctx context.Context, link iface.State, c config.Config) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var attachment sync.WaitGroup
	attachment.Go(func() { k.attend(ctx, link, c) })
	return func() {
		cancel()
		attachment.Wait()
	}
}

func (b binding) tell(r *report.Report) {
	r.How, r.Address, r.Gateway, r.DNS = b.how, "", "", nil
	if b.address.IsValid() {
		r.Address = b.address.String()
	}
	if b.gateway.IsValid() {
		r.Gateway = b.gateway.String()
	}
	for _, server := range b.dns {
		r.DNS = append(r.DNS, server.String())
	}
	r.NTP, r.Search = b.ntp, b.search
}
