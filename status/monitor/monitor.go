// Package monitor puts together what is known of the box at this moment: it
// follows the relay, tells the lamps, and answers the page.
//
// Lamps and page are two faces of one truth, so both are fed from one report,
// and the lamps first: a person at the bench sees a change within milliseconds.
package monitor

import (
	"context"
	"log/slog"
	"sync"
	"time"

	clock "rawtcpcom/gokrazy/clock/report"
	"rawtcpcom/gokrazy/names/report"
	"rawtcpcom/relay/broadcast"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tap"
	"rawtcpcom/status/chain"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/relayapi"
	"rawtcpcom/status/traffic"
)

// lookEvery is how often the machine is looked at.
const lookEvery = 2 * time.Second

// Lamps are told what to show.
type Lamps interface {
	Show(lamp.Condition)
	Wink()
	Shining() []lamp.Shining
}

// Config is what a monitor works with.
type Config struct {
	Relay      *relayapi.Relay
	Lamps      Lamps
	Traffic    *traffic.Log
	ClientPort string          // where clients connect
	Notices    []string        // what the page tells besides the relay's own
	Told       func() []string // notices that come and go; nil for none
	Log        *slog.Logger

	// Reports is the folder where other programs of the box report; empty for none.
	Reports string

	// What the machine says of itself, for tests to say otherwise.
	Place     place.Place
	Addresses func() []string
	Names     func() report.Names // nil: it has none
	Uptime    func() time.Duration
	// Box is what only a box says, nil on another machine.
	Box func() chain.Machine
}

// Monitor is the gathered knowledge. Its methods are safe for use by several
// goroutines.
type Monitor struct {
	cfg     Config
	changed broadcast.Signal

	mu          sync.Mutex
	answering   bool
	answerError string
	state       state.State
	machine     chain.Machine
	names       report.Names // under which the network finds the box
	judge       *chain.Judge
	ages        *chain.Ages // of the relay's answering and of the clients
}

// New makes a monitor; Run sets it to work.
func New(cfg Config) *Monitor {
	if cfg.Names == nil {
		cfg.Names = func() report.Names { return report.Names{} }
	}
	m := &Monitor{
		cfg:         cfg,
		answerError: "it has not been asked yet",
		names:       cfg.Names(),
		judge:       chain.NewJudge(), ages: chain.NewAges(),
	}
	m.machine = m.look()
	return m
}

// look asks the machine what it says of itself. A PC's clock is set.
func (m *Monitor) look() chain.Machine {
	machine := chain.Machine{Clock: clock.Report{Set: true}}
	if m.cfg.Box != nil {
		machine = m.cfg.Box()
	}
	machine.Addresses = m.cfg.Addresses()
	return machine
}

// Run works until ctx ends, and returns when everything it started has ended.
func (m *Monitor) Run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	m.change(func() {})
	all.Go(func() { m.cfg.Relay.Follow(ctx, m.events()) })
	all.Go(func() { m.lookAround(ctx) })
}

func (m *Monitor) events() relayapi.Events {
	return relayapi.Events{
		State:   m.heard,
		Lost:    m.lost,
		Message: func(msg tap.Message) { m.cfg.Lamps.Wink(); m.cfg.Traffic.Add(msg) },
		Dropped: func(n uint64) { m.cfg.Lamps.Wink(); m.cfg.Traffic.Drop(n) },
	}
}

func (m *Monitor) heard(s state.State) {
	m.change(func() {
		if !m.answering {
			m.cfg.Log.Info("the relay answers", "relay", m.cfg.Relay.URL(), "version", s.Version)
		}
		m.answering, m.answerError, m.state = true, "", s
	})
}

func (m *Monitor) lost(err error) {
	m.change(func() {
		if m.answering || m.answerError != err.Error() {
			m.cfg.Log.Warn("the relay does not answer; trying again", "relay", m.cfg.Relay.URL(), "error", err)
		}
		m.answering, m.answerError = false, err.Error()
	})
}

// change does what is given under the lock, shows it on the lamps and wakes
// whoever waits for it.
func (m *Monitor) change(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do()
	m.cfg.Lamps.Show(lamp.ConditionOf(m.evaluate().Health))
	m.changed.Notify()
}

// Changed is closed at the next change.
func (m *Monitor) Changed() <-chan struct{} { return m.changed.Next() }

// lookAround notices when the machine changes, such as when it gets or loses an
// address or a name, and when what is told for a while only is over.
func (m *Monitor) lookAround(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			machine, names := m.look(), m.cfg.Names()
			m.change(func() { m.machine, m.names = machine, names })
		}
	}
}

// evaluate judges the chain as it is now. The lock is held.
func (m *Monitor) evaluate() chain.Report {
	return m.judge.Evaluate(chain.Facts{
		Now: time.Now(), Uptime: m.cfg.Uptime(), Machine: m.machine,
		Answering: m.answering, AnswerError: m.answerError, State: m.state,
		ClientPort: m.cfg.ClientPort, Place: m.cfg.Place,
	})
}
