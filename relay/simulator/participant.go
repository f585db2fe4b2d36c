package simulator

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/broadcast"
)

const (
	defaultRecordLimit = 10_000
	defaultRejoin      = 5 * time.Second
	// inboxSize is how many messages may wait while the robot publishes;
	// beyond it the connection is not read.
	inboxSize = 1024
)

// machine is the robot's software as a state machine: it has no goroutine and
// no clock, and each call returns what is to be published.
type machine interface {
	// topics are to be subscribed to, in order.
	topics() []string
	// greeting is published on joining, before any subscription.
	greeting() []reply
	take(m message, now time.Time) []reply
	tick(now time.Time) []reply
	// next is when something happens by itself, if anything will.
	next() (at time.Time, any bool)
}

// participant is a robot's software on the router. One goroutine turns the
// machine, another keeps the session.
type participant struct {
	cfg      RobotConfig
	log      *slog.Logger
	commands string          // the topic whose messages are recorded
	ctx      context.Context // ends with Close
	cancel   context.CancelFunc
	wg       sync.WaitGroup
	inbox    chan message
	changed  broadcast.Signal // at each change of what tests wait for

	mu      sync.Mutex
	machine machine
	record  record
	muted   bool
	frozen  chan struct{} // closed when it thaws; nil while it is not frozen
	session *session      // nil while there is none, or not all of it is subscribed
	voice   *session      // where replies go: there before the first event can come
}

// message is an event that arrived; payload is empty where its argument is no
// string.
type message struct {
	topic   string
	payload string
}

// participate joins the router and turns the machine. ctx bounds the joining.
func participate(ctx context.Context, cfg RobotConfig, m machine, commands string) (*participant, error) {
	if cfg.Realm == "" {
		cfg.Realm = DefaultRealm
	}
	if cfg.RecordLimit == 0 {
		cfg.RecordLimit = defaultRecordLimit
	}
	if cfg.Rejoin == 0 {
		cfg.Rejoin = defaultRejoin
	}
	p := &participant{
		cfg: cfg, log: orDiscard(cfg.Logger), commands: commands, machine: m,
		inbox:  make(chan message, inboxSize),
		record: record{limit: cfg.RecordLimit},
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.wg.Go(p.run)
	s, err := p.join(ctx)
	if err != nil {
		p.Close()
		return nil, fmt.Errorf("starting the simulated robot: %w; is the router there?", err)
	}
	p.setSession(s)
	p.wg.Go(func() { p.keepJoined(s) })
	return p, nil
}

// join opens a session and subscribes to the machine's topics.
func (p *participant) join(ctx context.Context) (*session, error) {
	s, err := join(ctx, p.cfg.URL, p.cfg.Realm, p.log)
	if err != nil {
		return nil, err
	}
	p.setVoice(s)
	p.publish(p.greeting())
	for _, topic := range p.machine.topics() {
		if err := s.subscribe(topic, func(e *wamp.Event) { p.receive(topic, e) }); err != nil {
			p.setVoice(nil)
			s.leave()
			return nil, fmt.Errorf("subscribing to %s: %w", topic, err)
		}
	}
	return s, nil
}

func (p *participant) greeting() []reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.machine.greeting()
}

// receive puts an event in the inbox. The robot's handlers take exactly one
// argument, and fail on any other event.
func (p *participant) receive(topic string, e *wamp.Event) {
	if len(e.Arguments) != 1 || len(e.ArgumentsKw) > 0 {
		p.log.Debug("ignored an event that has not one argument", "topic", topic)
		return
	}
	payload, isText := e.Arguments[0].(string)
	if topic == p.commands && !isText {
		p.log.Debug("ignored an event whose argument is not a string", "topic", topic)
		return
	}
	select {
	case p.inbox <- message{topic, payload}:
	case <-p.ctx.Done():
	}
}

// run turns the machine: messages in, time passing, replies out.
func (p *participant) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case m := <-p.inbox:
			p.thaw()
			p.publish(p.handle(m))
		case <-timer.C:
			p.thaw()
			p.publish(p.tick())
		case <-p.ctx.Done():
			return
		}
		timer.Reset(p.untilNext())
	}
}

// thaw returns when the robot is not frozen, or closed.
func (p *participant) thaw() {
	p.mu.Lock()
	frozen := p.frozen
	p.mu.Unlock()
	if frozen == nil {
		return
	}
	select {
	case <-frozen:
	case <-p.ctx.Done():
	}
}

// publish says what there is to say; while the robot is cut off it is dropped.
func (p *participant) publish(replies []reply) {
	s := p.currentVoice()
	for _, out := range replies {
		if s == nil {
			return
		}
		if err := s.publish(out.topic, nil, wamp.List{out.argument()}, nil); err != nil {
			p.log.Debug("reply lost", "topic", out.topic, "error", err)
		}
	}
}

func (p *participant) handle(m message) []reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.topic == p.commands && !isRelaysQuestion(m.payload) {
		p.record.add(m.payload)
	}
	defer p.changed.Notify()
	if p.muted {
		return nil
	}
	return p.machine.take(m, time.Now())
}

func (p *participant) tick() []reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.changed.Notify()
	replies := p.machine.tick(time.Now())
	if p.muted {
		return nil
	}
	return replies
}

// untilNext is how long nothing happens by itself.
func (p *participant) untilNext() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, any := p.machine.next()
	if !any {
		return math.MaxInt64
	}
	return time.Until(at)
}

func (p *participant) currentSession() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.session
}

func (p *participant) setSession(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.session, p.voice = s, s
	p.changed.Notify()
}

func (p *participant) currentVoice() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.voice
}

func (p *participant) setVoice(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.voice = s
}

// keepJoined owns the session: it joins again when it is lost, and leaves when
// the robot is closed.
func (p *participant) keepJoined(s *session) {
	for s != nil {
		select {
		case <-s.client.Done():
		case <-p.ctx.Done():
		}
		p.setSession(nil)
		s.leave()
		s = p.rejoin()
		p.setSession(s)
	}
}

// rejoin returns a new session, or nil if there is to be none.
func (p *participant) rejoin() *session {
	if p.cfg.Rejoin < 0 || p.ctx.Err() != nil {
		return nil
	}
	p.log.Info("simulated robot lost the router", "again_in", p.cfg.Rejoin)
	for {
		select {
		case <-time.After(p.cfg.Rejoin):
		case <-p.ctx.Done():
			return nil
		}
		p.thaw()
		s, err := p.join(p.ctx)
		if err == nil {
			p.log.Info("simulated robot joined again", "router", p.cfg.URL)
			return s
		}
		p.log.Debug("simulated robot cannot join", "error", err)
	}
}

// Close leaves the router and returns when nothing of the robot runs any more.
// It may be called again.
func (p *participant) Close() {
	p.cancel()
	p.wg.Wait()
}
