package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/vishvananda/netlink"
)

// nic is a network interface as it was looked at.
type nic struct {
	name      string
	index     int
	mac       net.HardwareAddr
	cable     bool
	addresses []netip.Addr // IPv4, sorted
}

// look looks at the interface. One that is not there has no cable.
func look(name string) (nic, error) {
	found, err := net.InterfaceByName(name)
	if err != nil {
		return nic{name: name}, nil
	}
	n := nic{name: name, index: found.Index, mac: found.HardwareAddr, cable: found.Flags&net.FlagRunning != 0}
	all, err := found.Addrs()
	if err != nil {
		return n, fmt.Errorf("list the addresses of %s: %w", name, err)
	}
	for _, a := range all {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil && prefix.Addr().Is4() {
			n.addresses = append(n.addresses, prefix.Addr())
		}
	}
	slices.SortFunc(n.addresses, netip.Addr.Compare)
	return n, nil
}

// serves reports whether others can reach the box there.
func (n nic) serves() bool { return n.cable && len(n.addresses) > 0 && len(n.mac) > 0 }

func (n nic) same(m nic) bool {
	return n.index == m.index && n.mac.String() == m.mac.String() && n.cable == m.cable && slices.Equal(n.addresses, m.addresses)
}

// watch tells by netlink when something may have changed, until ctx ends.
func watch(ctx context.Context) (<-chan struct{}, error) {
	problem := func(err error) (<-chan struct{}, error) { return nil, fmt.Errorf("watch the network: %w", err) }
	addresses, links := make(chan netlink.AddrUpdate), make(chan netlink.LinkUpdate)
	if err := netlink.AddrSubscribe(addresses, ctx.Done()); err != nil {
		return problem(err)
	}
	if err := netlink.LinkSubscribe(links, ctx.Done()); err != nil {
		return problem(err)
	}
	changes := make(chan struct{}, 1)
	go func() { // ends with ctx, which ends both subscriptions
		defer close(changes)
		for {
			var open bool
			select {
			case _, open = <-addresses:
			case _, open = <-links:
			}
			if !open {
				return
			}
			select {
			case changes <- struct{}{}:
			default: // one look will do for both
			}
		}
	}()
	return changes, nil
}

// errUnwatched is that of the kernel, which tells no more of changes.
var errUnwatched = errors.New("watch the network: the kernel has closed the connection")

// plugged waits until the interface has a cable and an address.
func plugged(ctx context.Context, name string, changes <-chan struct{}) (nic, error) {
	for {
		if n, err := look(name); err != nil || n.serves() {
			return n, err
		}
		select {
		case _, open := <-changes:
			if !open && ctx.Err() == nil {
				return nic{}, errUnwatched
			}
		case <-ctx.Done():
			return nic{}, ctx.Err()
		}
	}
}

// unchanged returns when the interface is no longer as it was, or ctx ends. It
// looks now and then as well, should the kernel have kept silent.
func (n nic) unchanged(ctx context.Context, changes <-chan struct{}, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		now, err := look(n.name)
		if err != nil {
			return err
		}
		if !now.same(n) {
			return anew(fmt.Sprintf("the network changed: addresses %v and cable %v are now %v and %v", n.addresses, n.cable, now.addresses, now.cable))
		}
		select {
		case _, open := <-changes:
			if !open && ctx.Err() == nil {
				return errUnwatched
			}
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
