// Package confirm puts a new static address on trial: a wrong one would be a box
// that nobody reaches any more.
//
// It counts once somebody has reached the box at it, which the page says by the
// file report.Confirmed. When that has not come about in time, or another machine
// has the address, the network's settings from before are put back, in the file of
// settings too, and the report says why.
//
// DHCP needs no trial, with a lease or without: without a server, there is a
// link-local address, and the box's names lead to it. Nor do changes that leave
// the way to the box as it is, such as another name server.
//
// A file beside the settings holds the network's settings that were confirmed last,
// and those on trial. It is written before those on trial are used, so whenever
// the power is cut, the next start knows: a trial that a start interrupted is
// undone at once, for people switch a box off and on when they have lost it.
// Settings that are neither on trial nor confirmed came in the moment before
// the power was cut, or from a stick; they get a trial. What reads settings from a
// stick or the card confirms the address itself: who is beside the box has another
// way in.
package confirm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"rawtcpcom/gokrazy/lan/address"
	"rawtcpcom/gokrazy/lan/config"
	"rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/durable"
)

// Patience is how long a new static address may stay unconfirmed.
const Patience = 90 * time.Second

// Guard stands between the settings and the address.
type Guard struct {
	Record    string // the file of what was confirmed
	Confirmed string // the file that confirms
	Patience  time.Duration
	Board     *address.Board
	Log       *slog.Logger
	// Restore puts the network's settings back into the file of settings, unless
	// they have been changed again.
	Restore func(trial, before config.Values) error
	Use     func(config.Config)

	record record
	used   bool // settings are in use
	unused int  // ticks for which there was something to confirm and no trial
}

// record is on disk.
type record struct {
	Confirmed config.Values `json:"confirmed"`
	Trial     *trial        `json:"trial"`
}

type trial struct {
	Network config.Values `json:"network"`
	Boot    string        `json:"boot"` // tells one start of the machine from another
	Until   float64       `json:"until uptime seconds"`
}

// Run follows the network's settings until the context ends.
func (g *Guard) Run(ctx context.Context, settings <-chan config.Values) {
	const often = 500 * time.Millisecond
	g.load()
	ticker := time.NewTicker(often)
	defer ticker.Stop()
	for {
		select {
		case v := <-settings:
			g.changed(v)
		case <-ticker.C:
			g.look()
		case <-ctx.Done():
			return
		}
	}
}

func (g *Guard) load() {
	text, err := os.ReadFile(g.Record)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = json.Unmarshal(text, &g.record)
	}
	if err != nil {
		g.Log.Error("which address was confirmed is not known; the present settings count as such", "file", g.Record, "error", err)
		g.record = record{}
	}
}

func (g *Guard) save() {
	err := os.MkdirAll(filepath.Dir(g.Record), 0o700)
	if err == nil {
		err = durable.WriteJSON(g.Record, g.record)
	}
	if err != nil {
		g.Log.Warn("a power cut would lose which address was confirmed", "error", err)
	}
}

// changed is told the settings at the start and at each change.
func (g *Guard) changed(v config.Values) {
	c, err := config.Of(v.Get)
	if err != nil {
		g.Log.Error("the network's settings cannot be used; those before stay in use, or DHCP", "error", err)
		if !g.used {
			g.use(config.Config{Mode: config.DHCP})
		}
		return
	}
	on := g.record.Trial
	switch {
	case on != nil && on.Network.Equal(v) && on.Boot == boot():
		g.begin(c)
		return
	case on != nil && on.Network.Equal(v):
		g.undo("the box was switched off or restarted before anybody had reached it at " + c.Address.Addr().String())
		return
	case g.record.Confirmed == nil, on == nil && g.record.Confirmed.Equal(v):
		g.accept(v, c, false)
		return
	}
	before, err := config.Of(g.record.Confirmed.Get)
	if err != nil || c.Mode != config.Static || c.Reached(before) {
		g.accept(v, c, true)
		return
	}
	g.record.Trial = &trial{Network: v, Boot: boot(), Until: address.Uptime() + g.Patience.Seconds()}
	g.save()
	g.Board.Change(func(r *report.Report) { r.Undone = "" })
	g.begin(c)
}

// accept uses settings that need no trial, or have passed theirs.
func (g *Guard) accept(v config.Values, c config.Config, news bool) {
	if g.record.Trial != nil || g.record.Confirmed == nil || !g.record.Confirmed.Equal(v) {
		g.record = record{Confirmed: v}
		g.save()
	}
	g.Board.Change(func(r *report.Report) {
		r.Trial = nil
		if news {
			r.Undone = ""
		}
	})
	g.use(c)
}

func (g *Guard) use(c config.Config) {
	g.used = true
	g.Use(c)
}

func (g *Guard) begin(c config.Config) {
	g.Board.Change(func(r *report.Report) {
		r.Trial = &report.Trial{Address: c.Address.Addr().String(), Until: g.record.Trial.Until}
	})
	g.use(c)
}

// look looks whether the trial under way has come to an end.
func (g *Guard) look() {
	confirmed, err := os.ReadFile(g.Confirmed)
	if g.record.Trial == nil {
		g.forget(err == nil)
		return
	}
	v := g.record.Trial.Network
	c, wrong := config.Of(v.Get)
	if wrong != nil {
		return // settings that could not be read had no trial
	}
	mine := c.Address.Addr().String()
	r := g.Board.Now()
	switch {
	case err == nil && strings.TrimSpace(string(confirmed)) == mine:
		g.Log.Info("the new address is confirmed", "address", mine)
		g.accept(v, c, true)
		_ = os.Remove(g.Confirmed)
	case r.Duplicate != "" && r.DuplicateOf == mine && r.How != report.Static:
		g.undo(fmt.Sprintf("another machine, with the hardware address %s, has %s already", r.Duplicate, mine))
	case address.Uptime() > g.record.Trial.Until:
		g.undo(fmt.Sprintf("nobody reached the box at %s within %v", mine, g.Patience))
	}
}

// forget removes what was meant for a trial that is over: it must not confirm the
// next one. It may also be meant for one that begins within a second.
func (g *Guard) forget(there bool) {
	const ticks = 10
	if !there {
		g.unused = 0
		return
	}
	if g.unused++; g.unused > ticks {
		g.unused = 0
		_ = os.Remove(g.Confirmed)
	}
}

// undo ends the trial with the settings from before.
func (g *Guard) undo(why string) {
	g.Log.Warn("the new network settings are undone", "why", why)
	on, before := g.record.Trial, g.record.Confirmed
	c, err := config.Of(before.Get)
	if err != nil { // only where somebody has changed the record by hand
		g.Log.Error("the network's settings from before cannot be used; DHCP is", "error", err)
		before, c = config.Values{}, config.Config{Mode: config.DHCP}
	}
	g.Board.Change(func(r *report.Report) {
		r.Trial = nil
		r.Undone = "The new network settings were undone: " + why
	})
	g.use(c)
	if err := g.Restore(on.Network, before); err != nil {
		g.Log.Error("the settings from before are in use, but the file of settings still has those that were undone; set the network again on the page", "error", err)
		g.record.Trial = nil // but not on disk: the next start undoes it again
		return
	}
	g.record = record{Confirmed: before}
	g.save()
}

// boot is another one each time that the machine starts.
func boot() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
}
