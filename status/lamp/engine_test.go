package lamp

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"

	"rawtcpcom/relay/health"
)

var (
	away   = Condition{Robot: health.RelayAway, Client: health.RelayAway}
	ready  = Condition{Robot: health.Fine, Client: health.NoClient}
	served = Condition{Robot: health.Fine, Client: health.Fine}
)

// conditions has for each row of the table a condition that selects it.
var conditions = map[string]Condition{
	"identify":           {Identify: true},
	"relay-away":         away,
	"no-robot-set":       {Robot: health.NoRobotSet, Client: health.NoClient},
	"router-away":        {Robot: health.RouterAway, Client: health.NoClient},
	"driver-away":        {Robot: health.RobotUnheard, Client: health.NoClient},
	"robot-halted":       {Robot: health.RobotHalted, Client: health.NoClient},
	"ready":              ready,
	"no-client":          ready,
	"client-waiting":     {Robot: health.RobotAbsent, Client: health.ClientWaiting},
	"client-refused":     {Robot: health.Fine, Client: health.ClientRefused},
	"client-turned-away": {Robot: health.Fine, Client: health.ClientTurnedAway},
	"client-there":       served,
}

// bench is an engine with a pin for each lamp, in a bubble of synctest.
type bench struct {
	*Engine
	pins map[Lamp]*gpiotest.Pin
	stop context.CancelFunc
	done chan error
}

func newBench(activeLow bool) *bench {
	b := &bench{pins: map[Lamp]*gpiotest.Pin{}, done: make(chan error, 1)}
	var outputs []Output
	for i, l := range Lamps {
		p := &gpiotest.Pin{N: string(l), Num: i, L: gpio.Level(activeLow)}
		b.pins[l] = p
		outputs = append(outputs, Output{Lamp: l, Name: p.N, Pin: p, ActiveLow: activeLow})
	}
	b.Engine = NewEngine(outputs, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	go func() { b.done <- b.Run(ctx) }()
	return b
}

// lit waits until the engine has nothing to do at this instant and reads.
func (b *bench) lit(l Lamp) bool {
	synctest.Wait()
	return bool(b.pins[l].Read()) != b.outputs[0].ActiveLow
}

// timeline writes a pattern out, one level a millisecond.
func timeline(p Pattern, ms int) []bool {
	var list []bool
	for len(list) < ms {
		for _, s := range p.Steps {
			n := int(s.For.Milliseconds())
			if n == 0 {
				n = ms
			}
			for range n {
				list = append(list, s.Lit)
			}
		}
	}
	return list[:ms]
}

func TestEveryInstantOfEveryPattern(t *testing.T) {
	for _, activeLow := range []bool{false, true} {
		for _, row := range Table {
			if len(row.Kinds) == 0 {
				continue
			}
			c, ok := conditions[row.ID]
			if !ok {
				t.Fatalf("row %s has no condition in this test", row.ID)
			}
			for l, p := range row.Patterns {
				synctest.Test(t, func(t *testing.T) {
					b := newBench(activeLow)
					defer func() { b.stop(); <-b.done }()
					if c.Identify {
						b.Identify()
					}
					b.Show(c)
					for ms, want := range timeline(p, 2500) {
						if got := b.lit(l); got != want {
							t.Fatalf("row %s, %s lamp, active low %v, %d ms after the change: lit is %v, want %v", row.ID, l, activeLow, ms, got, want)
						}
						time.Sleep(time.Millisecond)
					}
				})
			}
		}
	}
}

func TestAlternate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(false)
		defer func() { b.stop(); <-b.done }()
		b.Show(served)
		time.Sleep(1234 * time.Millisecond)
		b.Show(away)
		for range 3000 {
			if b.lit(WAMP) == b.lit(Client) {
				t.Fatal("both lamps are the same while the relay does not answer")
			}
			time.Sleep(time.Millisecond)
		}
	})
}

func TestIdentifyForTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(false)
		defer func() { b.stop(); <-b.done }()
		b.Show(ready)
		time.Sleep(time.Second)
		b.Identify()
		for ms, want := range timeline(flash, 10_000) {
			for _, l := range Lamps {
				if got := b.lit(l); got != want {
					t.Fatalf("%s lamp %d ms after identify: lit is %v", l, ms, got)
				}
			}
			time.Sleep(time.Millisecond)
		}
		for range 1000 {
			if !b.lit(WAMP) || b.lit(Client) {
				t.Fatal("after identify the lamps do not show the state again")
			}
			time.Sleep(time.Millisecond)
		}
	})
}

func TestWinks(t *testing.T) {
	count := func(b *bench, l Lamp, every time.Duration) (winks, darkMS int) {
		before := b.lit(l)
		for i := range 4000 {
			if every > 0 && time.Duration(i)*time.Millisecond%every == 0 {
				b.Wink()
			}
			now := b.lit(l)
			if before && !now {
				winks++
			}
			if !now {
				darkMS++
			}
			before = now
			time.Sleep(time.Millisecond)
		}
		return winks, darkMS
	}
	for _, c := range []struct {
		name      string
		condition Condition
		lamp      Lamp
		every     time.Duration
		winks     int // in four seconds
	}{
		{"a busy client", served, Client, time.Millisecond, 32},
		{"a busy client on the board's lamp", served, Board, time.Millisecond, 32},
		{"a message a second", served, Client, time.Second, 4},
		{"no traffic", served, Client, 0, 0},
		{"the WAMP lamp does not wink", served, WAMP, time.Millisecond, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(false)
				defer func() { b.stop(); <-b.done }()
				b.Show(c.condition)
				time.Sleep(time.Second)
				winks, darkMS := count(b, c.lamp, c.every)
				if winks != c.winks {
					t.Errorf("%d winks in four seconds, want %d", winks, c.winks)
				}
				if want := c.winks * 50; darkMS != want {
					t.Errorf("dark for %d ms, want %d", darkMS, want)
				}
			})
		})
	}
	t.Run("not kept for later", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(false)
			defer func() { b.stop(); <-b.done }()
			b.Show(conditions["client-waiting"])
			b.Wink()
			time.Sleep(time.Second)
			b.Show(served)
			if winks, _ := count(b, Client, 0); winks != 0 {
				t.Error("a message of before shows as a wink now")
			}
		})
	})
}

func TestHaltLeavesTheLampsOff(t *testing.T) {
	for _, activeLow := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(activeLow)
			b.Show(served)
			if !b.lit(WAMP) || !b.lit(Client) {
				t.Fatal("the lamps do not shine")
			}
			b.stop()
			if err := <-b.done; err != nil {
				t.Fatal(err)
			}
			for _, l := range Lamps {
				if b.lit(l) {
					t.Errorf("%s lamp is lit after Halt (active low %v)", l, activeLow)
				}
			}
		})
	}
}

func TestShining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(false)
		defer func() { b.stop(); <-b.done }()
		b.Show(conditions["driver-away"])
		time.Sleep(300 * time.Millisecond)
		list := b.Shining()
		if len(list) != 3 || list[0].Row != "driver-away" || list[0].Elapsed != 300 || list[1].Row != "no-client" || list[0].Wired != "WAMP" {
			t.Errorf("shining: %+v", list)
		}
		b.Show(ready)
		if list = b.Shining(); list[0].Row != "ready" || list[0].Elapsed != 0 {
			t.Errorf("shining right after a change: %+v", list[0])
		}
	})
	simulated := NewEngine(nil, slog.New(slog.DiscardHandler)).Shining()
	if len(simulated) != 2 || simulated[0].Wired != "simulated" {
		t.Errorf("without outputs: %+v", simulated)
	}
}
