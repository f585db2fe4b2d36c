package simulator

import (
	"math"
	"time"
)

// plannerDepth is how many lines the board takes while a motion runs before
// it holds back its "ok" (Smoothieware plans 32 blocks ahead).
const plannerDepth = 32

// homeRetract is how far an axis backs off its switch and returns when it
// homes, in mm each way; it is why homing takes time even at home.
const homeRetract = 2.0

// answerKind is a kind of message from the board to the driver.
type answerKind int

const (
	answerOK       answerKind = iota // the line was taken
	answerStat                       // 1: a motion starts; 0: ready
	answerPosition                   // where the axes are
)

type answer struct {
	kind     answerKind
	stat     int
	position [axes]float64 // mm
}

// board is the motion controller: six axes that go in straight lines at their
// own greatest speed, a queue of lines, and the halted state.
//
// Lines are carried out in order, each with a stat 0 at its end. Halt, the
// question for positions, and reset do not wait their turn. After a halt the
// axes stand where they were, the queue is gone, no axis counts as homed, and
// lines are taken without effect until M999 (reset_from_halt). The board then
// counts on from where it stopped, but what it calls a position is only to be
// trusted once the axis has been homed, since a motor stopped hard loses steps.
type board struct {
	speed   [axes]float64 // mm/s
	instant bool          // motions take no time

	position [axes]float64 // mm, at the last rest
	homed    [axes]bool
	relative bool
	halted   bool
	motion   *motion
	pending  []gcode // taken, and waiting for the motion to end
	owed     int     // "ok"s held back while pending is full

	answers []answer
	read0   int // answers before this one have been read
}

// motion is a movement of some axes that starts together. Each has its own
// duration; the longest is the motion's.
type motion struct {
	start    time.Time
	from, to [axes]float64
	travel   [axes]time.Duration
	duration time.Duration
	homing   [axes]bool
}

// write gives the board a line.
func (b *board) write(line string, now time.Time) {
	g := parseLine(line)
	switch g.action {
	case actionHalt:
		b.stop(now)
		b.halted = true
		b.homed = [axes]bool{}
	case actionReset:
		b.stop(now)
		b.halted, b.relative = false, false
		b.homed, b.position = [axes]bool{}, [axes]float64{}
	case actionReport:
		b.say(answer{kind: answerOK})
		b.say(answer{kind: answerPosition, position: b.at(now)})
		if b.motion == nil {
			b.say(answer{kind: answerStat})
		}
		return
	default:
		if b.motion != nil {
			b.pending = append(b.pending, g)
			if len(b.pending) > plannerDepth {
				b.owed++
				return
			}
			b.say(answer{kind: answerOK})
			return
		}
		b.say(answer{kind: answerOK})
		b.do(g, now)
		return
	}
	b.say(answer{kind: answerOK})
	b.say(answer{kind: answerStat})
}

// stop halts the axes where they are and forgets what was to come.
func (b *board) stop(now time.Time) {
	b.position = b.at(now)
	b.motion = nil
	b.pending, b.owed = nil, 0
}

// do carries out a line: it starts a motion, or says at once that it is done.
func (b *board) do(g gcode, now time.Time) {
	if b.halted {
		if g.action == actionUnhalt {
			b.halted = false
		}
		b.say(answer{kind: answerStat})
		return
	}
	if g.mode != modeKept {
		b.relative = g.mode == modeRelative
	}
	var m *motion
	switch g.action {
	case actionLinear:
		m = b.linear(g)
	case actionHome:
		m = b.home(g)
	}
	if m == nil {
		b.say(answer{kind: answerStat})
		return
	}
	m.start = now
	b.motion = m
	if m.duration == 0 {
		b.arrive()
		return
	}
	b.say(answer{kind: answerStat, stat: 1})
}

// linear plans a straight line: the axis that needs longest sets the pace.
func (b *board) linear(g gcode) *motion {
	m := &motion{from: b.position, to: b.position}
	for axis := range axes {
		if !g.valued[axis] {
			continue
		}
		m.to[axis] = g.value[axis]
		if b.relative {
			m.to[axis] = round(b.position[axis] + g.value[axis])
		}
		m.duration = max(m.duration, b.time(axis, m.to[axis]-m.from[axis]))
	}
	for axis := range axes {
		m.travel[axis] = m.duration
	}
	return m
}

// home plans the way to the switches, each axis at its own speed: the named
// axes, or all when none is.
func (b *board) home(g gcode) *motion {
	m := &motion{from: b.position, to: b.position}
	for axis := range axes {
		if !g.named[axis] && g.named != [axes]bool{} {
			continue
		}
		m.to[axis], m.homing[axis] = 0, true
		m.travel[axis] = b.time(axis, m.from[axis])
		m.duration = max(m.duration, b.time(axis, math.Abs(m.from[axis])+2*homeRetract))
	}
	return m
}

// time is how long an axis takes for a distance in mm.
func (b *board) time(axis int, distance float64) time.Duration {
	if b.instant {
		return 0
	}
	// A century stands for whatever does not fit a Duration.
	seconds := min(math.Abs(distance)/b.speed[axis], 100*365*24*3600)
	return time.Duration(seconds * float64(time.Second))
}

// next tells when the motion ends, if there is one.
func (b *board) next() (end time.Time, moving bool) {
	if b.motion == nil {
		return time.Time{}, false
	}
	return b.motion.start.Add(b.motion.duration), true
}

// finish ends the motion and goes on with what waits, at the time it ended.
func (b *board) finish() {
	end, _ := b.next()
	b.arrive()
	for len(b.pending) > 0 && b.motion == nil {
		g := b.pending[0]
		b.pending = b.pending[1:]
		if b.owed > 0 {
			b.owed--
			b.say(answer{kind: answerOK})
		}
		b.do(g, end)
	}
}

func (b *board) arrive() {
	b.position = b.motion.to
	for axis, homing := range b.motion.homing {
		b.homed[axis] = b.homed[axis] || homing
	}
	b.motion = nil
	b.say(answer{kind: answerStat})
}

// at tells where the axes are, in mm.
func (b *board) at(now time.Time) [axes]float64 {
	if b.motion == nil {
		return b.position
	}
	at := b.motion.from
	passed := max(now.Sub(b.motion.start), 0)
	for axis, travel := range b.motion.travel {
		share := 1.0
		if passed < travel {
			share = float64(passed) / float64(travel)
		}
		at[axis] = round(at[axis] + share*(b.motion.to[axis]-at[axis]))
	}
	return at
}

// positions are those by the axes' names.
func (b *board) positions(now time.Time) map[string]float64 {
	at := b.at(now)
	positions := make(map[string]float64, axes)
	for axis := range axes {
		positions[axisNames[axis:axis+1]] = at[axis]
	}
	return positions
}

// round keeps the four decimals of a mm that the board prints.
func round(v float64) float64 { return math.Round(v*1e4)/1e4 + 0 }

func (b *board) say(a answer) { b.answers = append(b.answers, a) }

// read takes the board's next message, if it has said one.
func (b *board) read() (answer, bool) {
	if b.read0 == len(b.answers) {
		b.answers, b.read0 = b.answers[:0], 0
		return answer{}, false
	}
	a := b.answers[b.read0]
	b.read0++
	return a, true
}
