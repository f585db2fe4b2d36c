// Package monitor puts together what is known of the box at this moment: it
// owns the watching of the relay, tells the lamps, and answers the page.
//
// Lamps and page are two faces of one truth, so both are fed from here, and
// the lamps first: a person at the bench sees a change within milliseconds.
package monitor

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"rawtcpcom/relay/state"
	"rawtcpcom/status/chain"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/traffic"
	"rawtcpcom/status/watch"
)

const (
	lookEvery = 2 * time.Second // at the machine's addresses
	dialEvery = 3 * time.Second // at the router, while there is no session
)

// Lamps are told what to show.
type Lamps interface {
	Show(lamp.Condition)
	Wink()
	Shining() []lamp.Shining
}

// Config is what a monitor works with.
type Config struct {
	Relay      *watch.Relay
	Lamps      Lamps
	Traffic    *traffic.Log
	ClientPort string   // where clients connect
	Notices    []string // what the page tells besides the relay's own
	Log        *slog.Logger

	// What the machine says of itself, for tests to say otherwise.
	Addresses func() []string
	Uptime    func() time.Duration
	Dial      func(context.Context, string) chain.Dial
}

// Monitor is the gathered knowledge. Its methods are safe for use by several
// goroutines.
type Monitor struct {
	cfg    Config
	redial chan struct{} // the router's state changed

	mu          sync.Mutex
	changed     chan struct{} // closed at the next change
	answering   bool
	answerError string
	state       state.State
	addresses   []string
	dial        chain.Dial
	judge       *chain.Judge
	ages        *chain.Ages // of the relay's answering and of the clients
}

// New makes a monitor; Run sets it to work.
func New(cfg Config) *Monitor {
	return &Monitor{
		cfg: cfg, redial: make(chan struct{}, 1), changed: make(chan struct{}),
		answerError: "it has not been asked yet",
		addresses:   cfg.Addresses(),
		judge:       chain.NewJudge(), ages: chain.NewAges(),
	}
}

// Run works until ctx ends, and returns when everything it started has ended.
func (m *Monitor) Run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	m.cfg.Lamps.Show(lamp.Condition{})
	all.Go(func() { m.cfg.Relay.Follow(ctx, m.events()) })
	all.Go(func() { m.lookAround(ctx) })
	all.Go(func() { m.dialRouter(ctx) })
}

func (m *Monitor) events() watch.Events {
	return watch.Events{
		State:   m.heard,
		Lost:    m.lost,
		Message: func(msg traffic.Message) { m.cfg.Lamps.Wink(); m.cfg.Traffic.Add(msg) },
		Dropped: func(n uint64) { m.cfg.Lamps.Wink(); m.cfg.Traffic.Drop(n) },
	}
}

func (m *Monitor) heard(s state.State) {
	m.cfg.Lamps.Show(lamp.ConditionOf(true, s))
	m.change(func() {
		if !m.answering {
			m.cfg.Log.Info("the relay answers", "relay", m.cfg.Relay.URL(), "version", s.Version)
		}
		if !m.answering || joined(s) != joined(m.state) || s.Router.URL != m.state.Router.URL {
			m.dialSoon()
		}
		m.answering, m.answerError, m.state = true, "", s
	})
}

func joined(s state.State) bool { return s.Router.State == state.RouterJoined }

func (m *Monitor) lost(err error) {
	m.cfg.Lamps.Show(lamp.ConditionOf(false, state.State{}))
	m.change(func() {
		if m.answering || m.answerError != err.Error() {
			m.cfg.Log.Warn("the relay does not answer, trying on", "relay", m.cfg.Relay.URL(), "error", err)
		}
		m.answering, m.answerError = false, err.Error()
	})
}

// change does what is given under the lock, and wakes whoever waits for it.
func (m *Monitor) change(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do()
	m.evaluate()
	close(m.changed)
	m.changed = make(chan struct{})
}

// Changed is closed at the next change.
func (m *Monitor) Changed() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.changed
}

func (m *Monitor) dialSoon() {
	select {
	case m.redial <- struct{}{}:
	default:
	}
}

// lookAround notices when the machine gets or loses an address.
func (m *Monitor) lookAround(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			m.change(func() { m.addresses = m.cfg.Addresses() })
		}
	}
}

// dialRouter finds out, while there is no session, whether anything listens
// at the router's address: it tells a robot that is off from one that refuses.
func (m *Monitor) dialRouter(ctx context.Context) {
	ticker := time.NewTicker(dialEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-m.redial:
		}
		m.mu.Lock()
		url, needed := m.state.Router.URL, m.answering && !joined(m.state)
		m.mu.Unlock()
		if !needed || url == "" {
			m.change(func() { m.dial = chain.Dial{} })
			continue
		}
		outcome := m.cfg.Dial(ctx, url)
		m.change(func() { m.dial = outcome })
	}
}

// evaluate judges the chain as it is now. The lock is held.
func (m *Monitor) evaluate() chain.Report {
	return m.judge.Evaluate(chain.Facts{
		Now: time.Now(), Uptime: m.cfg.Uptime(), Addresses: m.addresses,
		Answering: m.answering, AnswerError: m.answerError, State: m.state,
		Dial: m.dial, ClientPort: m.cfg.ClientPort,
	})
}
