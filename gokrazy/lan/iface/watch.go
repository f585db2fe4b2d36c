// Package iface is the network interface as the kernel has it: is it there, is
// its cable in, which address and routes it has.
package iface

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/vishvananda/netlink"
)

// State is what there is to know before an address.
type State struct {
	Index    int // 0 while the interface is not there, as before a USB adapter is found
	Hardware net.HardwareAddr
	Cable    bool
}

// Same tells whether nothing has changed.
func (s State) Same(other State) bool {
	return s.Index == other.Index && s.Cable == other.Cable && s.Hardware.String() == other.Hardware.String()
}

// look reads the state, and sets the interface up where it is down: its cable is
// not seen before.
func look(name string) (State, error) {
	l, err := netlink.LinkByName(name)
	if _, missing := errors.AsType[netlink.LinkNotFoundError](err); missing {
		return State{}, nil
	}
	if err != nil {
		return State{}, fmt.Errorf("look at %s: %w", name, err)
	}
	a := l.Attrs()
	if a.Flags&net.FlagUp == 0 {
		if err := netlink.LinkSetUp(l); err != nil {
			return State{}, fmt.Errorf("set %s up: %w", name, err)
		}
	}
	return State{Index: a.Index, Hardware: a.HardwareAddr, Cable: a.Flags&net.FlagRunning != 0}, nil
}

// Watch calls changed with the state, and again each time that it changes, until
// the context ends. The kernel's word is not relied on alone: every few seconds
// it is asked, too.
func Watch(ctx context.Context, name string, changed func(State)) error {
	const often = 5 * time.Second
	ctx, cancel := context.WithCancel(ctx)
	updates := make(chan netlink.LinkUpdate)
	var lost error
	options := netlink.LinkSubscribeOptions{ErrorCallback: func(err error) { lost = err }}
	if err := netlink.LinkSubscribeWithOptions(updates, ctx.Done(), options); err != nil {
		cancel()
		return fmt.Errorf("watch %s: %w", name, err)
	}
	defer func() {
		cancel()
		for range updates { // closed once the subscription has ended
		}
	}()
	last, err := look(name)
	if err != nil {
		return err
	}
	changed(last)
	ticker := time.NewTicker(often)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case u, ok := <-updates:
			if !ok && ctx.Err() == nil {
				return fmt.Errorf("watch %s: %w", name, lost)
			}
			if ok && u.Attrs().Name != name && u.Attrs().Index != last.Index {
				continue
			}
		case <-ticker.C:
		}
		now, err := look(name)
		if err != nil {
			continue // an adapter may be pulled out while it is looked at
		}
		if !now.Same(last) {
			last = now
			changed(now)
		}
	}
}
