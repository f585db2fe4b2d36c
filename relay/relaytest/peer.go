package relaytest

import (
	"io"
	"log"
	"strings"
	"testing"
	"time"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/wamp"
)

// Peer is another WAMP client on the router: a browser, labware, or somebody
// who listens.
type Peer struct {
	t      testing.TB
	client *client.Client
	events chan Event
}

// Event is what a peer hears.
type Event struct {
	Topic   string
	Payload string
}

// Peer joins the rig's router and subscribes. To be no part of what a test
// shows, join before the relay starts: it looks again at who is there when
// anybody subscribes.
func (r *Rig) Peer(topics ...string) *Peer {
	r.t.Helper()
	return Join(r.t, r.URL(), topics...)
}

// Join joins a router and subscribes.
func Join(t testing.TB, url string, topics ...string) *Peer {
	t.Helper()
	c, err := client.ConnectNet(Deadline(t), url, client.Config{
		Realm: "ot_realm", Logger: log.New(io.Discard, "", 0), ResponseTimeout: Patience,
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &Peer{t, c, make(chan Event, 100_000)}
	t.Cleanup(p.Close)
	for _, topic := range topics {
		err := c.Subscribe(topic, func(e *wamp.Event) {
			text := ""
			if len(e.Arguments) > 0 {
				text, _ = e.Arguments[0].(string)
			}
			p.events <- Event{topic, text}
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// Close leaves the router.
func (p *Peer) Close() { _ = p.client.Close() } // it may have been left already

// Publish publishes a payload and waits until the router has taken it.
func (p *Peer) Publish(topic, payload string) {
	p.t.Helper()
	err := p.client.Publish(topic, wamp.Dict{wamp.OptAcknowledge: true}, wamp.List{payload}, nil)
	if err != nil {
		p.t.Fatal(err)
	}
}

// Post publishes a payload without waiting for anything.
func (p *Peer) Post(topic, payload string) {
	p.t.Helper()
	if err := p.client.Publish(topic, nil, wamp.List{payload}, nil); err != nil {
		p.t.Error(err)
	}
}

// Next is the next event, whatever its topic.
func (p *Peer) Next() Event {
	p.t.Helper()
	select {
	case e := <-p.events:
		return e
	case <-time.After(Patience):
		p.t.Fatal("no event came")
		return Event{}
	}
}

// Expect is the next event, on that topic and with all of the texts.
func (p *Peer) Expect(topic string, texts ...string) Message {
	p.t.Helper()
	e := p.Next()
	m, err := ParseMessage(e.Payload)
	if e.Topic != topic || err != nil {
		p.t.Fatalf("not on %s: %+v, %v", topic, e, err)
	}
	for _, text := range texts {
		if !strings.Contains(e.Payload, text) {
			p.t.Fatalf("not %q: %s", text, e.Payload)
		}
	}
	return m
}
