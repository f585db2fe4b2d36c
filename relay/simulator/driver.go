package simulator

import (
	"slices"
	"strconv"
	"time"
)

// The messages of the board that the driver hands on, by the names of the
// callbacks that do it.
const (
	callbackNone        = "none" // stat, and whatever else has no name
	callbackPositions   = "positions"
	callbackAdjustedPos = "adjusted_pos"
	callbackSmoothiePos = "smoothie_pos"
)

// smoothie is the one name the driver has for a board.
const smoothie = "smoothie"

// driver is the state machine of the robot's driver: what it knows of its
// clients, the queue of commands, and what it believes of the board. It has
// no goroutine and no clock; each call is told the time and returns what is to
// be published.
type driver struct {
	id      string
	slots   int
	newID   func() string
	clients []string // ids that hold a slot, in order; never freed

	board   *board
	queue   []queued
	current queued // what was sent to the board last: feedback goes to its sender

	// Flow control, as the driver's meta command "flow" shows it.
	locked      bool
	ackReceived bool // the board took the last line
	ackReady    bool // the board's last stat was 0
	queueSize   int
	absolute    bool
	feedbackOn  bool
	direction   [axes]bool    // true: the axis last moved up
	position    [axes]float64 // mm, as the board last told it
	positionSet bool          // the board has told one
	boardless   bool          // the board has gone, and is never looked for again
	boardSilent bool          // it has died behind a connection that stands

	// What the dangerous meta commands break.
	wedged    bool // connect: deaf and mute for good
	removed   bool // remove_driver: no board by any name
	replaced  bool // add_driver: "smoothie" is now something else
	unnamed   bool // add_driver under another name adds one called null
	callbacks []string

	now time.Time
	out []reply
}

// queued is a line for the board and who sent it.
type queued struct {
	from, session ident
	line          string
}

func newDriver(id string, slots int, b *board, newID func() string) *driver {
	nobody := newIdent("")
	return &driver{
		id: id, slots: slots, newID: newID, board: b,
		current:     queued{from: nobody, session: nobody},
		ackReceived: true, ackReady: true, absolute: true,
		callbacks: []string{callbackNone, callbackPositions, callbackAdjustedPos, callbackSmoothiePos},
	}
}

// topics are the driver's two, handshakes first.
func (d *driver) topics() []string { return []string{handshakeTopic, driverTopic} }

func (d *driver) greeting() []reply { return nil }

func (d *driver) take(m message, now time.Time) []reply {
	if m.topic == driverTopic {
		return d.dispatch(m.payload, now)
	}
	return d.handshake(m.payload, now)
}

func (d *driver) next() (at time.Time, any bool) { return d.board.next() }

// dispatch takes one message of the driver's topic.
func (d *driver) dispatch(payload string, now time.Time) []reply {
	d.advance(now)
	if r, ok := parseRequest([]byte(payload)); ok && !d.wedged {
		switch r.typ {
		case "command":
			d.command(r)
		case "meta":
			d.meta(r)
		}
		d.drain()
	}
	return d.flush()
}

// tick lets the time pass: motions end and the queue steps.
func (d *driver) tick(now time.Time) []reply {
	d.advance(now)
	return d.flush()
}

func (d *driver) advance(now time.Time) {
	for {
		end, moving := d.board.next()
		if !moving || end.After(now) {
			break
		}
		// Each end is dealt with at its own time, so that a queue of motions
		// keeps its pace however late the call comes.
		d.now = end
		d.board.finish()
		d.drain()
	}
	d.now = now
}

// flush hands out what there is to publish; a wedged driver says nothing.
func (d *driver) flush() []reply {
	out := d.out
	d.out = nil
	if d.wedged {
		return nil
	}
	return out
}

// enqueue puts a line in the queue and sends the first one, if the board is
// free for it.
func (d *driver) enqueue(from, session ident, line string) {
	d.queue = append(d.queue, queued{from, session, line})
	d.queueSize = len(d.queue)
	d.step()
}

// step sends the next line, unless the board is still busy with the last. It
// says that the queue is empty every time it finds it so, which is often.
func (d *driver) step() {
	d.lockCheck()
	switch {
	case d.locked:
	case len(d.queue) == 0:
		d.publishTo(d.current.from, d.current.from, d.current.session, "queue", "driver", "result", `"empty"`)
	default:
		next := d.queue[0]
		d.queue = d.queue[1:]
		d.send(next)
	}
}

// lockCheck sets locked: until the board took the last line, and with feedback
// on until it is ready as well.
func (d *driver) lockCheck() {
	d.locked = !d.ackReceived || d.feedbackOn && !d.ackReady
}

func (d *driver) send(q queued) {
	d.queueSize = len(d.queue)
	if d.boardless {
		return // the driver only prints that
	}
	d.ackReceived, d.ackReady = false, false
	code, _, _ := cutWord(q.line)
	switch code {
	case "M62":
		d.feedbackOn = true
	case "M63":
		d.feedbackOn = false
	case "G90":
		d.absolute = true
	case "G91":
		d.absolute = false
	}
	d.lockCheck()
	d.current = q
	if !d.boardSilent {
		d.board.write(q.line, d.now)
	}
}

// drain deals with all the board has said. Doing so may send it another line,
// which it answers after what it had said before.
func (d *driver) drain() {
	for {
		answer, ok := d.board.read()
		if !ok {
			return
		}
		if d.boardless {
			continue // nobody hears it
		}
		switch answer.kind {
		case answerOK:
			d.ackReceived = true
			d.step()
		case answerStat:
			d.callback(callbackNone, "stat", strconv.Itoa(answer.stat))
			d.ackReady = answer.stat == 0
			d.step()
		case answerPosition:
			d.position, d.positionSet = answer.position, true
			d.callback(callbackAdjustedPos, "adj_pos", d.adjustedJSON())
			d.callback(callbackSmoothiePos, "pos", d.positionJSON())
		}
	}
}

// callback publishes what the board said: for all on frontend, and for whoever
// sent last in private, if its session is not its id.
func (d *driver) callback(name, key, value string) {
	if !slices.Contains(d.callbacks, name) {
		return
	}
	from, session := d.current.from, d.current.session
	d.publish(frontendTopic, from, session, "driver", smoothie, key, value)
	if from.json != session.json {
		d.publishTo(from, from, session, "driver", smoothie, key, value)
	}
}

func (d *driver) publish(topic string, to, session ident, typ, name, key, value string) {
	d.out = append(d.out, reply{topic: topic, payload: envelope(d.now, d.id, typ, to, session, name, key, value)})
}

// publishTo publishes on a client's own topic. What is for an id without a
// slot goes nowhere.
func (d *driver) publishTo(client, to, session ident, typ, name, key, value string) {
	topic, ok := topicOf(client.name)
	if !ok {
		if !d.known(client) {
			return
		}
		topic = topicPrefix + client.name
	}
	d.publish(topic, to, session, typ, name, key, value)
}

func (d *driver) known(client ident) bool {
	return !client.empty() && slices.Contains(d.clients, client.name)
}
