package otone_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/lease"
	"rawtcpcom/relay/otone"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// rig is a hub in a bubble of synctest, whose router and robot are turned by
// hand. It has no clients: what they see is in package relaytest.
type rig struct {
	*hub.Hub
	t *testing.T

	mu     sync.Mutex
	asked  int       // browser_ready
	answer string    // JSON of robot_ready; empty for none
	look   wamp.List // what a look finds
	denied error     // or why it finds nothing
}

func (r *rig) Publish(context.Context, string, []byte, bool, func(error)) error { return nil }
func (r *rig) Flush(bool)                                                       {}

func (r *rig) PublishJSON(_ context.Context, topic string, argument []byte, _ func(error)) error {
	if topic != wire.BrowserReady || string(argument) != "true" {
		r.t.Errorf("published %s on %s", argument, topic)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if r.answer != "" {
		go r.says(r.answer)
	}
	return nil
}

func (r *rig) Call(context.Context, string, ...any) (wamp.List, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.look, r.denied
}

// says is the robot's word.
func (r *rig) says(ready string) {
	r.Event(session.Event{Topic: wire.RobotReady, Argument: []byte(ready), Problem: errors.New("its argument is not a string")})
}

// set changes what the robot answers and what a look finds, and has the relay
// look.
func (r *rig) set(answer string, look wamp.List) {
	r.will(answer)
	r.mu.Lock()
	r.look = look
	r.mu.Unlock()
	r.Event(session.Event{Topic: string(wamp.MetaEventSessionOnLeave)})
	synctest.Wait()
}

func (r *rig) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (r *rig) expect(when string, want state.RobotState, asked int) {
	r.t.Helper()
	got := r.timesAsked()
	if s := r.State().Robot; s.State != want || got != asked {
		r.t.Errorf("%s: the robot is %s (%s) and was asked %d times, not %s and %d", when, s.State, s.Error, got, want, asked)
	}
}

// timesAsked is how often it was asked since the last call.
func (r *rig) timesAsked() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := r.asked
	r.asked = 0
	return asked
}

// will is what it answers from now on.
func (r *rig) will(answer string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

var (
	nobody  = wamp.List{nil}
	first   = wamp.List{wamp.ID(7)}
	another = wamp.List{wamp.ID(8)}
)

// inBubble runs a test on a hub that has joined a router.
func inBubble(t *testing.T, r *rig, test func(*rig)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		quiet := slog.New(slog.DiscardHandler)
		pool, err := lease.Open(t.TempDir(), 1, quiet)
		if err != nil {
			t.Fatal(err)
		}
		r.t = t
		r.Hub = hub.New(hub.Config{Pool: pool, Dialect: wire.OToneDialect, Backend: otone.New, Base: func() state.State { return state.State{} }, Log: quiet}, "ws://robot/ws", "ot_realm")
		r.Joined(r)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { r.Run(ctx) })
		running.Go(func() { _ = r.Look(ctx, r) })
		defer running.Wait()
		defer cancel()
		synctest.Wait()
		test(r)
	})
}

// Where the router tells, the robot is asked once, and again only when another
// has come: each answer sets every browser going.
func TestRobotIsAskedNoMoreThanNeeded(t *testing.T) {
	inBubble(t, &rig{answer: "true", look: first}, func(r *rig) {
		r.expect("at first", state.RobotPresent, 1)
		r.after(time.Hour)
		r.says("true") // to a browser
		r.set("true", first)
		r.expect("while nothing happens to it", state.RobotPresent, 0)
		r.set("true", another)
		r.expect("started anew", state.RobotPresent, 1)
		r.set("true", nobody)
		r.says("true") // it joins, and is not subscribed yet
		r.after(time.Hour)
		r.expect("gone", state.RobotAbsent, 0)
		r.set("true", another)
		r.expect("back", state.RobotPresent, 1)
	})
}

// Where the router does not tell, the robot's word counts once it has been
// given twice, since the first may be from before it was subscribed.
func TestPresenceWithoutTheMetaAPI(t *testing.T) {
	inBubble(t, &rig{denied: errors.New("wamp.error.not_authorized")}, func(r *rig) {
		r.expect("nobody there", state.RobotUnknown, 1)
		r.after(4 * time.Second)
		r.expect("it does not answer", state.RobotAbsent, 1)
		r.after(time.Minute)
		r.will("true")
		r.says("true") // it joins
		synctest.Wait()
		if r.timesAsked() == 0 {
			t.Error("the word that it gave unasked was taken")
		}
		r.after(6 * time.Second)
		r.timesAsked()
		r.expect("back", state.RobotPresent, 0)
		r.will("")
		r.after(20 * time.Second)
		if s := r.State().Robot; s.State != state.RobotAbsent || !strings.Contains(s.Error, "browser_ready") {
			t.Errorf("gone: %+v", s)
		}
	})
}

func TestRobotThatIsNotReady(t *testing.T) {
	inBubble(t, &rig{answer: "false", look: first}, func(r *rig) {
		r.after(time.Minute)
		if s := r.State().Robot; s.State != state.RobotAbsent || !strings.Contains(s.Error, "robot_ready is false") {
			t.Errorf("not ready: %+v", s)
		}
		r.set("true", first)
		r.after(6 * time.Second)
		if s := r.State().Robot; s.State != state.RobotPresent {
			t.Errorf("ready: %+v", s)
		}
		r.says("false") // of its own accord
		if s := r.State().Robot; s.State != state.RobotAbsent {
			t.Errorf("not ready again: %+v", s)
		}
		for _, word := range []string{"1", `"true"`, "null", ""} {
			r.says(word)
		}
		if s := r.State().Robot; s.State != state.RobotAbsent {
			t.Errorf("a word that is neither yes nor no was taken: %+v", s)
		}
	})
}

// What comes between two sessions is left aside.
func TestWordBetweenSessions(t *testing.T) {
	inBubble(t, &rig{answer: "true", look: first}, func(r *rig) {
		r.Lost(errors.New("gone"))
		r.says("true")
		r.says("false")
		r.after(time.Minute)
		r.expect("between sessions", state.RobotUnknown, 1)
		r.Joined(r)
		r.after(time.Second)
		r.expect("joined", state.RobotPresent, 1)
	})
}
