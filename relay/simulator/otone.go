package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Topics of the otone backend.
const (
	otoneCommands = topicPrefix + "browser_to_robot"
	otoneReplies  = topicPrefix + "robot_to_browser"
	browserReady  = topicPrefix + "browser_ready"
	robotReady    = topicPrefix + "robot_ready"
)

// OTone is a simulated OT-One with the software of July 2016
// (otone_backend), joined to a router, and the same board and axes below it as
// [Driver] has.
//
// It says that it is ready when it joins, before it is subscribed, as the
// recorded software does, and whenever a browser asks. What it broadcasts
// is the lines that the board is given and answers ("smoothie"), where the axes
// are when a motion starts and ends ("position"), and "finished" for a job. Of
// a job it carries out the places of the tool "pipette", and passes over plungers
// and containers: it has no deck and no calibration, and says so with empty ones.
// What the published software drops, mistakes or stumbles over, it does too. "stop" and
// "reset" do nothing, as in the published software, whose handlers for them
// fail. What stops it is "eraseJob", for what is queued, and the G-code
// M112 by "raw", for motion; "home" begins with that.
type OTone struct {
	*participant
	otone *otone
}

// StartOTone joins the router as a robot that was just started, with all
// axes at 0. ctx bounds the joining and no more; Close ends the robot. It fails
// if the router cannot be joined or a speed is not above zero.
func StartOTone(ctx context.Context, cfg RobotConfig) (*OTone, error) {
	b, err := newBoard(cfg.Speed, cfg.Instant)
	if err != nil {
		return nil, fmt.Errorf("starting the simulated robot: %w", err)
	}
	o := &otone{board: b, ready: true, closes: cfg.PortClosed}
	p, err := participate(ctx, cfg, o, otoneCommands)
	if err != nil {
		return nil, err
	}
	p.log.Info("simulated robot joined", "router", cfg.URL, "realm", p.cfg.Realm, "backend", "otone")
	return &OTone{p, o}, nil
}

// Received is what arrived on com.opentrons.browser_to_robot, in order, the
// latest RecordLimit of it, as it came.
func (r *OTone) Received() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.record.latest()...)
}

// Positions are where the axes are now, in mm.
func (r *OTone) Positions() map[string]float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.otone.board.positions(time.Now())
}

// Unplug takes the motor board's port away, which a robot with PortClosed says and
// opens again when it is told to.
func (r *OTone) Unplug() error {
	r.mu.Lock()
	r.otone.closed = true
	r.mu.Unlock()
	return r.Publish(otoneReplies, `{"type": "status", "data": false}`)
}

// SetReady has the robot say that it is ready, or that it is not, from now on.
func (r *OTone) SetReady(ready bool) error {
	r.mu.Lock()
	r.otone.ready = ready
	r.mu.Unlock()
	return r.Publish(robotReady, ready)
}

// otone is the state machine: a queue of what is to be done above the board.
type otone struct {
	board  *board
	ready  bool
	queue  []task
	busy   bool // the board has a line of the queue's
	stands bool // it stumbled over a task, and waits for a motion that never began
	paused bool
	closes bool // RobotConfig.PortClosed
	closed bool // the board's port is

	now time.Time
	out []reply
}

// task is one step of a job: a line for the board, the job's end, or what it
// stumbles over.
type task struct {
	line     string
	ends     bool
	stumbles bool
}

// topics are in the order of the recorded software.
func (o *otone) topics() []string { return []string{browserReady, otoneCommands} }

// greeting is that of a head that is made anew at each joining, and has its port
// closed. What the board is at goes on.
func (o *otone) greeting() []reply {
	if o.closes {
		o.closed, o.queue, o.busy, o.paused = true, nil, false, false
	}
	return []reply{o.isReady()}
}

func (o *otone) isReady() reply { return reply{topic: robotReady, value: o.ready} }

func (o *otone) next() (at time.Time, any bool) { return o.board.next() }

func (o *otone) take(m message, now time.Time) []reply {
	o.advance(now)
	if m.topic == browserReady {
		o.out = append(o.out, o.isReady())
	} else if parsed, ok := parseObject([]byte(m.payload)); ok {
		typ, _ := parsed.get("type")
		verb, _ := text(typ)
		data, _ := parsed.get("data")
		o.do(verb, data)
		o.step()
	}
	return o.flush()
}

func (o *otone) tick(now time.Time) []reply {
	o.advance(now)
	return o.flush()
}

// advance lets the time pass: each motion's end is dealt with at its own time.
func (o *otone) advance(now time.Time) {
	for {
		end, moving := o.board.next()
		if !moving || end.After(now) {
			break
		}
		o.now = end
		o.board.finish()
		o.drain()
		o.step()
	}
	o.now = now
}

func (o *otone) flush() []reply {
	out := o.out
	o.out = nil
	return out
}

// step gives the board the next line once it has done the last.
func (o *otone) step() {
	for !o.busy && !o.stands && !o.paused && len(o.queue) > 0 {
		next := o.queue[0]
		o.queue = o.queue[1:]
		switch {
		case next.ends:
			o.say("finished", "")
			continue
		case next.stumbles:
			o.stands = true
			continue
		}
		o.busy = true
		o.send(next.line)
	}
}

// send gives the board a line at once, past the queue.
func (o *otone) send(line string) {
	if o.closed {
		return
	}
	o.saySmoothie("--> " + line)
	o.board.write(line, o.now)
	o.drain()
}

// drain broadcasts what the board has said.
func (o *otone) drain() {
	for {
		answer, ok := o.board.read()
		if !ok {
			return
		}
		if o.closed {
			continue // nobody reads what it says
		}
		switch answer.kind {
		case answerOK:
			o.saySmoothie("ok")
		case answerStat:
			o.saySmoothie(fmt.Sprintf(`{"stat":%d}`, answer.stat))
			o.sayPosition()
			o.busy, o.stands = answer.stat != 0, false
		case answerPosition:
			o.sayPosition()
		}
	}
}

func (o *otone) say(typ, data string) {
	payload := `{"type": ` + pythonString(typ)
	if data != "" {
		payload += `, "data": ` + data
	}
	o.out = append(o.out, reply{topic: otoneReplies, payload: payload + "}"})
}

func (o *otone) saySmoothie(line string) { o.say("smoothie", `{"string": `+pythonString(line)+`}`) }

func (o *otone) sayPosition() {
	at := o.board.at(o.now)
	data := `{"string": {`
	for axis, name := range "xyzabc" {
		if axis > 0 {
			data += ", "
		}
		data += `"` + string(name) + `": ` + pythonFloat(at[axis])
	}
	o.say("position", data+"}}")
}

// isNull reports whether a verb comes without data: the recorded software
// takes a null for that.
func isNull(data json.RawMessage) bool { return data == nil || string(data) == "null" }
