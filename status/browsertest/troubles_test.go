package browsertest

import (
	"net"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
	"rawtcpcom/status/relayapi/fakerelay"
)

const (
	beside = `document.getElementById("verdict-beside").innerText`
	// narrow is true when nothing sticks out of a phone's window.
	narrow = `[...document.querySelectorAll("body, main > section, #verdict")].every((e) => e.scrollWidth <= e.clientWidth + 1)`
)

// A client that the robot refuses is told of on the page and by its lamp,
// whether it is the only one or others work.
func TestPageTellsOfARefusedClient(t *testing.T) {
	need(t)
	b := withSlots(t, 1)
	x := b.open(t)
	lucky := b.connect(t)
	lucky.Until(`"type": "handshake"`)
	x.wait(t, "one client works", goodLinks+` === 6`)
	late := b.connect(t)
	late.Until(`"result": "failed"`)
	x.wait(t, "the page tells of the other", goodLinks+` === 6 && `+clientRow+` === "client-refused" && `+wampRow+` === "ready"`)
	if text := eval[string](t, x, beside); !strings.Contains(text, late.Conn.LocalAddr().String()) || !strings.Contains(text, "Restart the robot") {
		t.Errorf("it says %q", text)
	}
	x.pictures(t, "beside")
	lucky.Close()
	x.wait(t, "the chain is broken there", names("Client")+` && `+goodLinks+` === 5 && `+clientRow+` === "client-refused" && `+beside+` === ""`)
	if text := eval[string](t, x, verdict); !strings.Contains(text, "refused the client at "+late.Conn.LocalAddr().String()) {
		t.Errorf("it says %q", text)
	}
	x.pictures(t, "refused")
}

// A client that was turned away is told of, though the chain is whole.
func TestPageTellsOfAClientTurnedAway(t *testing.T) {
	need(t)
	relay := fakerelay.New()
	t.Cleanup(relay.Close)
	b := &box{page: freeAddr(t)}
	b.status = start(t, "status", "-http", b.page, "-relay", relay.URL)
	x := b.open(t)
	s := fakerelay.Healthy()
	s.Clients = []state.Client{{ID: "7a316086-7fff-4f71", Remote: "192.168.1.31:5000", Since: time.Now(), Handshake: state.HandshakeSuccess}}
	relay.Set(s)
	x.wait(t, "all is there", goodLinks+` === 6 && `+clientRow+` === "client-there" && `+beside+` === ""`)
	s.TurnedAway = state.TurnedAway{
		Count: 1, Last: time.Now(), Remote: net.JoinHostPort("10.0.0.5", "49152"), Reason: "too_many",
		Text: "all 4 client ids are in use; end a program that is no longer needed, or close it on the status page, then connect again",
	}
	relay.Set(s)
	x.wait(t, "it is told of", `document.title.startsWith("! Client") && `+goodLinks+` === 6 && `+clientRow+` === "client-turned-away" && `+wampRow+` === "ready"`)
	if text := eval[string](t, x, beside); !strings.Contains(text, "turned away at 10.0.0.5: all 4 client ids are in use") {
		t.Errorf("it says %q", text)
	}
	x.pictures(t, "turnedaway")
}

// withSlots is a box beside a robot that takes so many ids.
func withSlots(t *testing.T, slots int) *box {
	t.Helper()
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(router.Close)
	robot, err := simulator.StartDriver(t.Context(), simulator.RobotConfig{URL: router.URL(), Slots: slots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(robot.Close)
	return newBox(t, "-router", router.URL())
}
