package lamp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"

	"rawtcpcom/relay/health"
)

// IdentifyTime is how long the lamps flash for somebody who looks for the box.
const IdentifyTime = 10 * time.Second

// Output is one LED.
type Output struct {
	Lamp      Lamp
	Name      string // as the user wrote it: GPIO17, ACT
	Pin       gpio.PinOut
	ActiveLow bool // lit when the pin is low
}

func (o Output) set(lit bool) error {
	return o.Pin.Out(gpio.Level(lit != o.ActiveLow))
}

// Shining is what one lamp shows at the moment, for a page that shows it too.
type Shining struct {
	Lamp    Lamp    `json:"lamp"`
	Wired   string  `json:"wired"` // the pin or LED, "not wired" or "simulated"
	Row     string  `json:"row"`   // Row.ID
	Pattern string  `json:"pattern"`
	Meaning string  `json:"meaning"`
	Elapsed float64 `json:"elapsedMs"` // since the pattern began
}

// Engine plays the patterns. Show, Wink and Identify may be called by anyone
// and never wait; only Run touches the pins.
type Engine struct {
	outputs []Output
	log     *slog.Logger
	changed chan struct{}

	mu            sync.Mutex
	condition     Condition
	identifyUntil time.Time
	playing       map[Lamp]player
	winkBegan     time.Time
	winkWanted    bool
	lit           map[int]bool // by output; absent until it was written
	failed        map[int]bool // by output: the last write failed and was logged
}

// player is one lamp's row and the instant since which it shows.
type player struct {
	row   Row
	began time.Time
}

// NewEngine makes an engine for the outputs, which it owns from now on. With
// none the lamps are simulated: they shine on the page only.
func NewEngine(outputs []Output, log *slog.Logger) *Engine {
	return &Engine{
		outputs: outputs,
		log:     log,
		// Until something is heard of the relay, it does not answer.
		condition: ConditionOf(health.Judge(health.Facts{})),
		changed:   make(chan struct{}, 1),
		playing:   map[Lamp]player{},
		lit:       map[int]bool{},
		failed:    map[int]bool{},
	}
}

// Show makes the lamps tell c from now on.
func (e *Engine) Show(c Condition) {
	e.mu.Lock()
	e.condition = c
	e.mu.Unlock()
	e.poke()
}

// Wink shows that a message passed. While a wink plays, any number of them
// ask for one more.
func (e *Engine) Wink() {
	e.mu.Lock()
	already := e.winkWanted
	e.winkWanted = true
	e.mu.Unlock()
	if !already {
		e.poke()
	}
}

// Identify makes all lamps flash together for IdentifyTime.
func (e *Engine) Identify() {
	e.mu.Lock()
	e.identifyUntil = time.Now().Add(IdentifyTime)
	e.mu.Unlock()
	e.poke()
}

func (e *Engine) poke() {
	select {
	case e.changed <- struct{}{}:
	default:
	}
}

// Run plays until ctx ends and leaves the lamps off.
func (e *Engine) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return e.Halt()
		case <-e.changed:
		case <-timer.C:
		}
		if next := e.step(time.Now()); next > 0 {
			timer.Reset(next)
		} else {
			timer.Stop()
		}
	}
}

// Halt leaves all lamps off, which is not always what a periph pin's own Halt
// does. It must not be called while Run plays.
func (e *Engine) Halt() error {
	var errs []error
	for _, o := range e.outputs {
		if err := o.set(false); err != nil {
			errs = append(errs, fmt.Errorf("switching %s lamp (%s) off: %w", o.Lamp, o.Name, err))
		}
		if err := o.Pin.Halt(); err != nil {
			errs = append(errs, fmt.Errorf("releasing %s lamp (%s): %w", o.Lamp, o.Name, err))
		}
	}
	return errors.Join(errs...)
}

// step brings the pins to what they must be at now and returns for how long
// that holds; 0 means until something changes.
func (e *Engine) step(now time.Time) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	var next time.Duration
	holds := func(left time.Duration) {
		if left > 0 && (next == 0 || left < next) {
			next = left
		}
	}

	c, left := e.conditionAt(now)
	holds(left)
	winks := false
	for _, l := range Lamps {
		row := Select(l, c)
		if p, ok := e.playing[l]; !ok || p.row.ID != row.ID {
			e.playing[l] = player{row, now}
		}
		winks = winks || row.Winks && l != WAMP
	}
	e.startWink(now, winks)

	levels := map[Lamp]bool{}
	for _, l := range Lamps {
		lit, left := e.playing[l].at(l, now, e.winkBegan)
		levels[l] = lit
		holds(left)
	}
	for i, o := range e.outputs {
		e.write(i, o, levels[o.Lamp])
	}
	return next
}

// conditionAt is the condition with identify in it, and for how long that
// holds; 0 means until something changes.
func (e *Engine) conditionAt(now time.Time) (Condition, time.Duration) {
	c := e.condition
	left := max(0, e.identifyUntil.Sub(now))
	c.Identify = left > 0
	return c, left
}

// startWink lets a wanted wink begin, unless the last one still plays: its
// length is what keeps the winks to eight a second.
func (e *Engine) startWink(now time.Time, winks bool) {
	if !winks {
		e.winkWanted = false
		e.winkBegan = time.Time{}
		return
	}
	if e.winkWanted && now.Sub(e.winkBegan) >= wink.Length() {
		e.winkBegan = now
		e.winkWanted = false
	}
}

// at is whether the lamp is lit at now, and for how long that stays.
func (p player) at(l Lamp, now, winkBegan time.Time) (bool, time.Duration) {
	if over, winks := traffic.Patterns[l]; winks && p.row.Winks {
		if since := now.Sub(winkBegan); since < over.Length() {
			return over.At(since)
		}
	}
	return p.row.Patterns[l].At(now.Sub(p.began))
}

// traffic is the table's row of the wink.
var traffic = func() Row {
	for _, r := range Table {
		if r.ID == trafficID {
			return r
		}
	}
	return Row{}
}()

// write sets the pin when it has to change. A pin that cannot be written is
// told once and tried again at the next change: the page still works.
func (e *Engine) write(i int, o Output, lit bool) {
	if was, known := e.lit[i]; known && was == lit {
		return
	}
	if err := o.set(lit); err != nil {
		if !e.failed[i] {
			e.log.Error("setting a lamp failed", "lamp", o.Lamp, "pin", o.Name, "error", err)
		}
		e.failed[i] = true
		return
	}
	e.failed[i] = false
	e.lit[i] = lit
}

// Shining returns what each lamp shows now, what was asked for this instant
// included. The board's lamp is left out where there is none.
func (e *Engine) Shining() []Shining {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	c, _ := e.conditionAt(now)
	var list []Shining
	for _, l := range Lamps {
		wired := e.wired(l)
		if wired == "" {
			if l == Board {
				continue
			}
			wired = e.unwired()
		}
		p, row := e.playing[l], Select(l, c)
		if p.row.ID != row.ID {
			p = player{row, now}
		}
		list = append(list, Shining{
			Lamp: l, Wired: wired, Row: row.ID, Pattern: row.Patterns[l].Name, Meaning: row.Meaning,
			Elapsed: float64(now.Sub(p.began).Microseconds()) / 1000,
		})
	}
	return list
}

func (e *Engine) unwired() string {
	if len(e.outputs) == 0 {
		return "simulated"
	}
	return "not wired"
}

func (e *Engine) wired(l Lamp) string {
	for _, o := range e.outputs {
		if o.Lamp == l {
			return o.Name
		}
	}
	return ""
}
