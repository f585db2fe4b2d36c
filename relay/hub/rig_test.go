package hub_test

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gammazero/nexus/v3/wamp"

	backend "rawtcpcom/relay/driver"
	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/lease"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/relay/wire"
)

// rig is a hub in a bubble of synctest, where waiting takes no time: clients
// reach it through the real TCP server, over pipes, and the router and the
// driver are fakes that a test turns by hand.
type rig struct {
	*hub.Hub
	router *router
	driver *driver
	caller *caller

	t    testing.TB
	pool *lease.Pool
	ln   listener
}

type settings struct {
	ids    int         // 4 unless set
	pool   *lease.Pool // a new one unless set
	config func(*hub.Config)
}

// inBubble runs a test on a rig whose hub has joined a router with a driver
// that answers at once. Other tests run beside it.
func inBubble(t *testing.T, set settings, test func(*rig)) {
	t.Parallel()
	bubble(t, set, test)
}

func bubble(t *testing.T, set settings, test func(*rig)) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, set)
		r.Joined(r.router)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { r.Run(ctx) })
		running.Go(func() { _ = r.Look(ctx, r.caller) })
		server := &tcp.Server{
			Handler: r, Terminator: "\n\r", MaxMessage: 1 << 20, Log: quiet,
			Door:  &tcp.Door{Log: quiet, LastWord: r.LastWord, Stops: r.Stops},
			Admit: &tcp.Admission{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, PerAddress: 100, InAll: 100},
		}
		running.Go(func() { _ = server.Serve(ctx, r.ln) })
		defer running.Wait()
		defer cancel()
		synctest.Wait()
		test(r)
	})
}

var quiet = slog.New(slog.DiscardHandler)

func newRig(t testing.TB, set settings) *rig {
	if set.ids == 0 {
		set.ids = 4
	}
	if set.pool == nil {
		set.pool = newPool(t, set.ids)
	}
	cfg := hub.Config{Pool: set.pool, Dialect: wire.DriverDialect, Backend: backend.New, Base: func() state.State { return state.State{} }, Log: quiet}
	if set.config != nil {
		set.config(&cfg)
	}
	r := &rig{
		Hub: hub.New(cfg, "ws://robot/ws", "ot_realm"), t: t, pool: set.pool,
		caller: &caller{answer: wamp.List{wamp.ID(7)}},
		ln:     listener{make(chan net.Conn), make(chan struct{})},
	}
	r.driver = &driver{hub: r.Hub, id: "driver-1", slots: 5}
	r.router = &router{hub: r.Hub, driver: r.driver, acks: true}
	return r
}

func newPool(t testing.TB, size int) *lease.Pool {
	pool, err := lease.Open(t.TempDir(), size, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

// after lets time pass, and then everything that has begun come to rest.
func (r *rig) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// event is an event from the robot's side.
func (r *rig) event(topic, payload string) {
	r.Event(session.Event{Topic: topic, Payload: []byte(payload)})
	r.EventsIdle()
	synctest.Wait()
}

func (r *rig) presence() state.RobotState { return r.State().Robot.State }

// somebodyCameOrWent is a meta event of the router.
func (r *rig) somebodyCameOrWent() {
	r.Event(session.Event{Topic: string(wamp.MetaEventSessionOnLeave)})
	synctest.Wait()
}

// settle tells the hub what became of a publish, as a session's reader does.
func (r *rig) settle(p publish, err error) {
	r.router.tell(func() { p.settle(err) })
	synctest.Wait()
}
