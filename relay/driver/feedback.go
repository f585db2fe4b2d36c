package driver

import (
	"time"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/lease"
	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/wire"
)

// feedback follows the driver's work, to tell when it can have nothing more to
// say on an id whose owner has left: until then the id rests.
//
// The driver says on no line which command it is about (relay/wire/README.md,
// "What the driver does that a relay must live with"). But it has one queue, in
// order, and whatever the board says goes to whoever sent the line that the
// board got last. So an id has no more to hear once the queue was empty after
// its last command, and the board stands or works for somebody else. Where that
// cannot be seen, it is once nothing has been heard for a while.
//
// What counts as work is a stat, 1 when a motion starts and 0 when the board is
// ready, and any other line for the id. An empty queue does not, which an idle
// driver tells again and again, nor does a further stat 0.
//
// A newcomer hears nothing on another id before it sends something. What it
// sends while a queue still runs on is told of as the driver does: with its
// feedback on, what was queued before is the other id's to the end; with
// feedback off, the board has it all and the rest is told to the newcomer. The
// relay cannot tell the one's lines from the other's then.
type feedback struct {
	desk    hub.Desk
	changed func() // see Backend
	ids     map[string]*work
	resting map[string]bool // ids whose owner has left, a newcomer's among them

	deaf    bool      // the driver cannot be heard, or has not been since it could not
	current *work     // whom the board's last stat was for; nil for somebody else's
	moves   bool      // the board's last stat was not 0
	at      time.Time // of that stat
}

// work is what the driver may have to say on one id.
type work struct {
	id     string
	queued time.Time     // when its last command was published
	open   bool          // the queue has not been seen empty since
	last   time.Time     // when something was last sent for it or heard
	quiet  time.Duration // how long nothing is to be heard while it is open
}

// newFeedback begins with the ids that rest from before the relay was started.
func newFeedback(desk hub.Desk, now time.Time, changed func()) *feedback {
	f := &feedback{desk: desk, changed: changed, ids: map[string]*work{}, resting: map[string]bool{}, deaf: true}
	for _, id := range desk.IDs() {
		switch desk.Resting(id) {
		case lease.Busy:
			f.ids[id] = &work{id: id, queued: now, open: true, quiet: missed}
		case lease.Unsure:
			f.ids[id] = &work{id: id, queued: now, open: true, quiet: quiet}
		default:
			continue
		}
		f.resting[id] = true
	}
	return f
}

// sent notes that something is published in an id's name.
func (f *feedback) sent(id string, queued bool, now time.Time) {
	w := f.ids[id]
	if w == nil {
		w = &work{id: id}
		f.ids[id] = w
	}
	w.last = now
	if queued {
		w.queued, w.open, w.quiet = now, true, quiet
	}
}

// word notes what the driver said, to an id or, with nil, to somebody else's.
func (f *feedback) word(to *work, reply wire.Reply) {
	if len(f.resting) > 0 {
		f.changed() // it may be over, or not over yet
	}
	stat, empty := reply.Feedback()
	if to == nil && stat == nil && !empty {
		return
	}
	now := time.Now()
	if empty {
		for _, w := range f.ids {
			if w == to || now.Sub(w.queued) > inFlight {
				w.open = false
			}
		}
		return
	}
	idle := string(stat) == "0" && !f.moves
	if stat != nil {
		f.current, f.moves, f.at = to, string(stat) != "0", now
	}
	if to == nil || idle {
		return
	}
	to.last = now
	if stat != nil && !to.open {
		// An empty queue is told after the last stat. This one comes after one
		// that was told before a command on its way had arrived.
		to.open, to.quiet = true, quiet
	}
}

// heard notes that the driver can be heard again.
func (f *feedback) heard(now time.Time) {
	if f.deaf {
		f.deaf, f.at = false, now
		f.changed()
	}
}

// lost notes that what the driver says may be missed from here on.
func (f *feedback) lost() {
	for _, w := range f.ids {
		if f.moves && f.current == w {
			w.open = true
		}
		if w.open && !f.deaf {
			w.quiet = missed
		}
	}
	f.deaf, f.current, f.moves = true, nil, false
	f.step(time.Now()) // at the end of the relay, nobody else sees to it
}

// forget is for a driver that knows nothing of an id, or of any.
func (f *feedback) forget(ids ...string) {
	for _, id := range ids {
		delete(f.ids, id)
		f.rested(id)
	}
}

func (f *feedback) rested(id string) {
	if f.resting[id] {
		delete(f.resting, id)
		f.desk.SetRest(id, lease.Rested)
		f.changed() // its handshake may be due
	}
}

// busy reports whether an id's owner has to wait for what the one before it has
// caused.
func (f *feedback) busy(id string) bool { return f.resting[id] && f.desk.Resting(id) >= lease.Busy }

const stillAtWork = "the robot may still be at work for the client that had this id before and has left; your handshake follows when that is over, and a stop (halt, clear_queue) passes meanwhile"

// left begins the rest of an id.
func (f *feedback) left(id string, now time.Time) {
	f.resting[id] = true
	f.updateRest(id, now)
}

// step ends the rests that are over, and returns how long until the next is.
func (f *feedback) step(now time.Time) time.Duration {
	next := presence.Never
	for id := range f.resting {
		next = min(next, f.updateRest(id, now))
	}
	return next
}
