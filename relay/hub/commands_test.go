package hub_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawtcpcom/relay/session"
	"rawtcpcom/relay/wire"
)

// numbered are the names of n commands.
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint("c", i)
	}
	return names
}

// A stop passes ahead of all that its client has not sent yet, and none of
// that follows it: neither what waits in the hub nor what waits in the session.
func TestStopOvertakesAndNothingFollows(t *testing.T) {
	for name, stop := range map[string]string{"halt": command("halt"), "clear_queue": clearQueue} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, settings{}, func(r *rig) {
				c, other := r.ready(), r.ready()
				r.router.acks = false
				c.send(numbered(70)...) // 64 go to the session, 6 wait
				other.send("theirs")
				c.write(stop)
				synctest.Wait()
				sent := r.router.published(wire.Driver.Topic())
				if last := sent[len(sent)-1]; len(sent) != 66 || !last.urgent || last.ctx.Err() != nil {
					t.Fatalf("the stop is not among the %d published", len(sent))
				}
				expect(t, "refused", c.errors(), []string{"refused c64", "refused c65", "refused c66", "refused c67", "refused c68", "refused c69"})
				for _, p := range sent[:64] {
					if p.ctx.Err() == nil {
						t.Fatalf("not withdrawn: %s", p.payload)
					}
					p.settle(session.ErrWithdrawn)
				}
				synctest.Wait()
				withdrawn := c.errors()
				if len(withdrawn) != 64 || withdrawn[0] != "refused c0" || withdrawn[63] != "refused c63" {
					t.Errorf("told of what was withdrawn: %q", withdrawn)
				}
				// A halted robot would drop what another client has under way.
				if withdrawn := sent[64].ctx.Err() != nil; withdrawn != (name == "halt") {
					t.Errorf("another client's command was withdrawn: %v", withdrawn)
				}
				r.router.acks = true
				c.send("reset_from_halt", "home")
				sent = r.router.published(wire.Driver.Topic())
				if last := sent[len(sent)-1]; commandOf(last.payload) != "home" || last.ctx.Err() != nil {
					t.Errorf("after the stop: %s", last.payload)
				}
			})
		})
	}
}

// The reader of a client stops when enough is under way, and goes on when the
// router has taken some of it.
func TestFloodIsHeldBackAndKeepsItsOrder(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.router.acks = false
		names := numbered(2000)
		written := make(chan struct{})
		go func() {
			defer close(written)
			for _, name := range names {
				c.write(command(name))
			}
		}()
		synctest.Wait()
		expect(t, "published without an answer", len(r.router.commands()), 64)
		received := r.State().Clients[0].Received
		if received > 64+1024+1 {
			t.Errorf("%d were read while the router took none", received)
		}
		for i := 0; i < len(names); i++ {
			r.settle(r.router.published(wire.Driver.Topic())[i], nil)
			synctest.Wait()
		}
		<-written
		expect(t, "published", slices.Equal(r.router.commands(), names), true)
		expect(t, "told", c.take(), []string(nil))
	})
}

func TestFloodOfLargeMessagesIsHeldBackByTheirSize(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.router.acks = false
		large := `{"topic":"driver","type":"command","name":"smoothie","message":"x","param":"` + strings.Repeat("A", 600<<10) + `"}`
		go func() {
			for range 10 {
				_, _ = c.conn.Write([]byte(large)) // ends with the client
			}
		}()
		synctest.Wait()
		expect(t, "published", len(r.router.commands()), 1)
		r.settle(r.router.published(wire.Driver.Topic())[0], nil)
		synctest.Wait()
		expect(t, "published", len(r.router.commands()), 2)
		c.leave()
	})
}

// Its errors come in the order of its messages, whether they were sent or not.
func TestErrorsOfALostSessionComeInOrder(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.router.acks = false
		c.send(numbered(70)...)
		var want []string
		for i, p := range r.router.published(wire.Driver.Topic()) {
			if i < 40 {
				r.settle(p, session.ErrOutcomeUnknown)
				want = append(want, fmt.Sprint("outcome_unknown c", i))
			} else {
				r.settle(p, session.ErrNotSent)
				want = append(want, fmt.Sprint("router_down c", i))
			}
		}
		r.Lost(errors.New("gone"))
		synctest.Wait()
		for i := 64; i < 70; i++ {
			want = append(want, fmt.Sprint("router_down c", i))
		}
		expect(t, "told", c.errors(), want)
		expect(t, "published after the loss", len(r.router.commands()), 64)
	})
}

// A connection can be closed while its reader is held back.
func TestClientThatIsHeldBackCanBeClosed(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		c := r.ready()
		r.router.acks = false
		go func() {
			for _, name := range numbered(2000) {
				if _, err := c.conn.Write([]byte(command(name))); err != nil {
					return
				}
			}
		}()
		synctest.Wait()
		expect(t, "known", r.CloseClient(c.id), true)
		r.after(3 * time.Second)
		expect(t, "closed", c.closed(), true)
		expect(t, "clients", len(r.State().Clients), 0)
		lines := c.take()
		if told := len(errorsIn(lines)); told != 1024 && told != 1025 {
			t.Errorf("%d of the messages that waited were answered", told)
		}
		if last := lines[len(lines)-1]; !strings.Contains(last, "somebody closed this connection") {
			t.Errorf("not told why: %s", last)
		}
		for _, p := range r.router.published(wire.Driver.Topic()) {
			if p.ctx.Err() == nil {
				t.Fatal("what was not sent yet is not withdrawn")
			}
		}
	})
}

// Closing one side only is no loss: what waits is answered before the end.
func TestHalfClosedClientIsAnswered(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		r.driver.set(func(d *driver) { d.late = 2 * time.Second })
		half := r.half()
		half.write(command("home"))
		half.closeWrite()
		r.after(1500 * time.Millisecond)
		expect(t, "told", half.errors(), []string{"refused home"})
		expect(t, "closed", half.closed(), true)
		r.after(5 * time.Second)
		expect(t, "published later", r.router.commands(), []string(nil))

		r.driver.set(func(d *driver) { d.late = 0 })
		half = r.half()
		r.router.acks = false
		half.write(command("home"))
		half.closeWrite()
		r.after(1500 * time.Millisecond)
		expect(t, "closed before the answer", half.closed(), false)
		r.settle(r.router.published(wire.Driver.Topic())[0], session.ErrOutcomeUnknown)
		r.after(time.Second)
		expect(t, "told", half.errors(), []string{"outcome_unknown home"})
		expect(t, "closed", half.closed(), true)
	})
}

func TestReplyOnTheTopicOfAClientThatLeftReachesNobody(t *testing.T) {
	inBubble(t, settings{}, func(r *rig) {
		gone, other := r.ready(), r.ready()
		gone.leave()
		r.event(wire.PrivateTopic(gone.id), `{"type": "driver", "to": "`+other.id+`", "from": "driver-1", "data": {}}`)
		expect(t, "told", other.take(), []string(nil))
	})
}

// The id of a client that commanded the robot rests: where there is no other,
// the next has it at once, and hears nothing on it before that is over.
func TestLateFeedbackDoesNotReachTheNextOwner(t *testing.T) {
	inBubble(t, settings{ids: 1}, func(r *rig) {
		first := r.ready()
		first.send("home")
		first.conn.Close()
		r.after(300 * time.Millisecond) // its end is noticed, its id rests
		next := r.connect()
		expect(t, "the next id", next.id, first.id)
		r.event(wire.PrivateTopic(first.id), `{"type": "queue", "to": "`+first.id+`", "from": "driver-1", "data": {}}`)
		r.after(10 * time.Second)
		lines := next.take()
		for _, line := range lines {
			if strings.Contains(line, `"queue"`) {
				t.Errorf("feedback for the client before: %s", line)
			}
		}
		expect(t, "told at last", parse(lines[len(lines)-1]).Data.Message.Result, "already_connected")
	})
}
