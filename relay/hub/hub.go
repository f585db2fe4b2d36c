// Package hub joins the two sides: it decides, for each message of a client,
// whether it is published, waits a moment, or is refused, and for each event
// from the robot, which client it goes to.
//
// Everything it knows is behind one mutex, which is taken in turns, so that "the
// driver is there" and "publish this" are one step and no command slips out after
// the driver has gone. Nothing is done under the mutex that can block: lines go to
// bounded queues, publishes to the session's.
//
// The robot's software speaks one of two dialects (relay/wire/README.md). What
// they share is here: clients, their ids and their lines, the order of their
// commands, what becomes of each, who controls the robot. What differs is
// decided by a [Backend]: valid messages, recipients, handshakes, presence. A
// message is never translated from one dialect to the other. So the hub asks
// "may this go?" and "what is to be published?" and never which backend it has;
// packages driver and otone are the two there are, and each keeps its own
// state, under the hub's mutex.
//
//	clients.go    arrival and departure of clients
//	outside.go    stops of others than clients
//	commands.go   from a client to the robot
//	unheard.go    what the robot may not have got
//	stale.go      what it is told first where it had gone silent
//	held.go       what waits, and for how long
//	acks.go       a router that acknowledges nothing
//	memory.go     what may be held for clients, and who waits for room
//	beside.go     tells those who command the robot beside each other
//	control.go    who may command it
//	waits.go      tells who waits for its handshake why
//	stops.go      what is sent for who has gone
//	halted.go     what becomes of the others' messages when one halts the robot
//	position.go   where the robot stands
//	events.go     from the robot to its backend
//	backend.go    what a backend is, and what it may do here
//	follow.go     what follows when a backend stands differently
//	look.go       looks who is there (meta API)
//	flush.go      when what was queued is written
//	snapshot.go   what GET /state shows
//	turn/         the mutex
package hub

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"rawtcpcom/relay/broadcast"
	"rawtcpcom/relay/budget"
	"rawtcpcom/relay/hub/turn"
	"rawtcpcom/relay/lease"
	"rawtcpcom/relay/metrics"
	"rawtcpcom/relay/panics"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tap"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/relay/wire"
)

// Publisher is the part of a session that the hub uses.
type Publisher interface {
	// Publish is session.Session's: an error means that settle is not called.
	Publish(ctx context.Context, topic string, payload []byte, urgent bool, settle func(error)) error
	// PublishJSON is an urgent Publish of an argument that is JSON as it stands.
	PublishJSON(ctx context.Context, topic string, argument []byte, settle func(error)) error
	// Flush sends what was published; it may take its time where it mayBlock.
	Flush(mayBlock bool)
}

// Config is what a hub needs.
type Config struct {
	Pool *lease.Pool
	// Dialect is what the robot's software speaks, Rules how it is checked, and
	// Backend makes that software as the hub is to see it.
	Dialect wire.Dialect
	Rules   wire.Rules
	Backend func(Desk) Backend
	// Place is where the relay runs, for what a person is told to do.
	Place place.Place
	// Others are the dialects that a robot may speak which is there in its place.
	Others []wire.Dialect
	// OnDisconnect is what is published for a client that commanded the
	// robot and is gone.
	OnDisconnect Stop
	// AfterSilence is what is published to a robot that is back after a
	// silence, where commands were left unheard.
	AfterSilence Stop
	// Stale says that commands to this robot were left unheard before.
	Stale bool
	// PassHalted publishes what a halted robot drops.
	PassHalted bool
	// Exclusive lets one client at a time command the robot.
	Exclusive bool
	// HandshakeTimeout closes a client whose handshake with the robot is not
	// done in time; 0 for never.
	HandshakeTimeout time.Duration
	Base             func() state.State    // the fields of the state that are not the hub's
	PutAway          func(id string) error // puts away a notice among those
	Log              *slog.Logger
}

// Hub is the relay's heart. Its methods are safe for concurrent use.
type Hub struct {
	Metrics *metrics.Metrics
	Tap     tap.Tap // shows what passes

	cfg  Config
	pool *lease.Pool
	log  *slog.Logger
	wake chan struct{} // there may be a handshake to do
	look chan struct{} // look again who is subscribed
	// dirty is signalled when the state has changed.
	dirty chan struct{}
	ended broadcast.Signal // a client has closed its side, or left

	memory  *budget.Budget // what is on its way to the robot
	parsing sync.Mutex     // held while a large frame is parsed

	dialect wire.Dialect
	backend Backend // its methods are called in a turn
	stance  Stance  // of the backend, as compare took note of it last

	turns   *turn.Lock // held by whoever uses what follows
	session Publisher  // nil while the router is away
	router  state.Router
	joins   int                // sessions established
	clients map[string]*Client // by id
	byConn  map[*tcp.Conn]*Client
	acks    acks
	holder  *Client // who commands the robot, with Exclusive
	beside  besides // who command it without
	signs   uint64  // of life from the robot, see unheard
	gone    bool    // the robot, since the last of them
	ending  string  // why the relay ends, see Ending; empty while it does not
	// unproven says that the robot was commanded and gave no sign of life since,
	// stale that it was so before a silence; see stale.go.
	// sighted says that it gave one since it was out of sight.
	unproven, stale, sighted bool

	position position // where the robot stood when that was told last

	fromAPI, fromDoor outside   // stops of others than clients
	outsideLogged     time.Time // when the last of these was logged
	haltLogged        time.Time // when the last halt was

	othersUnheard bool // what others command the robot cannot be heard

	unflushed []*Client // to whom lines were queued since the last flush
	unsent    bool      // something was published since
}

// New makes a hub for a router that has not been joined yet, or for none where
// routerURL is empty.
func New(cfg Config, routerURL, realm string) *Hub {
	h := &Hub{
		cfg: cfg, pool: cfg.Pool, log: cfg.Log, dialect: cfg.Dialect, stale: cfg.Stale,
		wake:    make(chan struct{}, 1),
		look:    make(chan struct{}, 1),
		dirty:   make(chan struct{}, 1),
		memory:  newMemory(),
		clients: map[string]*Client{},
		byConn:  map[*tcp.Conn]*Client{},
	}
	h.turns = turn.New(func() { h.flush(false) })
	h.router = state.Router{URL: routerURL, Realm: realm, State: state.RouterConnecting, Since: time.Now()}
	if routerURL == "" {
		h.router.State = state.RouterNotSet
	}
	h.backend = cfg.Backend(Desk{h})
	h.stance = h.backend.State()
	h.Metrics = metrics.New(h.State, h.memory.Held)
	return h
}

// RelayTopics are what a session must be subscribed to before Joined is called.
func (h *Hub) RelayTopics() []string { return h.dialect.RelayTopics(h.pool.IDs()) }

// Overheard are those that it is better subscribed to as well.
func (h *Hub) Overheard() []string { return h.dialect.Overheard }

// SetOthersHeard says whether this session is subscribed to those. It is called before
// Joined.
func (h *Hub) SetOthersHeard(heard bool) {
	defer h.turns.Take().End()
	h.othersUnheard = !heard
}

// Run shakes hands, probes, and closes clients whose handshake takes too
// long, until the context ends.
func (h *Hub) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		next := time.Second                                       // after a panic, which must not become a busy loop
		_ = panics.Confine(h.log, "shaking hands", func() error { // logged there
			defer h.turns.Take().End()
			now := time.Now()
			next = presence.Never
			if h.session != nil {
				next = h.backend.Step(now) // first, as it knows why what is held cannot go
				h.follow()
			}
			next = min(next, h.refuseHeld(now), h.closeUnhandshaken(now), h.tellWaits(now))
			return nil
		})
		timer.Reset(next)
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		case <-timer.C:
		}
	}
}

// TakeTurn takes a turn and ends it, as every message does, for stall.Detect.
func (h *Hub) TakeTurn() {
	defer h.turns.Take().End()
}

// Dialling notes that the router is being dialled.
func (h *Hub) Dialling() {
	defer h.turns.Take().End()
	h.setRouter(state.RouterConnecting, h.router.Error)
}

// Joined takes a session that is subscribed to RelayTopics. The hub publishes
// through it until Lost.
func (h *Hub) Joined(s Publisher) {
	defer h.turns.Take().End()
	h.Metrics.Sessions.Inc()
	h.session = s
	h.router.Reached = true
	h.setRouter(state.RouterJoined, "")
	h.acks = acks{}
	h.saw(Sight{Kind: Began})
	signal(h.look)
}

// Lost notes that dialling failed or that the session has ended, and why.
// What waited is refused: a command is never kept for the next session.
func (h *Hub) Lost(err error) {
	defer h.turns.Take().End()
	// Of a router whose session has ended, only the next attempt tells whether
	// it is still there.
	h.router.Reached = h.session == nil && session.Reached(err)
	h.session = nil
	h.setRouter(state.RouterDown, err.Error())
	h.lostSight()
	h.saw(Sight{Kind: Ended})
}

func (h *Hub) setRouter(now state.RouterState, reason string) {
	was := h.router.State
	if now == state.RouterJoined {
		h.router.Reconnects = h.joins
		h.joins++
	}
	// A person wants to know since when there is no session, not since when
	// the latest attempt runs.
	if (was == state.RouterJoined) != (now == state.RouterJoined) {
		h.router.Since = time.Now()
	}
	h.router.State, h.router.Error = now, reason
	signal(h.dirty)
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
