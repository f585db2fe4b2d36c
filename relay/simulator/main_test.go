package simulator

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gammazero/nexus/v3/wamp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen; it is never slept.
const patience = 20 * time.Second

func deadline(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func startRouter(t testing.TB) *Router {
	t.Helper()
	r, err := StartRouter(RouterConfig{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func startDriver(t testing.TB, router *Router, cfg RobotConfig) *Driver {
	t.Helper()
	cfg.URL = router.URL()
	r, err := StartDriver(deadline(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// peer is another WAMP client on the router: a session of the nexus client
// that hears some topics.
type peer struct {
	t      testing.TB
	s      *session
	events chan event
}

type event struct {
	topic   string
	payload string
}

func joinPeer(t testing.TB, router *Router, topics ...string) *peer {
	t.Helper()
	s, err := join(deadline(t), router.URL(), DefaultRealm, orDiscard(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.leave)
	p := &peer{t, s, make(chan event, 10_000)}
	for _, topic := range topics {
		p.hear(topic)
	}
	return p
}

func (p *peer) hear(topic string) {
	p.t.Helper()
	err := p.s.client.Subscribe(topic, func(e *wamp.Event) {
		payload, _ := e.Arguments[0].(string)
		p.events <- event{topic, payload}
	}, nil)
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) say(topic, payload string) {
	p.t.Helper()
	if err := p.s.publish(topic, nil, wamp.List{payload}, nil); err != nil {
		p.t.Fatal(err)
	}
}

// next returns the next event, whatever its topic.
func (p *peer) next() event {
	p.t.Helper()
	select {
	case e := <-p.events:
		return e
	case <-time.After(patience):
		p.t.Fatal("no event came")
		return event{}
	}
}

// says writes a message to the driver as a client does.
func says(from, typ, name, message string) string {
	id, _ := json.Marshal(from)
	return `{"time": "2026-11-22 17:53:15.495762", "type": "` + typ + `", "to": "", "from": ` + string(id) +
		`, "sessionID": ` + string(id) + `, "data": {"name": "` + name + `", "message": ` + message + `}}`
}

func commands(from, message string) string { return says(from, "command", "smoothie", message) }

func extends(from string) string { return says(from, "handshake", "driver", `{"extend": "true"}`) }

var timeKey = regexp.MustCompile(`"time": "\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}"`)

// timeless takes the time out of a payload, and the driver's id.
func timeless(payload, driver string) string {
	payload = timeKey.ReplaceAllString(payload, `"time": "TIME"`)
	return strings.ReplaceAll(payload, driver, "DRIVER")
}

// brief is an event as topic, type and message: "frontend driver {...}". The
// topic of the client "me" is "me".
func brief(e event) string {
	o, _ := parseObject([]byte(e.payload))
	typ, _ := o.get("type")
	data, _ := o.get("data")
	inner, _ := splitObject(data)
	message, _ := inner.get("message")
	kind, _ := text(typ)
	return strings.TrimPrefix(e.topic, topicPrefix) + " " + kind + " " + string(message)
}

func briefs(replies []reply) []string {
	list := make([]string, len(replies))
	for i, r := range replies {
		list[i] = brief(event{r.topic, r.payload})
	}
	return list
}
