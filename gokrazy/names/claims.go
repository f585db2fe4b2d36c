package main

import (
	"context"
	"encoding/hex"
	"log/slog"
	"net/netip"
	"time"

	"rawtcpcom/gokrazy/names/report"
)

// claims are the names that this box wants, and what it has of them.
type claims struct {
	nic    nic
	plain  string // without .local
	record record
	report string
	log    *slog.Logger

	names  report.Names
	left   bool // the plain name is left to another box for good
	silent int  // how many times this box's answer was missing
	away   int  // how many times that of the box with the plain name was
	seen   int  // how many times that was there
	lone   bool // no box without a plain name was there
}

// ownPrefix is how the own names of boxes begin.
const ownPrefix = "rawtcpcom-"

// own is the name that no other box has.
func (c *claims) own() string {
	return ownPrefix + hex.EncodeToString(c.nic.mac[max(0, len(c.nic.mac)-3):])
}

// decide finds out whether the plain name may be claimed.
func (c *claims) decide(ctx context.Context) error {
	c.names = report.Names{Own: c.own() + ".local", Wanted: c.plain + ".local"}
	found, err := c.nic.ask(ctx, c.names.Wanted)
	if err != nil {
		return err
	}
	before := c.record.read()
	switch {
	case len(found.others) > 0:
		c.giveWay(found.others[0])
		c.left = before.Name == c.plain
	case before.Name == c.plain:
		c.left = true
		c.names.TakenBy, c.names.Away = before.To, true
		c.log.Warn("the plain name is left to another box, which does not answer now", "name", c.names.Wanted, "box", before.To, "own", c.names.Own)
	default:
		c.names.Plain = c.names.Wanted
	}
	return nil
}

func (c *claims) giveWay(to netip.Addr) {
	if c.names.TakenBy != to.String() || c.names.Away {
		c.log.Warn("another box has the plain name", "name", c.names.Wanted, "box", to, "own", c.names.Own)
	}
	c.names.Plain, c.names.TakenBy, c.names.Away = "", to.String(), false
}

func (c *claims) tell() {
	if err := c.names.Write(c.report); err != nil {
		c.log.Warn("the box's other programs do not know the names", "error", err)
	}
}

// serve announces, tells the names to other programs once the network hears them,
// and then asks for them every now and then.
func (c *claims) serve(ctx context.Context, o options) error {
	a, err := newAnnouncer(c, o.relay)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer a.wait()
	defer cancel()
	a.start(ctx)
	if err := c.heard(ctx, a); err != nil {
		return err
	}
	c.log.Info("the box is found by name", "plain", c.names.Plain, "own", c.names.Own, "addresses", c.nic.addresses)
	c.tell()
	a.follow(ctx)

	ticker := time.NewTicker(o.every)
	defer ticker.Stop()
	for {
		if err := c.check(ctx); err != nil {
			return err
		}
		c.beside(ctx)
		select {
		case <-ticker.C:
		case err := <-a.failed:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// patience is how long the library may take to claim the names: three services,
// each probed for more than a second.
const patience = 20 * time.Second

// heard waits until the network's answer for the own name is this box's.
func (c *claims) heard(ctx context.Context, a *announcer) error {
	for began := time.Now(); time.Since(began) < patience; {
		found, err := c.nic.ask(ctx, c.names.Own)
		if err != nil || found.mine {
			return err
		}
		select {
		case err := <-a.failed:
			return err
		default:
		}
	}
	return anew("the network does not hear this box's own name")
}

// check asks the network for the names. It returns an error where what is
// announced is not what this box should be called.
func (c *claims) check(ctx context.Context) error {
	own, err := c.nic.ask(ctx, c.names.Own)
	if err != nil {
		return err
	}
	plain, err := c.nic.ask(ctx, c.names.Wanted)
	if err != nil {
		return err
	}
	if len(own.others) > 0 {
		c.log.Warn("another machine has this box's own name as well", "name", c.names.Own, "addresses", own.others)
	}
	if c.names.Plain == "" {
		if err := c.look(plain); err != nil {
			return err
		}
		plain.mine = true // as it should be
	} else if len(plain.others) > 0 && (!plain.mine || c.nic.addresses[0].Less(plain.others[0])) {
		c.giveWay(plain.others[0])
		return anew("another box has the plain name as well")
	}
	if own.mine && plain.mine {
		c.silent = 0
		return nil
	}
	if c.silent++; c.silent < 2 {
		return nil
	}
	return anew("the network does not hear this box's names any more")
}

// leaveAfter is how many times another box is seen with the plain name, before that
// is left to it for good: three minutes. Machines that pass multicast DNS from one
// network to the next may tell this box's old address for two.
const leaveAfter = 6

// look keeps up with the box that has the plain name. One unanswered question
// tells nothing.
func (c *claims) look(found answer) error {
	before := c.names
	if len(found.others) > 0 {
		c.away = 0
		c.seen++
		c.giveWay(found.others[0])
		if c.seen >= leaveAfter {
			c.leave(found.others[0])
		}
	} else if c.away++; c.away > 1 {
		if !c.left {
			return anew("the plain name was taken for a moment only")
		}
		c.names.Away = true
	}
	if c.names != before {
		c.tell()
	}
	return nil
}

// leave leaves the plain name to another box for good.
func (c *claims) leave(to netip.Addr) {
	if !c.left {
		c.log.Info("the plain name is left to the other box for good", "name", c.names.Wanted, "box", to)
	}
	c.left = true
	if err := c.record.write(way{c.plain, to.String()}); err != nil {
		c.log.Warn("after a restart this box may take the name of another", "error", err)
	}
}
