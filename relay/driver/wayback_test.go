package driver

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/wire"
)

// genuine is the part of the driver of 2016 that keeps the directions
// (smoothie_driver.py, _adjust_positions), in our words.
type genuine struct {
	up  [len(wire.DriverAxes)]bool
	pos [len(wire.DriverAxes)]float64
}

// drops carries out a course, and reports whether the driver drops it.
func (g *genuine) drops(c *wire.Course) bool {
	for _, t := range c.Axes {
		from := 0.0
		if c.Absolute {
			from = g.pos[t.Axis]
		}
		switch {
		case t.To > from:
			g.up[t.Axis] = true
		case t.To < from && g.up[t.Axis] && c.Absolute:
			return true
		case t.To < from && !c.Absolute:
			g.up[t.Axis] = false
		}
	}
	return false
}

// sent is something on its way to the driver: a course, or with flow a question.
type sent struct {
	by      string // empty for another front end
	course  *wire.Course
	refused bool // by the relay, so that the driver is only asked what it would do
	flow    bool
}

// world is a relay, a router and the genuine driver with a board, each on its own time.
type world struct {
	t   *testing.T
	r   *rand.Rand
	now time.Time

	relay   wayBack
	driver  genuine
	board   [len(wire.DriverAxes)]float64
	asked   int      // questions that the board has not answered
	session []sent   // what the relay has not sent yet
	toRobot []sent   // what the driver has not taken yet
	toRelay []func() // what the relay has not heard yet, in the router's order

	unheard          int // courses of others among toRelay
	refused, dropped int
}

func (w *world) hears(what func()) { w.toRelay = append(w.toRelay, what) }

func reply(t *testing.T, message string) wire.Reply {
	r, err := wire.ParseReply([]byte(`{"type": "driver", "data": {"name": "smoothie", "message": ` + message + `}}`))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (w *world) says(message string) {
	r := reply(w.t, message)
	told, tells := r.Told()
	w.hears(func() { w.relay.said(r, told, tells, w.now) })
}

func perAxis(value func(i int) any) string {
	var all []string
	for i := range len(wire.DriverAxes) {
		all = append(all, fmt.Sprintf("%q: %v", wire.DriverAxes[i:i+1], value(i)))
	}
	return "{" + strings.Join(all, ", ") + "}"
}

// course is any that somebody may send: few axes and few places, so that they meet.
func (w *world) course() *wire.Course {
	if w.r.IntN(4) == 0 {
		return &wire.Course{Asks: true}
	}
	c := &wire.Course{Absolute: w.r.IntN(3) > 0}
	for _, axis := range w.r.Perm(2)[:1+w.r.IntN(2)] {
		to := float64(w.r.IntN(4))
		if !c.Absolute {
			to = float64(w.r.IntN(3) - 1)
		}
		c.Axes = append(c.Axes, wire.Toward{Axis: axis, To: to})
	}
	return c
}

// sends has a client send something.
func (w *world) sends(id string) {
	s := sent{by: id, course: w.course()}
	if _, _, drops := w.relay.drops(id, s.course, w.now); drops && w.unheard > 0 {
		return // it counts as sent before what another sends in the same milliseconds
	} else if drops {
		s.refused = true
		w.refused++
	} else {
		w.relay.published(id, s.course, w.now)
	}
	w.session = append(w.session, s)
}

// route has the router take the next of what the relay has sent.
func (w *world) route() {
	s := w.session[0]
	w.session = w.session[1:]
	w.toRobot = append(w.toRobot, s)
	if !s.flow && !s.refused {
		w.hears(func() { w.relay.settled(s.course, true) })
	}
}

// withdraw takes back what a client has on its way, as for a stop.
func (w *world) withdraw(id string) {
	var rest []sent
	for _, s := range w.session {
		if s.by != id {
			rest = append(rest, s)
		} else if !s.refused {
			w.relay.settled(s.course, false)
		}
	}
	w.session = rest
}

// drive has the driver take the next.
func (w *world) drive() {
	s := w.toRobot[0]
	w.toRobot = w.toRobot[1:]
	switch {
	case s.flow:
		w.says(`{"flow": {"direction": ` + perAxis(func(i int) any { return map[bool]int{true: 1}[w.driver.up[i]] }) + `, "smoothie_pos": ` + perAxis(func(i int) any { return w.driver.pos[i] }) + `}}`)
	case s.refused:
		is := w.driver
		if !is.drops(s.course) {
			w.t.Fatalf("%s: %+v of %s is refused, and the driver obeys it: %+v", w.now, s.course, s.by, w.driver)
		}
	case s.course.Asks:
		w.asked++
	case w.driver.drops(s.course):
		w.dropped++
	default:
		for _, t := range s.course.Axes {
			if !s.course.Absolute {
				t.To += w.board[t.Axis]
			}
			w.board[t.Axis] = t.To
		}
	}
}

// answers has the board tell where it is, which the driver tells an axis at a time.
func (w *world) answers() {
	w.asked--
	for _, i := range w.r.Perm(len(wire.DriverAxes)) {
		w.driver.pos[i] = w.board[i]
		w.says(`{"adj_pos": {}}`)
		w.says(`{"pos": ` + perAxis(func(i int) any { return w.driver.pos[i] }) + `}`)
	}
	if w.r.IntN(2) == 0 {
		w.says(`{"stat": 0}`)
	}
}

func (w *world) step() {
	w.now = w.now.Add(time.Duration(w.r.IntN(3)) * time.Millisecond)
	switch n := w.r.IntN(100); {
	case n < 8:
		w.sends([]string{"a", "b"}[w.r.IntN(2)])
	case n < 10: // another front end
		s := sent{course: w.course()}
		w.session = slices.DeleteFunc(w.session, func(s sent) bool { return s.refused }) // which would now come later
		w.toRobot = append(w.toRobot, s)
		w.unheard++
		w.hears(func() { w.relay.overheard(s.course, w.now); w.unheard-- })
	case n < 11:
		w.session = append(w.session, sent{flow: true})
	case n < 12:
		w.withdraw([]string{"a", "b"}[w.r.IntN(2)])
	case n < 13:
		w.board = [len(wire.DriverAxes)]float64{} // homes
	case n < 14 && w.r.IntN(20) == 0:
		w.relay.forget()
	case n < 34 && len(w.session) > 0:
		w.route()
	case n < 54 && len(w.toRobot) > 0:
		w.drive()
	case n < 64 && w.asked > 0:
		w.answers()
	case len(w.toRelay) > 0:
		w.toRelay[0]()
		w.toRelay = w.toRelay[1:]
	}
}

// rest has everything arrive, and time pass.
func (w *world) rest() {
	for len(w.session)+len(w.toRobot)+len(w.toRelay)+w.asked > 0 {
		switch {
		case len(w.session) > 0:
			w.route()
		case len(w.toRobot) > 0:
			w.drive()
		case w.asked > 0:
			w.answers()
		default:
			w.toRelay[0]()
			w.toRelay = w.toRelay[1:]
		}
	}
	w.now = w.now.Add(time.Duration(1+w.r.IntN(100)) * time.Second)
}

// Nothing is refused that the genuine driver obeys, whoever sends what, whatever
// crosses on its way and whatever is not sent after all.
func TestNoWayThatTheDriverObeysIsRefused(t *testing.T) {
	t.Parallel()
	refused, dropped := 0, 0
	for seed := range uint64(300) {
		w := &world{t: t, r: rand.New(rand.NewPCG(seed, 0)), now: time.Unix(0, 0)}
		w.relay.forget()
		for range 1 + w.r.IntN(20) {
			for range w.r.IntN(300) {
				w.step()
			}
			w.rest()
		}
		refused, dropped = refused+w.refused, dropped+w.dropped
	}
	if refused < 200 {
		t.Errorf("only %d are refused; %d are dropped", refused, dropped)
	}
}

// One client alone that waits for the answer to each question is told of each move_to
// that the driver would drop, once the driver was asked for flow.
func TestEachWayThatTheDriverDropsIsRefused(t *testing.T) {
	t.Parallel()
	w := &world{t: t, r: rand.New(rand.NewPCG(1, 2)), now: time.Unix(0, 0)}
	w.driver.up, w.driver.pos = [len(wire.DriverAxes)]bool{true, false, true}, [len(wire.DriverAxes)]float64{2, 3} // as another has left it
	w.relay.forget()
	w.session = append(w.session, sent{flow: true})
	w.rest()
	for range 2000 {
		w.sends("a")
		w.rest()
	}
	if w.refused < 100 || w.dropped > 0 {
		t.Errorf("%d are refused, and %d dropped in silence", w.refused, w.dropped)
	}
}
