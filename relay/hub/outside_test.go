package hub_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/session"
	"rawtcpcom/relay/wire"
)

const haltLine = `{"topic":"driver","type":"command","name":"smoothie","message":"halt","param":null}`

// Whoever loops stops from outside at a router that takes none is refused after
// some, and each is told what became of his; the other way in is not shut, nor is a
// client's.
func TestFloodOfStopsFromOutsideIsBounded(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.router.set(func(r *router) { r.acks = false })
		var mu sync.Mutex
		told := map[wire.Code]int{}
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				e := r.Halt("somebody")
				mu.Lock()
				defer mu.Unlock()
				if e == nil {
					t.Error("a stop that nobody acknowledged counts as done")
					return
				}
				told[e.Code]++
			})
		}
		began := time.Now()
		all.Wait()
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("answered after %v", took)
		}
		expect(t, "told", told, map[wire.Code]int{wire.OutcomeUnknown: 8, wire.Busy: 92})
		expect(t, "published", len(r.router.commands()), 16)
		answered := make(chan string)
		go func() {
			line, more := r.LastWord("127.0.0.1:1", []byte(haltLine))
			if more {
				t.Error("more is to be heard after a stop that failed")
			}
			answered <- string(line)
		}()
		synctest.Wait()
		c.send("halt")
		expect(t, "published", len(r.router.commands()), 19)
		for _, p := range r.router.published(wire.Driver.Topic()) {
			r.settle(p, nil)
		}
		if line := <-answered; !strings.Contains(line, `"stopped": "halt"`) {
			t.Errorf("answered %s", line)
		}
		r.router.set(func(r *router) { r.acks = true })
		if e := r.Halt("somebody"); e != nil {
			t.Errorf("once the router has answered: %v", e)
		}
	})
}

// A session that ends with a stop under way has it answered at once.
func TestStopFromOutsideWhoseSessionEnds(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.router.set(func(r *router) { r.acks = false })
		answered := make(chan *wire.Error)
		go func() { answered <- r.Halt("somebody") }()
		synctest.Wait()
		began := time.Now()
		for _, p := range r.router.published(wire.Driver.Topic()) {
			r.settle(p, session.ErrOutcomeUnknown)
		}
		if e := <-answered; e == nil || e.Code != wire.OutcomeUnknown || time.Since(began) > 0 {
			t.Errorf("answered %v after %v", e, time.Since(began))
		}
	})
}

// watched is a router at which something is looked at before each stop.
type watched struct {
	*router
	before func()
}

func (w watched) Publish(ctx context.Context, topic string, payload []byte, urgent bool, settle func(error)) error {
	if urgent && topic == wire.Driver.Topic() && commandOf(string(payload)) != "flow" { // a question
		w.before()
	}
	return w.router.Publish(ctx, topic, payload, urgent, settle)
}

// What clients have in the session and have not had sent is withdrawn before a stop
// is published for others: the session may be sending all the while.
func TestStopForOthersWithdrawsFirst(t *testing.T) {
	for name, stop := range map[string]func(r *rig, gone *client){
		"from outside":     func(r *rig, _ *client) { _ = r.Halt("somebody") }, // what became of it is not asked here
		"of one that left": func(_ *rig, gone *client) { gone.leave() },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, halts, func(r *rig) {
				r.Joined(watched{r.router, func() {
					for _, p := range r.router.published(wire.Driver.Topic()) {
						if !p.urgent && p.ctx.Err() == nil {
							t.Errorf("%s can be sent after the stop", commandOf(p.payload))
						}
					}
				}})
				c, gone := r.ready(), r.ready()
				c.send("home")
				gone.send("home")
				stop(r, gone)
				synctest.Wait()
				expect(t, "published", r.router.commands(), []string{"home", "home", "clear_queue", "halt"})
			})
		})
	}
}

// Where no id is free, a newcomer waits for half a second for one. Its stop does not,
// be it there when the newcomer is or come later; whatever else it sends does.
func TestStopOfANewcomerDoesNotWaitForAnID(t *testing.T) {
	for name, row := range map[string]struct {
		pieces []string
		after  time.Duration // each of them
		want   time.Duration // until it is told
	}{
		"at once":            {[]string{haltLine}, 0, 0},
		"later":              {[]string{haltLine + "\n"}, 300 * time.Millisecond, 300 * time.Millisecond},
		"in pieces":          {[]string{haltLine[:20], haltLine[20:]}, 100 * time.Millisecond, 200 * time.Millisecond},
		"behind an empty":    {[]string{"\r\n", haltLine}, 100 * time.Millisecond, 200 * time.Millisecond},
		"both parts":         {[]string{clearQueue + haltLine}, 0, 0},
		"something else":     {[]string{command("home") + haltLine}, 0, 500 * time.Millisecond},
		"nothing but a half": {[]string{haltLine[:20]}, 0, 500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, settings{ids: 1}, func(r *rig) {
				r.ready()
				began := time.Now()
				near, far := net.Pipe()
				c := &client{conn: near, t: t}
				r.ln.conns <- serverSide{far}
				go func() {
					for _, piece := range row.pieces {
						time.Sleep(row.after)
						_, _ = io.WriteString(near, piece) // the test sees what is missing
					}
				}()
				buf := make([]byte, 1)
				if _, err := near.Read(buf); err != nil {
					t.Fatal(err)
				}
				expect(t, "told after", time.Since(began), row.want)
				go c.read()
				r.after(10 * time.Second)
				halts := strings.Count(strings.Join(r.router.commands(), " "), "halt")
				if wants := row.want < 500*time.Millisecond; halts > 0 != wants {
					t.Errorf("%d halts", halts)
				}
			})
		})
	}
}

// A newcomer that waits for an id and gets one is a client, whatever it has sent
// meanwhile.
func TestNewcomerThatGetsAnIDLosesNothing(t *testing.T) {
	inBubble(t, settings{ids: 1}, func(r *rig) {
		first := r.ready()
		near, far := net.Pipe()
		c := &client{conn: near, t: t}
		r.ln.conns <- serverSide{far}
		go c.read()
		c.write(command("home") + command("move")[:10])
		first.conn.Close()
		r.after(time.Second)
		c.write(command("move")[10:])
		r.after(time.Second)
		expect(t, "published", r.router.commands(), []string{"home", "move"})
	})
}
