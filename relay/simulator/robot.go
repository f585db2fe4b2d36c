package simulator

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/gammazero/nexus/v3/wamp"
)

const (
	defaultSlots       = 5
	defaultRecordLimit = 10_000
	defaultRejoin      = 5 * time.Second
	// inboxSize is how many messages may wait while the robot publishes;
	// beyond it the connection is not read.
	inboxSize = 1024
)

// DefaultSpeed is how fast each axis moves unless told otherwise, in mm/s: the
// order of a real OT-One's, for the head and for the plungers.
func DefaultSpeed() map[string]float64 {
	return map[string]float64{"X": 50, "Y": 50, "Z": 50, "A": 10, "B": 10, "C": 10}
}

// RobotConfig says what robot to start.
type RobotConfig struct {
	URL    string             // of the router's WebSocket
	Realm  string             // DefaultRealm if empty
	Speed  map[string]float64 // mm/s for each axis X, Y, Z, A, B, C; DefaultSpeed for those not named
	Logger *slog.Logger       // nil discards

	// Instant makes motions take no time, for tests about anything else. There
	// is then no stat 1, as in the recorded sessions.
	Instant bool
	// Slots is how many ids the driver takes; 0 is the real driver's 5.
	Slots int
	// RecordLimit is how many of the latest messages Received keeps: 0 for
	// 10,000, negative for none.
	RecordLimit int
	// Rejoin is the pause before each attempt to join again after the session
	// is lost: 0 for the real driver's 5 s, negative for no attempt. The driver
	// that rejoins is the same: it keeps its id, its clients and its queue.
	Rejoin time.Duration
}

// Robot is a simulated OT-One: its driver, joined to a router, and the board
// and axes below it.
type Robot struct {
	cfg    RobotConfig
	log    *slog.Logger
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	wg     sync.WaitGroup
	inbox  chan message

	mu      sync.Mutex
	driver  *driver
	record  record
	muted   bool
	session *session      // nil while there is none, or not all of it is subscribed
	voice   *session      // where replies go: there before the first event can come
	changed chan struct{} // closed, and made anew, at each change of what tests wait for
}

// message is a payload that arrived on one of the driver's topics.
type message struct {
	topic   string
	payload string
}

// StartRobot joins the router as a driver that was just started: with a new
// id, no clients, and all axes at 0. ctx bounds the joining and no more; Close
// ends the robot. It fails if the router cannot be joined or a speed is not
// above zero.
func StartRobot(ctx context.Context, cfg RobotConfig) (*Robot, error) {
	b, err := newBoard(cfg.Speed, cfg.Instant)
	if err != nil {
		return nil, fmt.Errorf("starting the simulated robot: %w", err)
	}
	if cfg.Realm == "" {
		cfg.Realm = DefaultRealm
	}
	if cfg.Slots == 0 {
		cfg.Slots = defaultSlots
	}
	if cfg.RecordLimit == 0 {
		cfg.RecordLimit = defaultRecordLimit
	}
	if cfg.Rejoin == 0 {
		cfg.Rejoin = defaultRejoin
	}
	r := &Robot{
		cfg:     cfg,
		log:     orDiscard(cfg.Logger),
		inbox:   make(chan message, inboxSize),
		driver:  newDriver(newUUID(), cfg.Slots, b, newUUID),
		record:  record{limit: cfg.RecordLimit},
		changed: make(chan struct{}),
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.wg.Go(r.run)
	s, err := r.join(ctx)
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("starting the simulated robot: %w; is the router there?", err)
	}
	r.setSession(s)
	r.log.Info("simulated robot joined", "router", cfg.URL, "realm", cfg.Realm, "driver", r.driver.id)
	r.wg.Go(func() { r.keepJoined(s) })
	return r, nil
}

// newBoard makes a board with the speeds of all axes, in mm/s.
func newBoard(speed map[string]float64, instant bool) (*board, error) {
	b := &board{instant: instant}
	for name, v := range DefaultSpeed() {
		b.speed[axisOf(name)] = v
	}
	for name, v := range speed {
		axis := axisOf(name)
		if axis < 0 {
			return nil, fmt.Errorf("speed of axis %q: the axes are X, Y, Z, A, B and C", name)
		}
		if !(v > 0) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("speed of axis %s: %v mm/s is not a speed above zero", name, v)
		}
		b.speed[axis] = v
	}
	return b, nil
}

// join opens a session and subscribes to the driver's two topics.
func (r *Robot) join(ctx context.Context) (*session, error) {
	s, err := join(ctx, r.cfg.URL, r.cfg.Realm, r.log)
	if err != nil {
		return nil, err
	}
	r.setVoice(s)
	for _, topic := range []string{handshakeTopic, driverTopic} {
		if err := s.subscribe(topic, func(e *wamp.Event) { r.receive(topic, e) }); err != nil {
			r.setVoice(nil)
			s.leave()
			return nil, fmt.Errorf("subscribing to %s: %w", topic, err)
		}
	}
	return s, nil
}

// receive puts an event in the inbox. The driver's handlers take exactly one
// argument, and fail on any other event.
func (r *Robot) receive(topic string, e *wamp.Event) {
	if len(e.Arguments) != 1 || len(e.ArgumentsKw) > 0 {
		r.log.Debug("ignored an event that has not one argument", "topic", topic)
		return
	}
	payload, ok := e.Arguments[0].(string)
	if !ok {
		r.log.Debug("ignored an event whose argument is not a string", "topic", topic)
		return
	}
	select {
	case r.inbox <- message{topic, payload}:
	case <-r.ctx.Done():
	}
}

// run turns the driver: messages in, time passing, replies out.
func (r *Robot) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var replies []reply
		select {
		case m := <-r.inbox:
			replies = r.handle(m)
		case <-timer.C:
			replies = r.tick()
		case <-r.ctx.Done():
			return
		}
		s := r.currentVoice()
		for _, out := range replies {
			if s == nil {
				break // the driver drops what it has to say while it is cut off
			}
			if err := s.publish(out.topic, nil, wamp.List{out.payload}, nil); err != nil {
				r.log.Debug("reply lost", "topic", out.topic, "error", err)
			}
		}
		timer.Reset(r.untilNext())
	}
}

func (r *Robot) handle(m message) []reply {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m.topic == driverTopic {
		r.record.add(m.payload)
	}
	defer r.notify()
	switch {
	case r.muted:
		return nil
	case m.topic == driverTopic:
		return r.driver.dispatch(m.payload, time.Now())
	}
	return r.driver.handshake(m.payload, time.Now())
}

func (r *Robot) tick() []reply {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.notify()
	replies := r.driver.tick(time.Now())
	if r.muted {
		return nil
	}
	return replies
}

// untilNext is how long nothing happens by itself.
func (r *Robot) untilNext() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	end, moving := r.driver.board.next()
	if !moving {
		return math.MaxInt64
	}
	return time.Until(end)
}

func (r *Robot) currentSession() *session {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.session
}

func (r *Robot) setSession(s *session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.session, r.voice = s, s
	r.notify()
}

func (r *Robot) currentVoice() *session {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.voice
}

func (r *Robot) setVoice(s *session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.voice = s
}

// notify wakes those who wait for a change; mu is held.
func (r *Robot) notify() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// keepJoined owns the session: it joins again when it is lost, and leaves when
// the robot is closed.
func (r *Robot) keepJoined(s *session) {
	for s != nil {
		select {
		case <-s.client.Done():
		case <-r.ctx.Done():
		}
		r.setSession(nil)
		s.leave()
		s = r.rejoin()
		r.setSession(s)
	}
}

// rejoin returns a new session, or nil if there is to be none.
func (r *Robot) rejoin() *session {
	if r.cfg.Rejoin < 0 || r.ctx.Err() != nil {
		return nil
	}
	r.log.Info("simulated robot lost the router", "again_in", r.cfg.Rejoin)
	for {
		select {
		case <-time.After(r.cfg.Rejoin):
		case <-r.ctx.Done():
			return nil
		}
		s, err := r.join(r.ctx)
		if err == nil {
			r.log.Info("simulated robot joined again", "router", r.cfg.URL)
			return s
		}
		r.log.Debug("simulated robot cannot join", "error", err)
	}
}

// Close leaves the router and returns when nothing of the robot runs any more.
// It may be called again.
func (r *Robot) Close() {
	r.cancel()
	r.wg.Wait()
}
