package traffic

import (
	"fmt"
	"testing"
	"time"

	"rawtcpcom/relay/tap"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// hands is a clock that a test turns.
type hands struct{ at time.Time }

func (h *hands) now() time.Time { return h.at }

func message(client string, d tap.Direction, at time.Time) tap.Message {
	return tap.Message{Client: client, Dir: d, Time: at}
}

func TestKeepsTheLastEachWay(t *testing.T) {
	l := NewLog(time.Now)
	for i := range 1000 {
		l.Add(tap.Message{Dir: tap.In, Payload: fmt.Sprint(i)})
	}
	for range 3 {
		l.Add(tap.Message{Dir: tap.Out})
	}
	l.Add(tap.Message{Dir: "sideways"})
	list, last, skipped := l.After(0)
	if len(list) != Kept+3 || skipped != 800 {
		t.Errorf("%d kept and %d not any more, want %d and 800", len(list), skipped, Kept+3)
	}
	if list[0].Payload != "800" {
		t.Errorf("the oldest kept is %s, want 800", list[0].Payload)
	}
	for i := 1; i < len(list); i++ {
		if list[i].N <= list[i-1].N {
			t.Fatal("not in order")
		}
	}
	if more, again, _ := l.After(last); len(more) != 0 || again != last {
		t.Errorf("after the last come %d more", len(more))
	}
	l.Add(tap.Message{Dir: tap.Out, Payload: "new"})
	if more, _, skipped := l.After(last); len(more) != 1 || more[0].Payload != "new" || skipped != 0 {
		t.Errorf("after the last: %+v, %d skipped", more, skipped)
	}
}

func TestRates(t *testing.T) {
	clock := &hands{noon}
	l := NewLog(clock.now)
	for second := range 400 {
		clock.at = noon.Add(time.Duration(second)*time.Second + 100*time.Millisecond)
		if second%2 == 0 {
			continue // a silent second
		}
		for range second {
			l.Add(message("c", tap.In, clock.at))
		}
		l.Add(message("c", tap.Out, clock.at.Add(5*time.Millisecond)))
	}
	clock.at = noon.Add(400 * time.Second)
	s := l.SeriesAfter(-1)
	if len(s.In) != Seconds || s.Second != 399 {
		t.Fatalf("%d seconds up to %d, want %d up to 399", len(s.In), s.Second, Seconds)
	}
	for i, n := range s.In {
		second := 100 + i
		want := uint64(0)
		if second%2 == 1 {
			want = uint64(second)
		}
		if n != want || s.Out[i] != want%2 {
			t.Fatalf("second %d: %d in, %d out", second, n, s.Out[i])
		}
		if reply := s.Reply[i]; want > 0 && (reply == nil || *reply != 5) || want == 0 && reply != nil {
			t.Fatalf("second %d: reply %v", second, reply)
		}
	}
	if s = l.SeriesAfter(398); len(s.In) != 1 || s.In[0] != 399 {
		t.Errorf("the last second alone: %+v", s)
	}
	if s = l.SeriesAfter(399); len(s.In) != 0 {
		t.Errorf("nothing is complete after the last second, got %+v", s)
	}
}

func TestDroppedAreSharedOut(t *testing.T) {
	clock := &hands{noon}
	l := NewLog(clock.now)
	for i := range 40 {
		d := tap.In
		if i%4 == 0 {
			d = tap.Out
		}
		l.Add(message("c", d, noon))
	}
	l.Drop(300)
	l.Drop(100)
	l.Add(message("c", tap.Out, noon)) // perhaps the reply to what was dropped
	clock.at = noon.Add(2 * time.Second)
	s := l.SeriesAfter(-1)
	if s.In[0] != 322 || s.Out[0] != 118 || s.Dropped[0] != 400 || l.Dropped() != 400 {
		t.Errorf("%+v", s)
	}
	if s.In[1]+s.Out[1]+s.Dropped[1] != 0 {
		t.Errorf("the second after it: %+v", s)
	}
}

func TestNothingBeforeTheStart(t *testing.T) {
	clock := &hands{noon}
	l := NewLog(clock.now)
	if s := l.SeriesAfter(-1); len(s.In) != 0 {
		t.Errorf("before the first second is over: %+v", s)
	}
	clock.at = noon.Add(3 * time.Second)
	if s := l.SeriesAfter(-1); len(s.In) != 3 {
		t.Errorf("after three seconds: %+v", s)
	}
}

func TestReplies(t *testing.T) {
	ms := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Millisecond) }
	type step struct {
		client string
		dir    tap.Direction
		at     time.Time
		took   time.Duration // of an answer; 0: none
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"one command", []step{{"a", tap.In, ms(0), 0}, {"a", tap.Out, ms(7), 7 * time.Millisecond}, {"a", tap.Out, ms(9), 0}}},
		{"commands in a row count from the first", []step{{"a", tap.In, ms(0), 0}, {"a", tap.In, ms(1), 0}, {"a", tap.Out, ms(7), 7 * time.Millisecond}}},
		{"clients apart", []step{{"a", tap.In, ms(0), 0}, {"b", tap.Out, ms(1), 0}, {"b", tap.In, ms(2), 0}, {"a", tap.Out, ms(3), 3 * time.Millisecond}, {"b", tap.Out, ms(6), 4 * time.Millisecond}}},
		{"what comes by itself", []step{{"a", tap.Out, ms(0), 0}}},
		{"the clock is set back", []step{{"a", tap.In, ms(0), 0}, {"a", tap.Out, ms(-5000), 0}}},
		{"the clock is set on by decades", []step{{"a", tap.In, time.Unix(10, 0), 0}, {"a", tap.Out, ms(0), 0}, {"a", tap.In, ms(1), 0}, {"a", tap.Out, ms(2), time.Millisecond}}},
		{"a command without a reply is given up", []step{{"a", tap.In, ms(0), 0}, {"a", tap.In, ms(40_000), 0}, {"a", tap.Out, ms(40_003), 3 * time.Millisecond}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newReplies()
			for i, s := range c.steps {
				if s.dir == tap.In {
					r.sent(message(s.client, tap.In, s.at))
					continue
				}
				took, ok := r.received(message(s.client, tap.Out, s.at))
				if ok != (s.took > 0) || ok && took != s.took {
					t.Errorf("step %d took %v, %v; want %v", i, took, ok, s.took)
				}
			}
		})
	}
}

func TestRepliesStaySmall(t *testing.T) {
	r := newReplies()
	for i := range 10_000 {
		r.sent(message(fmt.Sprint(i), tap.In, noon))
	}
	if len(r.waiting) > maxWaiting {
		t.Errorf("%d clients wait", len(r.waiting))
	}
}

func BenchmarkAdd(b *testing.B) {
	l := NewLog(time.Now)
	for b.Loop() {
		l.Add(tap.Message{Dir: tap.In, Client: "c"})
	}
}
