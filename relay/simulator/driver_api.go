package simulator

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"
)

// Driver is a simulated OT-One: its driver, joined to a router, and the board
// and axes below it.
type Driver struct {
	*participant
	driver *driver
}

// StartDriver joins the router as a driver that was just started: with a new
// id, no clients, and all axes at 0. ctx bounds the joining and no more; Close
// ends the robot. It fails if the router cannot be joined or a speed is not
// above zero.
func StartDriver(ctx context.Context, cfg RobotConfig) (*Driver, error) {
	b, err := newBoard(cfg.Speed, cfg.Instant)
	if err != nil {
		return nil, fmt.Errorf("starting the simulated robot: %w", err)
	}
	if cfg.Slots == 0 {
		cfg.Slots = defaultSlots
	}
	d := newDriver(newUUID(), cfg.Slots, b, newUUID)
	p, err := participate(ctx, cfg, d, driverTopic)
	if err != nil {
		return nil, err
	}
	p.log.Info("simulated robot joined", "router", cfg.URL, "realm", p.cfg.Realm, "driver", d.id)
	return &Driver{p, d}, nil
}

// ID is the driver's own id, new for each StartDriver.
func (d *Driver) ID() string { return d.driver.id }

// Ids are the client ids that hold a slot, in the order they got it.
func (d *Driver) Ids() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.driver.clients)
}

// Received is what arrived on com.opentrons.driver, in order, the latest
// RecordLimit of it, whether or not the driver could make sense of it.
func (d *Driver) Received() []Command {
	d.mu.Lock()
	defer d.mu.Unlock()
	latest := d.record.latest()
	commands := make([]Command, len(latest))
	for i, payload := range latest {
		commands[i] = newCommand(payload)
	}
	return commands
}

// LoseBoard takes the motor board away from the driver, which goes on without it.
func (d *Driver) LoseBoard() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.driver.boardless = true
}

// SilenceBoard has the board die while its connection with the driver stands, as
// behind a serial server that goes on.
func (d *Driver) SilenceBoard() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.driver.boardSilent = true
}

// Positions are where the axes are now, in mm. What an axis says is to be
// trusted once it has been homed.
func (d *Driver) Positions() map[string]float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.driver.board.positions(time.Now())
}

// Homed are the axes whose position can be trusted: homed since the start,
// the last halt and the last reset.
func (d *Driver) Homed() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var names []string
	for axis := range axes {
		if d.driver.board.homed[axis] {
			names = append(names, axisNames[axis:axis+1])
		}
	}
	return names
}

// Moving reports whether an axis moves.
func (d *Driver) Moving() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	end, moving := d.driver.board.next()
	return moving && time.Now().Before(end)
}

// newUUID makes a random UUID, as Python's uuid4 does.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
