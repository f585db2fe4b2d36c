package faults_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

var (
	soakFor  = flag.Duration("soak", 0, "how long TestSoak runs; 0 for 5s, or 60s in CI")
	soakHard = flag.Bool("soak-hard", false, "TestSoak also pulls the router's cable, freezes router and driver, and floods; needs root and iproute2")
	soakSeed = flag.Uint64("soak-seed", 0, "the seed of TestSoak; 0 for a new one")
)

// TestSoak lets clients, the router and the driver come and go at random, and
// accounts for every message at the end. What was published is told by an
// observer that the router is never without: it goes away by way of a proxy,
// which to the relay is the same.
func TestSoak(t *testing.T) {
	length := *soakFor
	switch {
	case length > 0:
	case os.Getenv("CI") != "":
		length = time.Minute
	default:
		length = 5 * time.Second
	}
	seed := *soakSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("seed %d, for %v", seed, length)

	rig := New(t)
	observer := rig.Peer("com.opentrons.driver")
	rig.StartDriver(simulator.RobotConfig{RecordLimit: -1})
	var cable *wire
	proxy := rig.Proxy()
	if *soakHard {
		cable = newWire(t)
		proxy = cable.proxy(rig)
	}
	relay := rig.StartRelay("-router", proxy.URL(), "-max-clients", "4", "-check", "off")
	relay.WaitRobot("present")
	warm := relay.Connect()
	warm.Fence()
	warm.Close()
	relay.WaitState("nobody", func(s state.State) bool { return len(s.Clients) == 0 })
	before := measure()

	s := &soak{t: t, relay: relay, ledger: newLedger(t)}
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var running []*Task
	for k := range 4 {
		random := rand.New(rand.NewPCG(seed, uint64(k)))
		running = append(running, Beside(t, func(context.Context) error { s.comeAndGo(ctx, random); return nil }))
	}
	if *soakHard {
		running = append(running, Beside(t, func(context.Context) error {
			disturbHard(ctx, rand.New(rand.NewPCG(seed, 98)), relay, proxy, cable)
			return nil
		}))
	}
	disturb(ctx, rand.New(rand.NewPCG(seed, 99)), rig, proxy, *soakHard)
	for _, clients := range running {
		_ = clients.Wait() // they fail the test by themselves
	}

	// All is as it was.
	for _, gate := range []*Gate{proxy.Up, proxy.Down} {
		gate.Release()
		gate.CutAfter(0)
	}
	relay.WaitState("nobody", func(s state.State) bool { return len(s.Clients) == 0 })
	relay.WaitRobot("present")
	last := relay.Dial()
	last.Patience = time.Minute       // all ids may have to rest, 30 s where a session was lost
	last.Until(`"type": "handshake"`) // and before it, perhaps, that the robot is back after a silence
	last.Send(Meta("meta_commands", "null"))
	last.Until(`"meta_commands"`)
	last.Close()
	relay.WaitState("nobody", func(s state.State) bool { return len(s.Clients) == 0 })
	published, refused, unknown := s.audit(heard(observer, 2))
	t.Logf("%d clients; %d messages published, %d refused, %d of unknown outcome, %d of clients that vanished; %d sessions",
		s.clients.Load(), published, refused, unknown, s.vanished.Load(), relay.State().Router.Reconnects+1)
	if published == 0 {
		t.Error("nothing was published at all")
	}
	if len(rig.Robot.Ids()) > 4 {
		t.Errorf("the driver gave %d slots to a pool of four", len(rig.Robot.Ids()))
	}
	after := measure()
	for deadline := time.Now().Add(Patience); after.goroutines > before.goroutines+2 && time.Now().Before(deadline); after = measure() {
		runtime.Gosched() // what has been closed is ending
	}
	t.Logf("before: %+v, after: %+v", before, after)
	if after.goroutines > before.goroutines+2 {
		t.Errorf("%d goroutines have become %d", before.goroutines, after.goroutines)
	}
	// The ledger holds an entry for each message, and the log and the queues of
	// the test router have grown to their size.
	if grown := after.heap - before.heap - int64(len(s.ledger.sent))*600; grown > 24<<20 {
		t.Errorf("the heap has grown by %d MiB", grown>>20)
	}
}

type measured struct {
	goroutines int
	heap       int64
}

func measure() measured {
	runtime.GC()
	runtime.GC() // what the first has finalized
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return measured{runtime.NumGoroutine(), int64(m.HeapAlloc)}
}

type soak struct {
	t       testing.TB
	relay   *Relay
	ledger  *ledger
	clients atomic.Int64

	vanished atomic.Int64
	gone     sync.Map // the numbers of clients that did not wait for their answers
}

// comeAndGo is one client after another.
func (s *soak) comeAndGo(ctx context.Context, random *rand.Rand) {
	for ctx.Err() == nil {
		s.client(ctx, int(s.clients.Add(1)), random)
	}
}

// client connects, sends, and leaves in one way or another. One that reads to
// the end knows of every message what became of it; of one that vanishes, only
// that none was published twice.
func (s *soak) client(ctx context.Context, number int, random *rand.Rand) {
	c := DialFrom(s.t, "", s.relay.Addr)
	defer c.Close()
	vanishes := random.IntN(4) == 0
	lines := make(chan struct{})
	go func() {
		defer close(lines)
		s.read(c, number)
	}()
	n := random.IntN(400)
	for i := range n {
		if _, err := io.WriteString(c.Conn, s.ledger.message(number, i)+"\n"); err != nil {
			vanishes = true // turned away or closed: it is not told of what it sent after
			break
		}
		if random.IntN(20) == 0 {
			pause(ctx, time.Duration(random.IntN(30))*time.Millisecond)
		}
	}
	if vanishes {
		s.vanished.Add(int64(n))
		s.gone.Store(number, true)
		if random.IntN(2) == 0 {
			_ = c.Conn.SetLinger(0)
		}
		c.Close()
	} else {
		_ = c.Conn.CloseWrite() // the relay answers what is left, then closes
	}
	<-lines
}

// read enters what a client is told until its connection ends. One that is
// turned away, since the ids of clients that have just vanished are not free
// yet, is told so once and for all that it sends.
func (s *soak) read(c *Client, number int) {
	for {
		line, err := c.ReadLine()
		if err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				s.t.Errorf("a client was neither told anything nor closed: %v", err)
			}
			return
		}
		m, err := ParseMessage(line)
		if err != nil {
			s.t.Error(err)
			return
		}
		if m.Type == "error" && m.Error().Code == "busy" {
			s.gone.Store(number, true)
		}
		s.ledger.readLine(m)
	}
}

// audit is the ledger's, with those that vanished set apart.
func (s *soak) audit(payloads []string) (published, refused, unknown int) {
	s.t.Helper()
	times := map[entry]int{}
	for _, payload := range payloads {
		if e, ok := parseEntry(commandOf(payload)); ok {
			if times[e]++; times[e] > 1 {
				s.t.Errorf("%v was published %d times", e, times[e])
			}
		}
	}
	s.ledger.sent = slices.DeleteFunc(s.ledger.sent, func(e entry) bool {
		_, gone := s.gone.Load(e.client)
		return gone
	})
	return s.ledger.audit(payloads)
}

// disturb takes the router and the driver away and gives them back until the
// context ends. With hard, the driver also freezes for seconds.
func disturb(ctx context.Context, random *rand.Rand, rig *Rig, proxy *Proxy, hard bool) {
	kinds := 6
	if hard {
		kinds = 7
	}
	for ctx.Err() == nil {
		pause(ctx, time.Duration(random.IntN(1000))*time.Millisecond)
		away := time.Duration(random.IntN(500)) * time.Millisecond
		switch random.IntN(kinds) {
		case 0:
			proxy.Cut()
		case 1:
			proxy.Refuse()
			pause(ctx, away)
			proxy.Accept()
		case 2:
			proxy.Up.CutAfter(1 + random.IntN(50_000))
		case 3:
			proxy.Down.CutAfter(1 + random.IntN(50_000))
		case 4: // slow for a while
			proxy.Down.Hold()
			pause(ctx, away)
			proxy.Down.Release()
		case 5:
			rig.StopRobot()
			pause(ctx, away)
			rig.StartDriver(simulator.RobotConfig{RecordLimit: -1})
		case 6:
			rig.Robot.Freeze(true)
			pause(ctx, 10*away)
			rig.Robot.Freeze(false)
		}
	}
}

// pause is part of the scenario, and waits for nothing.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
