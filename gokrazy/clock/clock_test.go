package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rawtcpcom/gokrazy/clock/report"
	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/place"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var built = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// fakeMachine is a machine that is on for a minute and has another clock.
type fakeMachine struct {
	mu     sync.Mutex
	ahead  time.Duration // of the true time
	slewed int
	set    chan time.Time // each time that it is set to
}

func machineAt(t time.Time) *fakeMachine {
	return &fakeMachine{ahead: time.Until(t), set: make(chan time.Time, 10)}
}

func (m *fakeMachine) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Now().Add(m.ahead).Round(0)
}

func (m *fakeMachine) Set(t time.Time) error {
	m.mu.Lock()
	m.ahead = time.Until(t)
	m.mu.Unlock()
	m.set <- t
	return nil
}

func (m *fakeMachine) Slew(by time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ahead += by
	m.slewed++
	return nil
}

func (m *fakeMachine) Uptime() (time.Duration, error) { return time.Minute, nil }

// rig is the program on a fake machine.
type rig struct {
	*clock
	machine *fakeMachine
	dir     string
	stop    func() // and waits
}

func newRig(t *testing.T, m *fakeMachine, servers func() []server) *rig {
	t.Helper()
	dir := t.TempDir()
	r := &rig{dir: dir, machine: m, clock: &clock{
		machine: m, built: built, kept: filepath.Join(dir, "perm", "time.json"), report: filepath.Join(dir, "run", "clock.json"),
		servers: servers, retry: time.Hour, log: slog.New(slog.DiscardHandler),
	}}
	return r
}

func (r *rig) start(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); r.run(ctx) }()
	r.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(r.stop)
}

// until waits for a report as wanted.
func (r *rig) until(t *testing.T, what string, wanted func(report.Report) bool) report.Report {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		last, err := report.Read(r.clock.report, place.Box)
		if err == nil && wanted(last) {
			return last
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within 20 s: %s; the report is %+v, %v", what, last, err)
		}
	}
}

// keptTime is zero where none is kept.
func (r *rig) keptTime(t *testing.T) time.Time {
	t.Helper()
	var k kept
	if text, err := os.ReadFile(r.kept); err == nil {
		_ = json.Unmarshal(text, &k)
	}
	return k.Time
}

func near(a, b time.Time) bool { return a.Sub(b).Abs() < 10*time.Second }

// The clock never stands before the build's time, nor before the last time kept.
func TestFloor(t *testing.T) {
	for name, c := range map[string]struct {
		now  time.Time
		kept string // the file's text
		want time.Time
	}{
		"no battery":                       {time.Unix(5, 0), "", built},
		"a time was kept":                  {time.Unix(5, 0), `{"time":"2026-12-24T18:00:00Z"}`, time.Date(2026, 12, 24, 18, 0, 0, 0, time.UTC)},
		"a time was kept before an update": {time.Unix(5, 0), `{"time":"2026-01-02T00:00:00Z"}`, built},
		"the power went while it was kept": {time.Unix(5, 0), `{"ti`, built},
		"a clock with a battery":           {built.Add(time.Hour), "", built.Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, machineAt(c.now), func() []server { return nil })
			if c.kept != "" {
				if err := os.MkdirAll(filepath.Dir(r.kept), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(r.kept, []byte(c.kept), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			r.start(t)
			if got := r.until(t, "a report", func(r report.Report) bool { return strings.HasPrefix(r.Error, "no time server") }); got.Set {
				t.Errorf("it says that the clock is set: %+v", got)
			}
			if now := r.machine.Now(); !near(now, c.want) {
				t.Errorf("the clock stands at %v, not %v", now, c.want)
			}
			// It is kept before the power can go, and at an orderly end.
			r.until(t, "the time is kept", func(report.Report) bool { return near(r.keptTime(t), c.want) })
			if err := os.Remove(r.kept); err != nil {
				t.Fatal(err)
			}
			r.stop()
			if got := r.keptTime(t); !near(got, c.want) {
				t.Errorf("%v was kept, not %v", got, c.want)
			}
		})
	}
}

// A server that answers sets the clock, and the report says which one it was.
func TestSetByAServer(t *testing.T) {
	right := time.Date(2027, 3, 4, 5, 6, 7, 0, time.UTC)
	s := newTimeServer(t, machineAt(right).Now, 2)
	r := newRig(t, machineAt(time.Unix(5, 0)), func() []server { return []server{{s.addr, "DHCP"}} })
	r.start(t)
	got := r.until(t, "the clock is set", func(r report.Report) bool { return r.Set })
	if got.From != s.addr+" (DHCP)" || got.Uptime != 60 || got.Error != "" {
		t.Errorf("the report is %+v", got)
	}
	if now := r.machine.Now(); !near(now, right) {
		t.Errorf("the clock stands at %v, not %v", now, right)
	}
	r.stop()
	if got := r.keptTime(t); !near(got, right) {
		t.Errorf("%v was kept, not %v", got, right)
	}
	// Started anew, as after an update, it is set from the beginning.
	s.close()
	again := &rig{clock: &clock{machine: r.machine, built: built, kept: r.kept, report: r.clock.report, servers: func() []server { return nil }, log: r.log}}
	again.start(t)
	again.stop()
	if after := r.until(t, "any", func(report.Report) bool { return true }); after != got {
		t.Errorf("after a restart of the program the report is %+v", after)
	}
}

// What is off by little is not set, which would have times come twice.
func TestLittleIsAdjusted(t *testing.T) {
	right := built.Add(time.Hour)
	s := newTimeServer(t, machineAt(right).Now, 2)
	m := machineAt(right.Add(100 * time.Millisecond))
	r := newRig(t, m, func() []server { return []server{{s.addr, "settings"}} })
	r.start(t)
	r.until(t, "the clock is set", func(r report.Report) bool { return r.Set })
	r.stop()
	if m.slewed != 1 || len(m.set) != 0 {
		t.Errorf("it was adjusted %d times and set %d times", m.slewed, len(m.set))
	}
}

// Of several servers, the first one that answers with a time that can be is
// taken. One that comes later is found without a restart.
func TestWhichServer(t *testing.T) {
	right := time.Date(2027, 3, 4, 5, 6, 7, 0, time.UTC)
	old := newTimeServer(t, machineAt(built.AddDate(-7, 0, 0)).Now, 2)
	bad := newTimeServer(t, machineAt(right).Now, 0) // it says: leave me alone
	good := newTimeServer(t, machineAt(right).Now, 2)
	dead := newTimeServer(t, machineAt(right).Now, 2)
	dead.close()

	file := filepath.Join(t.TempDir(), "address.json")
	list := func() []server {
		all := named{settings.Store{Dir: t.TempDir()}, file, poolServer()}.servers()
		if last := all[len(all)-1]; last.by != "public pool" || !strings.HasSuffix(last.address, ".pool.ntp.org") {
			t.Errorf("the last server is %v", last)
		}
		return all[:len(all)-1] // nobody outside is asked by a test
	}
	dhcp := func(servers ...string) {
		t.Helper()
		if err := (lan.Report{NTP: servers}).Write(file); err != nil {
			t.Fatal(err)
		}
	}
	r := newRig(t, machineAt(time.Unix(5, 0)), list)
	dhcp(old.addr, bad.addr, dead.addr)
	r.start(t)
	got := r.until(t, "each has been asked", func(r report.Report) bool { return strings.Contains(r.Error, dead.addr) })
	for _, part := range []string{
		old.addr + " (DHCP): it says 2019-11-20, before this version was made", bad.addr + " (DHCP): kiss", dead.addr + " (DHCP): no time server runs there",
	} {
		if !strings.Contains(got.Error, part) {
			t.Errorf("the report says %q, without %q", got.Error, part)
		}
	}
	if now := r.machine.Now(); !near(now, built) {
		t.Errorf("the clock stands at %v", now)
	}
	dhcp(old.addr, good.addr)
	if got := r.until(t, "the clock is set", func(r report.Report) bool { return r.Set }); got.From != good.addr+" (DHCP)" {
		t.Errorf("it was set from %s", got.From)
	}
}

// The settings' servers are asked before those that DHCP names, and the public
// pool last.
func TestWhoIsAsked(t *testing.T) {
	dir := t.TempDir()
	n := named{settings.Store{Dir: dir}, filepath.Join(dir, "address.json"), poolServer()}
	asked := func() string {
		var all []string
		for _, s := range n.servers() {
			all = append(all, s.String())
		}
		return strings.Join(all, " ")
	}
	is := func(want string) {
		t.Helper()
		if got := asked(); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, ".gokrazy.pool.ntp.org (public pool)") {
			t.Errorf("asked are %s, not %s and the pool", got, want)
		}
	}
	is("")
	if err := (lan.Report{NTP: []string{"192.0.2.1"}}).Write(n.address); err != nil {
		t.Fatal(err)
	}
	is("192.0.2.1 (DHCP) ")
	if err := n.settings.Save(settings.Values{"network.ntp": "time.lab.example, 192.0.2.9"}); err != nil {
		t.Fatal(err)
	}
	is("time.lab.example (settings) 192.0.2.9 (settings) 192.0.2.1 (DHCP) ")
}

// A server that says nothing does not hold up the end of the program.
func TestSilentServer(t *testing.T) {
	s := newTimeServer(t, nil, 2)
	r := newRig(t, machineAt(built), func() []server { return []server{{s.addr, "DHCP"}} })
	r.start(t)
	<-s.asked
	began := time.Now()
	r.stop()
	if took := time.Since(began); took > answerTime/2 {
		t.Errorf("the end took %v", took)
	}
}
