package hub_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/lease"
	"rawtcpcom/relay/wire"
)

// stat is the board's word to an id, and empty the driver's that its queue is.
func (r *rig) stat(id string, n int) {
	r.event(wire.Frontend, fmt.Sprintf(`{"type": "driver", "to": %q, "from": "driver-1", "data": {"name": "smoothie", "message": {"stat": %d}}}`, id, n))
}

func (r *rig) empty(id string) {
	r.event(wire.PrivateTopic(id), fmt.Sprintf(`{"type": "queue", "to": %q, "from": "driver-1", "data": {"name": "driver", "message": {"result": "empty"}}}`, id))
}

// done is how a motion ends with nothing after it.
func (r *rig) done(id string) {
	r.stat(id, 0)
	r.empty(id)
}

// leaves is a client that has left with a motion under way.
func (r *rig) leaves() (id string) {
	c := r.connect()
	c.send("move")
	r.stat(c.id, 1)
	c.leave()
	return c.id
}

// feedbackIn are the lines of feedback among some.
func feedbackIn(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool {
		return !strings.Contains(l, `"stat"`) && !strings.Contains(l, `"queue"`)
	})
}

func TestNewcomerGetsAnotherIDWhileAQueueRunsOn(t *testing.T) {
	inBubble(t, settings{ids: 2}, func(r *rig) {
		first := r.leaves()
		next := r.connect()
		if next.id == first {
			t.Fatal("the id was lent again while the robot moves for its last owner")
		}
		r.stat(first, 0)
		r.stat(first, 1)
		r.done(first)
		expect(t, "feedback", feedbackIn(next.take()), []string{})
		next.leave()
		r.after(time.Second)
		r.after(time.Second)
		expect(t, "lent at last", r.connect().id, first)
	})
}

// Where no other id is free, the newcomer is there and can stop the robot, but
// its handshake waits until the id has rested.
func TestNewcomerWithABusyIDWaitsAndCanStopTheRobot(t *testing.T) {
	inBubble(t, settings{ids: 1}, func(r *rig) {
		first := r.leaves()
		r.after(time.Minute) // a long motion says nothing
		next := r.connect()
		expect(t, "id", next.id, first)
		lines := next.take()
		if len(lines) != 2 || !strings.Contains(lines[1], `{"waits": "the robot may still be at work`) {
			t.Errorf("told %q", lines)
		}
		next.send("home")
		expect(t, "refused", next.errors(), []string{"busy home"})
		r.stat(first, 0)
		r.stat(first, 1)
		next.send("halt")
		expect(t, "published", r.router.commands(), []string{"move", "halt"})
		r.stat(first, 0)
		r.empty(first)
		next.write(command("reset_from_halt")) // is held for the rest of a line's time
		synctest.Wait()
		expect(t, "told before the rest is over", next.take(), []string(nil))
		r.after(600 * time.Millisecond)
		lines = next.take()
		expect(t, "feedback", feedbackIn(lines), []string{})
		expect(t, "handshake", strings.Contains(strings.Join(lines, ""), `"result": "already_connected"`), true)
		expect(t, "published", r.router.commands(), []string{"move", "halt", "reset_from_halt"})
		r.done(next.id)
		expect(t, "its own feedback", len(feedbackIn(next.take())), 2)
	})
}

// What a client has queued behind another's may run long after it has left, and
// an empty queue says that it has.
func TestIDRestsWhileItsCommandsWaitBehindAnothers(t *testing.T) {
	inBubble(t, settings{ids: 2}, func(r *rig) {
		runs := r.ready()
		runs.send("move")
		r.stat(runs.id, 1)
		c := r.ready()
		c.send("move")
		c.leave()
		r.after(20 * time.Second)
		expect(t, "rests behind a motion", r.pool.Resting(c.id), lease.Busy)
		r.stat(runs.id, 0)
		r.stat(c.id, 1)
		r.after(20 * time.Second)
		expect(t, "rests in its own", r.pool.Resting(c.id), lease.Busy)
		r.stat(c.id, 0)
		r.stat(runs.id, 1) // what came behind it
		r.empty(runs.id)
		r.after(600 * time.Millisecond)
		expect(t, "rests no more", r.pool.Resting(c.id), lease.Rested)
	})
}

// An idle driver says that its queue is empty again and again, and so may a
// board that it is ready.
func TestIdleDriverKeepsNoIDResting(t *testing.T) {
	inBubble(t, settings{ids: 1}, func(r *rig) {
		c := r.ready()
		c.send("move")
		r.stat(c.id, 1)
		r.stat(c.id, 0)
		c.conn.Close()
		for range 20 {
			r.done(c.id)
			r.after(200 * time.Millisecond)
		}
		expect(t, "rests", r.pool.Resting(c.id), lease.Rested)
	})
}

// An empty queue that was told before a command on its way arrived says nothing
// of that, nor does the moment between two motions.
func TestEmptyQueueBeforeTheCommandDoesNotCount(t *testing.T) {
	inBubble(t, settings{ids: 1}, func(r *rig) {
		c := r.ready()
		c.send("feedback_on", "move", "move")
		r.done(c.id) // of the first
		c.conn.Close()
		r.stat(c.id, 1)
		r.stat(c.id, 0)
		r.after(2 * time.Second)
		expect(t, "rests between two motions", r.pool.Resting(c.id), lease.Busy)
		r.Lost(errors.New("the relay is shutting down"))
		expect(t, "rests when the relay ends", r.pool.Resting(c.id), lease.Busy)
	})
}

// Without an empty queue or an end of a motion, time tells.
func TestRestEndsWhereTheDriverTellsNothing(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		c.send("speed")
		c.leave()
		r.after(3500 * time.Millisecond)
		expect(t, "rests within five seconds", r.pool.Resting(c.id), lease.Busy)
		r.after(time.Second)
		expect(t, "rests after", r.pool.Resting(c.id), lease.Rested)
		moved := r.leaves()
		r.after(9 * time.Minute)
		expect(t, "rests for a motion", r.pool.Resting(moved), lease.Busy)
		r.after(2 * time.Minute)
		expect(t, "rests for one that never ends", r.pool.Resting(moved), lease.Rested)
	})
}

// While nobody listens, no silence counts.
func TestRestGoesOnOverAnOutage(t *testing.T) {
	inBubble(t, settings{ids: 1}, func(r *rig) {
		id := r.leaves()
		r.Lost(errors.New("gone"))
		r.after(time.Hour)
		next := r.connect()
		r.Joined(r.router)
		r.somebodyCameOrWent()
		r.after(29 * time.Second)
		expect(t, "rests", r.pool.Resting(id), lease.Busy)
		r.stat(id, 0)
		r.empty(id)
		r.after(time.Second)
		lines := next.take()
		expect(t, "feedback", feedbackIn(lines), []string{})
		expect(t, "told", parse(lines[len(lines)-1]).Data.Message.Result, "already_connected")
	})
}

// A driver that was started anew has no queue, and knows no id.
func TestRestEndsWithTheDriver(t *testing.T) {
	inBubble(t, settings{ids: 1}, func(r *rig) {
		r.leaves()
		next := r.connect()
		next.take()
		r.driver.restart("driver-2")
		r.somebodyCameOrWent()
		r.after(5 * time.Second)
		expect(t, "told", strings.Contains(strings.Join(next.take(), ""), `{"result": "success"}`), true)
	})
}

// An id that was busy when the relay ended rests after its restart, and every id
// does where the relay had no time to keep which.
func TestIDThatWasBusyRestsAfterARestart(t *testing.T) {
	for name, c := range map[string]struct {
		closed bool
		rests  time.Duration
	}{
		"a relay that was stopped": {true, 30 * time.Second},
		"a relay that died":        {false, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			pool, err := lease.Open(dir, 2, quiet)
			if err != nil {
				t.Fatal(err)
			}
			var busy string
			bubble(t, settings{pool: pool}, func(r *rig) {
				busy = r.leaves()
				idle := r.ready()
				idle.send("home")
				r.done(idle.id)
				r.Lost(errors.New("the relay is shutting down"))
				idle.leave()
				if c.closed {
					pool.Close()
				}
			})
			ids := pool.IDs()
			if pool, err = lease.Open(dir, 2, quiet); err != nil {
				t.Fatal(err)
			}
			bubble(t, settings{pool: pool}, func(r *rig) {
				r.driver.set(func(d *driver) { d.known = ids })
				first, second := r.connect(), r.connect()
				if first.id == busy {
					first, second = second, first
				}
				expect(t, "the other waits", strings.Contains(strings.Join(first.take(), ""), "waits"), !c.closed)
				r.after(c.rests - time.Second)
				r.stat(busy, 0)
				lines := second.take()
				expect(t, "feedback", feedbackIn(lines), []string{})
				expect(t, "waits", strings.Contains(lines[len(lines)-1], "waits"), true)
				r.empty(busy)
				r.after(2 * time.Second)
				lines = second.take()
				expect(t, "told", parse(lines[len(lines)-1]).Data.Message.Result, "already_connected")
			})
		})
	}
}
