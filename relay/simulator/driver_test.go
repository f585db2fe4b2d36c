package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gorilla/websocket"
)

// wait waits for something about the robot.
func wait(t *testing.T, r *Driver, what string, cond func() bool) {
	t.Helper()
	if err := r.Wait(deadline(t), cond); err != nil {
		t.Fatalf("waiting until %s: %v", what, err)
	}
}

func TestSlotsOverTheWire(t *testing.T) {
	router := startRouter(t)
	robot := startDriver(t, router, RobotConfig{Slots: 2})
	p := joinPeer(t, router, frontendTopic)
	for _, id := range []string{"a", "b", "c"} {
		p.say(handshakeTopic, extends(id))
		p.next()
	}
	if ids := robot.Ids(); !slices.Equal(ids, []string{"a", "b"}) {
		t.Errorf("slots are held by %q", ids)
	}
	again := startDriver(t, router, RobotConfig{})
	if again.ID() == robot.ID() || len(again.ID()) != 36 {
		t.Errorf("ids of two drivers: %s and %s", robot.ID(), again.ID())
	}
}

func TestReceived(t *testing.T) {
	router := startRouter(t)
	robot := startDriver(t, router, RobotConfig{Instant: true, RecordLimit: 3})
	p := joinPeer(t, router)
	for i := range 10 {
		p.say(driverTopic, commands("me", fmt.Sprintf(`{"move_to": { "X" : %d.50 }}`, i)))
	}
	p.say(driverTopic, `{"halt":}`)
	wait(t, robot, "11 messages arrived", func() bool { return robot.Arrived() == 11 })
	got := robot.Received()
	if len(got) != 3 {
		t.Fatalf("kept %d messages, want 3", len(got))
	}
	want := Command{
		From: "me", SessionID: "me", Type: "command", Name: "smoothie", Command: "move_to",
		Param: []byte(`{ "X" : 8.50 }`), Payload: commands("me", `{"move_to": { "X" : 8.50 }}`),
	}
	if fmt.Sprint(got[0]) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", got[0], want)
	}
	if got[2].Payload != `{"halt":}` || got[2].Command != "" {
		t.Errorf("got %+v", got[2])
	}
	if x := robot.Positions()["X"]; x != 9.5 {
		t.Errorf("X is at %v", x)
	}
}

// TestMotionOverTheWire is the one test in which time really passes.
func TestMotionOverTheWire(t *testing.T) {
	router := startRouter(t)
	robot := startDriver(t, router, RobotConfig{Speed: map[string]float64{"X": 1000}})
	p := joinPeer(t, router, frontendTopic)
	began := time.Now()
	p.say(driverTopic, commands("me", `{"move_to": {"X": 50}}`))
	if got := brief(p.next()); got != stat1 {
		t.Errorf("first %s", got)
	}
	if got := brief(p.next()); got != stat0 {
		t.Errorf("then %s", got)
	}
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("50 mm at 1000 mm/s took %v", took)
	}
	if x := robot.Positions()["X"]; x != 50 || robot.Moving() {
		t.Errorf("X is at %v, moving: %v", x, robot.Moving())
	}
	p.say(driverTopic, commands("me", `{"home": {"X": "true"}}`))
	wait(t, robot, "X is homed", func() bool { return slices.Equal(robot.Homed(), []string{"X"}) })
}

// TestOddEvents: what no driver expects does the robot no harm.
func TestOddEvents(t *testing.T) {
	router := startRouter(t)
	robot := startDriver(t, router, RobotConfig{Instant: true})
	p := joinPeer(t, router, frontendTopic)
	home := commands("me", `{"home": ""}`)
	for _, topic := range []string{driverTopic, handshakeTopic} {
		for _, odd := range []wamp.Publish{
			{},
			{Arguments: wamp.List{}},
			{Arguments: wamp.List{nil}},
			{Arguments: wamp.List{5, true}},
			{Arguments: wamp.List{wamp.Dict{"from": "me"}}},
			{Arguments: wamp.List{home, home}},
			{Arguments: wamp.List{home}, ArgumentsKw: wamp.Dict{"x": 1}},
			{Arguments: wamp.List{home}, Options: wamp.Dict{"ppt_scheme": "x_custom"}},
			{Arguments: wamp.List{home}, Options: wamp.Dict{"ppt_scheme": "wamp", "ppt_serializer": "cbor"}},
			{Arguments: wamp.List{""}},
			{Arguments: wamp.List{"\x00\xff"}},
			{Arguments: wamp.List{`{"halt":}`}},
			{Arguments: wamp.List{strings.Repeat("[", 100_000)}},
		} {
			if err := p.s.publish(topic, odd.Options, odd.Arguments, odd.ArgumentsKw); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.say(driverTopic, home)
	if got := brief(p.next()); got != stat0 {
		t.Errorf("got %s", got)
	}
	if ids := robot.Ids(); len(ids) != 0 {
		t.Errorf("slots are held by %q", ids)
	}
}

func TestMute(t *testing.T) {
	router := startRouter(t)
	robot := startDriver(t, router, RobotConfig{Instant: true})
	p := joinPeer(t, router, frontendTopic)
	robot.Mute(true)
	p.say(handshakeTopic, extends("me"))
	p.say(driverTopic, commands("me", `{"move_to": {"X": 5}}`))
	wait(t, robot, "the command arrived", func() bool { return robot.Arrived() == 1 })
	robot.Mute(false)
	p.say(handshakeTopic, extends("you"))
	if got := p.next(); !strings.Contains(got.payload, `"to": "you"`) {
		t.Errorf("first %s", got.payload)
	}
	if x := robot.Positions()["X"]; x != 0 {
		t.Errorf("a muted robot went to %v", x)
	}
}

func TestPublishAsTheDriver(t *testing.T) {
	router := startRouter(t)
	robot := startDriver(t, router, RobotConfig{})
	p := joinPeer(t, router, "com.opentrons.me")
	if err := robot.Publish("com.opentrons.me", "<&> \u00e9"); err != nil {
		t.Fatal(err)
	}
	if got := p.next(); got.payload != "<&> \u00e9" {
		t.Errorf("got %q", got.payload)
	}
	if err := robot.PublishRaw("com.opentrons.me", wamp.Dict{"exclude_me": false}, wamp.List{"x", 5}, wamp.Dict{"k": 1}); err != nil {
		t.Fatal(err)
	}
	if got := p.next(); got.payload != "x" {
		t.Errorf("got %q", got.payload)
	}
	robot.Close()
	robot.Close()
	if err := robot.Publish("com.opentrons.me", "late"); !errors.Is(err, errLinkDown) {
		t.Errorf("publishing on a closed robot: %v", err)
	}
}

// TestRejoin: a driver outlives its router, and comes back as it was.
func TestRejoin(t *testing.T) {
	router := startRouter(t)
	robot := startDriver(t, router, RobotConfig{Rejoin: time.Millisecond})
	p := joinPeer(t, router, frontendTopic)
	p.say(handshakeTopic, extends("me"))
	p.next()
	router.Close()
	wait(t, robot, "it has left", func() bool { return !robot.Joined() })

	router, err := StartRouter(RouterConfig{Addr: router.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(router.Close)
	wait(t, robot, "it has joined again", robot.Joined)
	p = joinPeer(t, router, "com.opentrons.me")
	p.say(handshakeTopic, extends("me"))
	if got := brief(p.next()); got != `me handshake {"result": "already_connected"}` {
		t.Errorf("got %s", got)
	}
}

// TestNoRejoin: a robot that is not to come back can still be closed.
func TestNoRejoin(t *testing.T) {
	router := startRouter(t)
	robot := startDriver(t, router, RobotConfig{Rejoin: -1})
	router.Close()
	wait(t, robot, "it has left", func() bool { return !robot.Joined() })
	robot.Close()
}

func TestStartDriverFails(t *testing.T) {
	router := startRouter(t)
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var upgrader websocket.Upgrader // chooses no sub-protocol
		if c, err := upgrader.Upgrade(w, r, nil); err == nil {
			c.Close()
		}
	}))
	defer silent.Close()
	for name, cfg := range map[string]RobotConfig{
		"nobody there":    {URL: "ws://127.0.0.1:1/ws"},
		"no such realm":   {URL: router.URL(), Realm: "nosuch"},
		"another path":    {URL: strings.TrimSuffix(router.URL(), "ws")},
		"no WAMP":         {URL: "ws" + strings.TrimPrefix(silent.URL, "http")},
		"no speed":        {URL: router.URL(), Speed: map[string]float64{"X": 0}},
		"no URL":          {},
		"URL not of WAMP": {URL: "gopher://127.0.0.1"},
	} {
		if r, err := StartDriver(deadline(t), cfg); err == nil {
			r.Close()
			t.Errorf("%s: no error", name)
		} else if !strings.HasPrefix(err.Error(), "starting the simulated robot: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := StartDriver(ctx, RobotConfig{URL: router.URL()}); err == nil {
		t.Error("cancelled: no error")
	}
}
