package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gammazero/nexus/v3/wamp"

	"rawtcpcom/relay/hub"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/wire"
)

// router is a fake session with a router: it keeps what is published once that
// is flushed, and acknowledges it at once unless told otherwise.
type router struct {
	hub    *hub.Hub
	driver *driver
	both   []*driver // instead of driver, where there are two

	mu     sync.Mutex
	acks   bool
	queued []publish
	sent   []publish
}

type publish struct {
	at      time.Time
	ctx     context.Context
	topic   string
	payload string
	urgent  bool
	settle  func(error)
}

func (r *router) Publish(ctx context.Context, topic string, payload []byte, urgent bool, settle func(error)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queued = append(r.queued, publish{time.Now(), ctx, topic, string(payload), urgent, settle})
	return nil
}

func (r *router) PublishJSON(ctx context.Context, topic string, argument []byte, settle func(error)) error {
	return r.Publish(ctx, topic, argument, true, settle)
}

func (r *router) Flush(bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.queued {
		r.sent = append(r.sent, p)
		shake := strings.HasSuffix(p.topic, "_handshake")
		if r.acks || shake {
			go r.tell(func() { p.settle(nil) })
		}
		for _, d := range append(r.both[:len(r.both):len(r.both)], r.driver) {
			if d != nil && shake {
				go d.hear(p.payload)
			}
		}
	}
	r.queued = nil
}

// tell is how a session's reader tells the hub something: with EventsIdle once
// there is no more.
func (r *router) tell(what func()) {
	what()
	r.hub.EventsIdle()
}

// published is what was published on a topic so far.
func (r *router) published(topic string) []publish {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.sent), func(p publish) bool { return p.topic != topic })
}

// commands are the names of the commands published for the driver so far.
func (r *router) commands() []string {
	var names []string
	for _, p := range r.published(wire.Driver.Topic()) {
		names = append(names, commandOf(p.payload))
	}
	return names
}

func commandOf(payload string) string {
	var m struct {
		Data struct{ Message map[string]any }
	}
	_ = json.Unmarshal([]byte(payload), &m) // the test sees what is missing
	for name := range m.Data.Message {
		return name
	}
	return ""
}

// driver is a fake that answers handshakes as the real one does.
type driver struct {
	hub *hub.Hub

	mu    sync.Mutex
	id    string
	slots int
	known []string
	late  time.Duration
	mute  bool
	asked []string // client ids, each time one is asked for
}

func (d *driver) hear(payload string) {
	if !strings.Contains(payload, "extend") {
		return
	}
	var m struct{ From string }
	_ = json.Unmarshal([]byte(payload), &m) // the test sees what is missing
	d.mu.Lock()
	d.asked = append(d.asked, m.From)
	late, mute := d.late, d.mute
	d.mu.Unlock()
	if mute {
		return
	}
	time.Sleep(late)
	d.mu.Lock()
	topic, reply := wire.Frontend, handshake(d.id, m.From, "success")
	switch {
	case slices.Contains(d.known, m.From):
		topic, reply = wire.PrivateTopic(m.From), handshake(d.id, m.From, "already_connected")
	case len(d.known) == d.slots:
		reply = handshake(d.id, "", "fail")
	default:
		d.known = append(d.known, m.From)
	}
	d.mu.Unlock()
	d.hub.Event(session.Event{Topic: topic, Payload: []byte(reply)})
	d.hub.EventsIdle()
}

// set changes the driver.
func (d *driver) set(f func(d *driver)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f(d)
}

// restart makes it another one, that knows nobody.
func (d *driver) restart(id string) {
	d.set(func(d *driver) { d.id, d.known = id, nil })
}

func (d *driver) timesAsked() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.asked)
}

func handshake(driver, to, result string) string {
	return fmt.Sprintf(`{"time": "T", "type": "handshake", "to": %q, "from": %q, "sessionID": %q, "data": {"name": "driver", "message": {"result": %q}}}`, to, driver, to, result)
}

// caller answers looks.
type caller struct {
	mu     sync.Mutex
	answer wamp.List
	err    error
}

func (c *caller) Call(context.Context, string, ...any) (wamp.List, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answer, c.err
}

func (c *caller) set(answer wamp.List, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer, c.err = answer, err
}
