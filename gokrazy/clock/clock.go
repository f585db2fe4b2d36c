package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rawtcpcom/gokrazy/clock/report"
	"rawtcpcom/relay/durable"
	"rawtcpcom/relay/place"
)

const (
	// step is how far the clock may be off before it is set; what is less is
	// adjusted little by little.
	step = 500 * time.Millisecond
	// askEvery is how often a server is asked once one has answered.
	askEvery = time.Hour
	// The first attempts follow soon, since the network may come any moment.
	firstRetry, lastRetry = time.Second, time.Minute
	// keepEvery is how often the time is kept.
	keepEvery = 24 * time.Hour
	// lookEvery is how often it is looked whether other servers are named.
	lookEvery = time.Second
)

// clock keeps the machine's clock.
type clock struct {
	machine machine
	built   time.Time
	kept    string // the file
	report  string // the file
	servers func() []server
	retry   time.Duration // after the first attempt that failed
	log     *slog.Logger

	told     report.Report // last
	lastKept time.Time
}

// kept is what the file of the kept time holds.
type kept struct {
	Time time.Time `json:"time"`
}

// run works until ctx ends.
func (c *clock) run(ctx context.Context) {
	c.raise()
	defer c.keep()
	if before, err := report.Read(c.report, place.Box); err == nil && before.Set {
		c.told = before // this program was started anew
	} else {
		c.tell(report.Report{Error: "no time server was asked yet"})
	}
	retry, failed := c.retry, ""
	for ctx.Err() == nil {
		servers := c.servers()
		wait := askEvery
		if err := c.askAll(ctx, servers); err == nil {
			retry, failed = c.retry, ""
		} else if ctx.Err() == nil {
			wait = retry
			retry = min(2*retry, lastRetry)
			if err.Error() != failed { // the log keeps few lines
				failed = err.Error()
				c.log.Warn("no time server answered; trying on", "error", err)
			}
			if !c.told.Set {
				c.tell(report.Report{Error: err.Error()})
			}
		}
		c.keepNowAndThen()
		if c.rest(ctx, wait, servers) {
			retry = c.retry
		}
	}
}

// raise has the clock not stand before the build's time or the time that was kept.
func (c *clock) raise() {
	floor, from := c.built, "the build's time"
	text, err := os.ReadFile(c.kept)
	var k kept
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		c.log.Warn("the time that was kept cannot be read", "error", err)
	case json.Unmarshal(text, &k) != nil:
		c.log.Warn("the time that was kept is left aside: it is no time", "file", c.kept)
	case k.Time.After(floor):
		floor, from = k.Time, "the time that was kept"
	}
	if !c.machine.Now().Before(floor) {
		return
	}
	if err := c.machine.Set(floor); err != nil {
		c.log.Error("the clock stands before "+from, "error", err)
		return
	}
	c.log.Info("the clock was set on to "+from, "time", floor)
}

// askAll asks one server after the other until one answers, and sets the clock.
func (c *clock) askAll(ctx context.Context, servers []server) error {
	var failed []string
	for _, s := range servers {
		behind, err := ask(ctx, s.address, c.machine.Now)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			c.log.Debug("a time server did not answer", "server", s, "error", err)
			failed = append(failed, fmt.Sprintf("%v: %s", s, why(err)))
			continue
		}
		now := c.machine.Now().Add(behind)
		if now.Before(c.built) {
			failed = append(failed, fmt.Sprintf("%v: it says %s, before this version was made", s, now.UTC().Format(time.DateOnly)))
			continue
		}
		if err := c.adjust(now, behind); err != nil {
			return err
		}
		c.log.Info("the clock is right", "from", s, "was_behind", behind)
		c.isSet(s)
		return nil
	}
	if len(failed) == 0 {
		return errors.New("no time server is named")
	}
	return errors.New(strings.Join(failed, "; "))
}

func (c *clock) adjust(now time.Time, behind time.Duration) error {
	if behind.Abs() < step {
		return c.machine.Slew(behind)
	}
	return c.machine.Set(now)
}

func (c *clock) isSet(from server) {
	r := report.Report{Set: true, From: from.String(), Uptime: c.told.Uptime}
	if !c.told.Set {
		uptime, err := c.machine.Uptime()
		if err != nil {
			c.log.Error("when the clock was set is not known", "error", err)
		}
		r.Uptime = uptime.Seconds()
	}
	c.tell(r)
}

func (c *clock) tell(r report.Report) {
	if r == c.told {
		return
	}
	c.told = r
	if err := r.Write(c.report); err != nil {
		c.log.Error("how the clock stands is not known to the page", "error", err)
	}
}

// rest waits until it is time to ask again, and no longer than other servers are
// not named; it reports whether they are.
func (c *clock) rest(ctx context.Context, wait time.Duration, asked []server) (others bool) {
	end := time.NewTimer(wait)
	defer end.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-end.C:
			return false
		case <-look.C:
			if !slices.Equal(c.servers(), asked) {
				return true
			}
		}
	}
}

func (c *clock) keepNowAndThen() {
	if c.lastKept.IsZero() || c.machine.Now().Sub(c.lastKept) >= keepEvery {
		c.keep()
	}
}

// keep keeps the time, so that the clock of the next start does not stand before.
func (c *clock) keep() {
	now := c.machine.Now()
	if now.Before(c.built) {
		return // it could not be set
	}
	err := os.MkdirAll(filepath.Dir(c.kept), 0o755)
	if err == nil {
		err = durable.WriteJSON(c.kept, kept{now.UTC()})
	}
	if err != nil {
		c.log.Warn("the time is not kept", "error", err)
		return
	}
	c.lastKept = now
}
