package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

const (
	positionAge = `document.getElementById("position-age").textContent`
	deckLabel   = `document.querySelector("#deck svg")?.getAttribute("aria-label") ?? ""`
	axesText    = `document.getElementById("axes").innerText.replace(/\s+/g, " ")`
)

// The panel shows where the robot told somebody that it is, since when, and that it may
// be elsewhere now; what nobody has told is unknown.
func TestPageShowsWhereTheRobotIs(t *testing.T) {
	need(t)
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer router.Close()
	robot, err := simulator.StartDriver(t.Context(), simulator.RobotConfig{URL: router.URL(), Instant: true})
	if err != nil {
		t.Fatal(err)
	}
	defer robot.Close()
	b := newBox(t, "-router", router.URL())
	x := b.open(t)
	x.wait(t, "it is not known", goodLinks+` === 5 && document.getElementById("position-shown").hidden && document.getElementById("position-none").textContent.includes("does not ask")`)

	c := b.connect(t)
	c.Until(`"result": "success"`)
	command := func(name, param string) {
		c.Send(fmt.Sprintf(`{"topic":"driver","type":"command","name":"smoothie","message":%q,"param":%s}`, name, param))
	}
	// The firmware of a board may tell of single axes.
	peer := relaytest.Join(t, router.URL())
	defer peer.Close()
	peer.Publish("com.opentrons.frontend", fmt.Sprintf(`{"type": "driver", "to": "x", "from": %q, "sessionID": "x", "data": {"name": "smoothie", "message": {"pos": {"Y": 7, "A": 1}}}}`, robot.ID()))
	x.wait(t, "Y alone is known", `(`+deckLabel+`).startsWith("The head from above: X unknown, Y 7.00 mm; told ") && (`+axesText+`).startsWith("X unknown ")`)
	if !eval[bool](t, x, `document.querySelector("#deck .head").getAttribute("visibility") === "hidden" && document.querySelectorAll("#heights .unknown").length === 2 && document.querySelector("#heights").textContent.includes("unknown")`) {
		t.Error("an axis that is not known is drawn")
	}
	x.pictures(t, "position-unknown")
	command("move_to", `{"X": 100.25, "Y": 300, "Z": 40, "A": 5}`)
	command("positions", "null")
	x.wait(t, "the head is where the robot said", `document.querySelector("#deck svg") && (`+deckLabel+`).startsWith("The head from above: X 100.25 mm, Y 300.00 mm; told ")`)
	x.wait(t, "its age counts", `/^told [1-9] s ago$/.test(`+positionAge+`)`)
	for _, want := range []string{"X 100.25 mm", "Y 300.00 mm", "Z 40.00 mm", "A 5.00 mm", "B 0.00 mm"} {
		if text := eval[string](t, x, axesText); !strings.Contains(text, want) {
			t.Errorf("the numbers lack %s: %s", want, text)
		}
	}
	// The frame ends at a round number above what was seen, the same for X and Y: the
	// head is right of the left edge by a quarter, and nearer to the front.
	for what, expression := range map[string]string{
		"the frame's end":        `document.querySelector("#deck").textContent.includes("400 mm")`,
		"the head":               `(() => { const h = document.querySelector("#deck .head"); return Math.abs(h.getAttribute("cx") - 280 / 4 * 1.0025) < .5 && Number(h.getAttribute("cy")) === 210 })()`,
		"Z, which is lower":      `Math.abs(document.querySelector("#heights .mark").getAttribute("y1") - 280 * 2 / 3) < .5`,
		"a word for the heights": `document.querySelector("#heights svg").getAttribute("aria-label").startsWith("Heights, larger is lower: Z 40.00 mm, A 5.00 mm, B 0.00 mm; told ")`,
		"what is not old":        `!document.getElementById("position-shown").classList.contains("old")`,
	} {
		if !eval[bool](t, x, expression) {
			t.Errorf("%s is not as told: %s", what, eval[string](t, x, `document.getElementById("position").outerHTML`))
		}
	}
	if received := robot.Received(); len(received) != 2 {
		t.Errorf("the robot was asked by somebody else: %+v", received)
	}
	x.pictures(t, "position")

	t.Run("less motion", func(t *testing.T) {
		if eval[string](t, x, `getComputedStyle(document.querySelector("#deck .head")).transitionDuration`) == "0s" {
			t.Error("the head jumps")
		}
		still := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}}
		if _, err := chromedp.Call(x.ctx, emulation.SetEmulatedMedia, still); err != nil {
			t.Fatal(err)
		}
		if is := eval[string](t, x, `getComputedStyle(document.querySelector("#deck .head")).transitionDuration`); is != "0s" {
			t.Errorf("the head moves within %s", is)
		}
	})

	command("move", `{"X": 5}`)
	x.wait(t, "it may have moved", `document.getElementById("position-shown").classList.contains("old") && /^told .* ago; it may have moved since$/.test(`+positionAge+`)`)
	robot.Close()
	x.wait(t, "the robot was away", `/^told .* ago; robot away since$/.test(`+positionAge+`) && (`+deckLabel+`).includes("robot away since")`)
	x.pictures(t, "position-old")
	b.relay.kill()
	x.wait(t, "the page still says so", names("Relay")+` && `+positionAge+`.includes("robot away since")`)
}

// otone tells its positions with each motion, in a dialect of its own.
func TestPageShowsWhereOToneIs(t *testing.T) {
	b := newBox(t, "-simulate", "-backend", "otone")
	x := b.open(t)
	x.wait(t, "it is not known", goodLinks+` === 5 && document.getElementById("position-none").textContent.includes("when it moves")`)
	c := b.connect(t)
	c.Until(`"result": "success"`)
	c.Send(`{"type":"move","data":{"x":2,"z":1}}`)
	x.wait(t, "it is where it was sent", `(`+deckLabel+`).startsWith("The head from above: X 2.00 mm, Y 0.00 mm; told ") && !document.getElementById("position-shown").classList.contains("old")`)
	b.relay.kill()
	x.wait(t, "the relay is silent", positionAge+`.endsWith("relay silent since")`)
}
