package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Topics of the otone backend.
const (
	laterCommands = topicPrefix + "browser_to_robot"
	laterReplies  = topicPrefix + "robot_to_browser"
	browserReady  = topicPrefix + "browser_ready"
	robotReady    = topicPrefix + "robot_ready"
)

// LaterRobot is a simulated OT-One with the software of July 2016
// (otone_backend), joined to a router, and the same board and axes below it as
// [Robot] has.
//
// It says that it is ready when it joins, before it is subscribed, as the
// recorded software does, and whenever a browser asks. What it broadcasts
// is the lines that the board is given and answers ("smoothie"), where the axes
// are when a motion starts and ends ("position"), and "finished" for a job. Of
// a job it carries out the moves of the tool "robot" and passes over pipettes:
// it has no deck and no calibration, and says so with empty ones. "stop" and
// "reset" do nothing, as in the published software, whose handlers for them
// fail. What stops it is "eraseJob", for what is queued, and the G-code
// M112 by "raw", for motion; "home" begins with that.
type LaterRobot struct {
	*participant
	later *later
}

// StartLaterRobot joins the router as a robot that was just started, with all
// axes at 0. ctx bounds the joining and no more; Close ends the robot. It fails
// if the router cannot be joined or a speed is not above zero.
func StartLaterRobot(ctx context.Context, cfg RobotConfig) (*LaterRobot, error) {
	b, err := newBoard(cfg.Speed, cfg.Instant)
	if err != nil {
		return nil, fmt.Errorf("starting the simulated robot: %w", err)
	}
	l := &later{board: b, ready: true}
	p, err := participate(ctx, cfg, l, laterCommands)
	if err != nil {
		return nil, err
	}
	p.log.Info("simulated robot joined", "router", cfg.URL, "realm", p.cfg.Realm, "backend", "otone")
	return &LaterRobot{p, l}, nil
}

// Received is what arrived on com.opentrons.browser_to_robot, in order, the
// latest RecordLimit of it, as it came.
func (r *LaterRobot) Received() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.record.latest()...)
}

// Positions are where the axes are now, in mm.
func (r *LaterRobot) Positions() map[string]float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.later.board.positions(time.Now())
}

// SetReady has the robot say that it is ready, or that it is not, from now on.
func (r *LaterRobot) SetReady(ready bool) error {
	r.mu.Lock()
	r.later.ready = ready
	r.mu.Unlock()
	return r.Publish(robotReady, ready)
}

// later is the state machine: a queue of what is to be done above the board.
type later struct {
	board  *board
	ready  bool
	queue  []task
	busy   bool // the board has a line of the queue's
	paused bool

	now time.Time
	out []reply
}

// task is one step of a job: a line for the board, or the job's end.
type task struct {
	line string
	ends bool
}

// topics are in the order of the recorded software.
func (l *later) topics() []string { return []string{browserReady, laterCommands} }

func (l *later) greeting() []reply { return []reply{{topic: robotReady, value: l.ready}} }

func (l *later) next() (at time.Time, any bool) { return l.board.next() }

func (l *later) take(m message, now time.Time) []reply {
	l.advance(now)
	if m.topic == browserReady {
		l.out = append(l.out, l.greeting()...)
	} else if o, ok := parseObject([]byte(m.payload)); ok {
		typ, _ := o.get("type")
		verb, _ := text(typ)
		data, _ := o.get("data")
		l.do(verb, data)
		l.step()
	}
	return l.flush()
}

func (l *later) tick(now time.Time) []reply {
	l.advance(now)
	return l.flush()
}

// advance lets the time pass: each motion's end is dealt with at its own time.
func (l *later) advance(now time.Time) {
	for {
		end, moving := l.board.next()
		if !moving || end.After(now) {
			break
		}
		l.now = end
		l.board.finish()
		l.drain()
		l.step()
	}
	l.now = now
}

func (l *later) flush() []reply {
	out := l.out
	l.out = nil
	return out
}

// step gives the board the next line once it has done the last.
func (l *later) step() {
	for !l.busy && !l.paused && len(l.queue) > 0 {
		next := l.queue[0]
		l.queue = l.queue[1:]
		if next.ends {
			l.say("finished", "")
			continue
		}
		l.busy = true
		l.send(next.line)
	}
}

// send gives the board a line at once, past the queue.
func (l *later) send(line string) {
	l.saySmoothie("--> " + line)
	l.board.write(line, l.now)
	l.drain()
}

// drain broadcasts what the board has said.
func (l *later) drain() {
	for {
		answer, ok := l.board.read()
		if !ok {
			return
		}
		switch answer.kind {
		case answerOK:
			l.saySmoothie("ok")
		case answerStat:
			l.saySmoothie(fmt.Sprintf(`{"stat":%d}`, answer.stat))
			l.sayPosition()
			l.busy = answer.stat != 0
		case answerPosition:
			l.sayPosition()
		}
	}
}

func (l *later) say(typ, data string) {
	payload := `{"type": ` + pythonString(typ)
	if data != "" {
		payload += `, "data": ` + data
	}
	l.out = append(l.out, reply{topic: laterReplies, payload: payload + "}"})
}

func (l *later) saySmoothie(line string) { l.say("smoothie", `{"string": `+pythonString(line)+`}`) }

func (l *later) sayPosition() {
	at := l.board.at(l.now)
	data := `{"string": {`
	for axis, name := range "xyzabc" {
		if axis > 0 {
			data += ", "
		}
		data += `"` + string(name) + `": ` + pythonFloat(at[axis])
	}
	l.say("position", data+"}}")
}

// isNull reports whether a verb comes without data: the recorded software
// takes a null for that.
func isNull(data json.RawMessage) bool { return data == nil || string(data) == "null" }
