package hub_test

import (
	"cmp"
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
	beside *driver   // another service

	mu     sync.Mutex
	frozen bool // what is published is kept until it thaws
	acks   bool
	flows  int // how often the relay asked after the board, which is not among sent
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
	if r.frozen {
		return
	}
	for _, p := range r.queued {
		if strings.Contains(p.payload, `"sessionID": "com.opentrons.tcpRelay", "data": {"name": "smoothie", "message": {"flow": ""}}`) {
			r.flows++
			go r.tell(func() { p.settle(nil) })
			continue
		}
		r.sent = append(r.sent, p)
		shake := strings.HasSuffix(p.topic, "_handshake")
		if r.acks || shake {
			go r.tell(func() { p.settle(nil) })
		}
		for _, d := range append(r.both[:len(r.both):len(r.both)], r.driver, r.beside) {
			if d != nil && shake && strings.Contains(p.topic, d.service()) {
				go d.hear(p.payload)
			}
		}
	}
	r.queued = nil
}

// freeze stops the router, or lets it go on with all that has come meanwhile.
func (r *router) freeze(frozen bool) {
	r.mu.Lock()
	r.frozen = frozen
	r.mu.Unlock()
	r.Flush(false)
}

// set changes the router.
func (r *router) set(f func(r *router)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r)
}

// tell is how a session's reader tells the hub something: with EventsIdle once
// there is no more.
func (r *router) tell(what func()) {
	what()
	r.hub.EventsIdle()
}

// published is what was published on a topic so far, but for what the relay itself
// puts before each client's halt (TestQueueIsDroppedBeforeAHalt).
func (r *router) published(topic string) (list []publish) {
	all := r.all(topic)
	for i, p := range all {
		if !(i+1 < len(all) && isRelaysStop(p.payload) && isHalt(all[i+1].payload) && !isRelaysStop(all[i+1].payload)) {
			list = append(list, p)
		}
	}
	return list
}

// all is the same with that.
func (r *router) all(topic string) []publish {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.sent), func(p publish) bool { return p.topic != topic })
}

func isRelaysStop(payload string) bool {
	return payload == wire.EraseJob || payload == wire.RawHalt || strings.Contains(payload, `"sessionID": "`+wire.RelayID+`"`) && !strings.Contains(payload, `"flow"`)
}

func isHalt(payload string) bool {
	return strings.Contains(payload, "M112") || strings.Contains(payload, `"halt"`)
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
	hub  *hub.Hub
	name string // of the service; driver if empty

	mu    sync.Mutex
	id    string
	slots int
	known []string
	late  time.Duration
	mute  bool
	froze chan struct{} // closed when it thaws; nil while it is not frozen
	asked []string      // client ids, each time one is asked for
}

func (d *driver) service() string { return cmp.Or(d.name, "driver") }

func (d *driver) hear(payload string) {
	if !strings.Contains(payload, "extend") {
		return
	}
	var m struct{ From string }
	_ = json.Unmarshal([]byte(payload), &m) // the test sees what is missing
	d.mu.Lock()
	d.asked = append(d.asked, m.From)
	late, mute, froze := d.late, d.mute, d.froze
	d.mu.Unlock()
	if froze != nil {
		<-froze
	}
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
	reply = strings.Replace(reply, `"name": "driver"`, `"name": "`+d.service()+`"`, 1)
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

// freeze stops the driver, or lets it go on with all that has come meanwhile.
func (d *driver) freeze(frozen bool) {
	d.set(func(d *driver) {
		if frozen {
			d.froze = make(chan struct{})
			return
		}
		close(d.froze)
		d.froze = nil
	})
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
	frozen bool
	answer wamp.List
	err    error
	other  map[string]wamp.List // for some topics, instead of answer
	calls  int
}

func (c *caller) Call(ctx context.Context, _ string, args ...any) (wamp.List, error) {
	c.mu.Lock()
	answer, err, frozen := c.answer, c.err, c.frozen
	if other, is := c.other[fmt.Sprint(args...)]; is {
		answer = other
	}
	c.calls++
	c.mu.Unlock()
	if frozen {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return answer, err
}

func (c *caller) freeze(frozen bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = frozen
}

func (c *caller) set(answer wamp.List, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer, c.err = answer, err
}
