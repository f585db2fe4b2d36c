package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"rawtcpcom/relay/simulator"
)

const positions = `{"topic":"driver","type":"command","name":"smoothie","message":"positions","param":null}`

// The page's parts, as JavaScript.
const (
	wampRow    = `document.querySelector("#lamps .lamp:nth-child(1)")?.dataset.row`
	clientRow  = `document.querySelector("#lamps .lamp:nth-child(2)")?.dataset.row`
	wampLit    = `document.querySelector("#lamps .lamp:nth-child(1) .led").classList.contains("lit")`
	clientLit  = `document.querySelector("#lamps .lamp:nth-child(2) .led").classList.contains("lit")`
	verdict    = `document.getElementById("verdict").innerText`
	goodLinks  = `document.querySelectorAll("#chain li.good").length`
	clientRows = `document.querySelectorAll("#clients tbody tr").length`
)

// names is true when the page's sentence is about this link.
func names(link string) string {
	return fmt.Sprintf(`document.getElementById("verdict-link").textContent === %q`, link)
}

func TestPageFollowsAClient(t *testing.T) {
	b := newBox(t, "-simulate")
	x := b.open(t)
	x.wait(t, "all but the client is there", goodLinks+` === 5 && `+wampRow+` === "ready" && `+clientRow+` === "no-client"`)
	if text := eval[string](t, x, verdict); !strings.Contains(text, "No client is connected") || !strings.Contains(text, "port") {
		t.Errorf("without a client the page says %q", text)
	}
	if !eval[bool](t, x, wampLit) || eval[bool](t, x, clientLit) {
		t.Error("the WAMP lamp must be lit and the client lamp dark")
	}

	c := b.connect(t)
	c.Until(`"result": "success"`)
	x.wait(t, "the client is there", goodLinks+` === 6 && `+clientRow+` === "client-there" && `+clientRows+` === 1`)
	if text := eval[string](t, x, verdict); !strings.Contains(text, "can talk to the robot") {
		t.Errorf("with a client the page says %q", text)
	}

	plot := `document.getElementById("rate").toDataURL()`
	before := eval[string](t, x, plot)
	for n := range 8 {
		c.Send(positions)
		c.Until("adj_pos")
		x.wait(t, "the message is listed", fmt.Sprintf(`document.querySelectorAll("#messages .message.in").length === %d`, n+1))
	}
	x.wait(t, "the plot has them", `document.getElementById("reply-last").textContent.endsWith("ms")`)
	if eval[string](t, x, plot) == before {
		t.Error("the plot did not change")
	}

	t.Run("markup from the wire is text", func(t *testing.T) {
		c.Send(`{"topic":"driver","type":"meta","name":"<img src=x onerror=alert(1)>","message":"drivers","param":"<script>alert(2)</script>"}`)
		x.wait(t, "it is shown", `document.getElementById("messages").textContent.includes("<img src=x onerror=alert(1)>")`)
		if n := eval[int](t, x, `document.querySelectorAll("main img, main script").length`); n != 0 {
			t.Errorf("%d elements came over the wire", n)
		}
	})
	t.Run("pause", func(t *testing.T) {
		x.click(t, "#pause")
		shown := eval[int](t, x, `document.querySelectorAll("#messages .message").length`)
		c.Send(positions)
		c.Until("adj_pos")
		x.wait(t, "it counts what is new", `/paused, [1-9]/.test(document.getElementById("messages-count").textContent)`)
		if n := eval[int](t, x, `document.querySelectorAll("#messages .message").length`); n != shown {
			t.Errorf("%d messages are shown while paused, %d before", n, shown)
		}
		x.click(t, "#pause")
		x.wait(t, "it goes on", fmt.Sprintf(`document.querySelectorAll("#messages .message").length > %d`, shown))
	})
	t.Run("a tab that is hidden", func(t *testing.T) {
		hide := `(Object.defineProperty(document, "hidden", { value: %v, configurable: true }), document.dispatchEvent(new Event("visibilitychange")))`
		eval[bool](t, x, fmt.Sprintf(hide, true))
		// What came before is drawn with the next frame.
		shown := eval[int](t, x, `new Promise((done) => requestAnimationFrame(() => done(document.querySelectorAll("#messages .message").length)))`)
		c.Send(positions)
		c.Until("adj_pos")
		eval[bool](t, x, `new Promise((done) => setTimeout(() => done(true), 1000))`)
		if n := eval[int](t, x, `document.querySelectorAll("#messages .message").length`); n != shown {
			t.Error("a hidden tab is told of messages")
		}
		eval[bool](t, x, fmt.Sprintf(hide, false))
		x.wait(t, "it has them when it is seen again", fmt.Sprintf(`document.querySelectorAll("#messages .message").length > %d && document.getElementById("lost").hidden`, shown))
	})
	t.Run("filter and download", func(t *testing.T) {
		id := eval[string](t, x, `document.querySelector("#filter option:nth-child(2)").value`)
		eval[bool](t, x, fmt.Sprintf(`(() => { const f = document.getElementById("filter"); f.value = %q; f.dispatchEvent(new Event("change")); return true })()`, id))
		if href := eval[string](t, x, `document.getElementById("download").getAttribute("href")`); !strings.HasSuffix(href, "?client="+id) {
			t.Errorf("the download is %s", href)
		}
		lines := eval[string](t, x, `fetch(document.getElementById("download").href).then((r) => r.text())`)
		if n := strings.Count(lines, "\n"); n < 20 || strings.Count(lines, id) < n {
			t.Errorf("%d lines, not all of the client", n)
		}
	})
	t.Run("identify", func(t *testing.T) {
		x.click(t, "#identify")
		x.wait(t, "both lamps flash", wampRow+` === "identify" && `+clientRow+` === "identify"`)
		x.wait(t, "they are lit", wampLit+` && `+clientLit)
		x.wait(t, "they are dark", `!(`+wampLit+`) && !(`+clientLit+`)`)
		x.wait(t, "it is over", wampRow+` === "ready" && `+clientRow+` === "client-there"`)
	})
	t.Run("console", func(t *testing.T) {
		x.click(t, `[data-action=positions]`)
		x.wait(t, "the reply is shown", `document.getElementById("console-lines").textContent.includes("adj_pos")`)
		x.wait(t, "the console is a client", clientRows+` === 2`)
		if text := eval[string](t, x, `document.getElementById("halt").parentElement.innerText`); !strings.Contains(text, "software stop, not a safety device") {
			t.Errorf("the halt button says %q", text)
		}
		x.click(t, "#halt")
		x.wait(t, "the halt was acknowledged", `document.getElementById("halt-answer").className === "done"`)
		c.Until(`"stopped": "halt", "by": "127.0.0.1 at the status page"`)
		x.wait(t, "the page says that the robot is halted, and by whom", names("Driver")+` && document.getElementById("verdict-text").textContent.includes(" halted the robot.") && `+wampRow+` === "robot-halted"`)
		x.wait(t, "the client is not cut off", goodLinks+` === 5 && `+clientRow+` === "client-there"`)
	})
	t.Run("close button", func(t *testing.T) {
		button := fmt.Sprintf(`#clients [aria-label$="the connection of %s"]`, c.Conn.LocalAddr())
		x.click(t, button)
		x.wait(t, "it asks", fmt.Sprintf(`document.querySelector(%q).textContent === "Really close?"`, button))
		x.click(t, button)
		c.Until("on the status page")
		c.ExpectClosed()
		x.wait(t, "the client is gone", fmt.Sprintf(`!document.querySelector(%q)`, button))
	})
}

func TestPageNamesTheBrokenLink(t *testing.T) {
	need(t)
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { router.Close() }()
	robot, err := simulator.StartDriver(t.Context(), simulator.RobotConfig{URL: router.URL(), Rejoin: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { robot.Close() }()
	b := newBox(t, "-router", router.URL())
	x := b.open(t)
	c := b.connect(t)
	c.Until(`"result": "success"`)
	x.wait(t, "all is there", goodLinks+` === 6`)

	router.Close()
	x.wait(t, "the page names the router", names("Router")+` && `+wampRow+` === "router-away"`)
	x.wait(t, "it says what was found", `document.getElementById("verdict-text").textContent.includes("no router runs on it")`)
	if n := eval[int](t, x, goodLinks); n != 2 {
		t.Errorf("%d links are good without a router, want 2", n)
	}
	x.wait(t, "the lamp blinks: lit", wampLit)
	x.wait(t, "the lamp blinks: dark", `!(`+wampLit+`)`)

	addr := router.Addr()
	if router, err = simulator.StartRouter(simulator.RouterConfig{Addr: addr}); err != nil {
		t.Fatal(err)
	}
	x.wait(t, "all is there again", goodLinks+` === 6 && `+wampRow+` === "ready"`)

	robot.Close()
	x.wait(t, "the page names the driver", names("Driver")+` && `+wampRow+` === "driver-away"`)
}

func TestPageWithoutRelayAndWithoutBox(t *testing.T) {
	notice := filepath.Join(t.TempDir(), "notice.json")
	if err := os.WriteFile(notice, []byte(`{"time":"2026-01-02T03:04:05Z","text":"The box went back <b>to the version</b> before."}`), 0o644); err != nil {
		t.Fatal(err)
	}
	b := newBox(t, "-simulate", "-notice", notice)
	x := b.open(t)
	x.wait(t, "the notice is shown", `/2026.*: The box went back <b>to the version<.b> before\.$/.test(document.querySelector("#notices li span")?.textContent)`)
	x.wait(t, "all but the client is there", goodLinks+` === 5`)

	b.relay.kill()
	x.wait(t, "the page names the relay", names("Relay")+` && `+wampRow+` === "relay-away" && `+clientRow+` === "relay-away"`)
	for range 20 {
		// Both are read in one frame, and drawn in one frame.
		if eval[bool](t, x, wampLit+` === `+clientLit) {
			t.Error("the lamps do not blink alternately")
		}
	}
	b.relay = start(t, "relay", b.relayArgs...)
	x.wait(t, "the relay is back", goodLinks+` === 5`)

	if code, took := b.status.stop(t); code != 0 || took > 2*time.Second {
		t.Errorf("SIGTERM: exit %d after %v, with the page open; want 0 within 2 s", code, took)
	}
	x.wait(t, "the page says that the box is lost", `!document.getElementById("lost").hidden && document.getElementById("lost").textContent.includes("lost") && !(`+wampLit+`)`)
	b.status = start(t, "status", b.statusArgs...)
	x.wait(t, "the box is back", `document.getElementById("lost").hidden && `+goodLinks+` === 5`)
}

func TestPageOnAPhoneAndByKeyboard(t *testing.T) {
	b := newBox(t, "-simulate")
	x := b.open(t)
	c := b.connect(t)
	c.Until(`"result": "success"`)
	c.Send(positions)
	x.wait(t, "all is there", goodLinks+` === 6 && !!document.querySelector("#messages .message")`)
	eval[bool](t, x, `document.getElementById("legend").open = true`)
	for _, width := range []int64{320, 390, 768, 990, 1200} {
		if err := chromedp.Do(x.ctx, chromedp.EmulateViewport(width, 800)); err != nil {
			t.Fatal(err)
		}
		x.wait(t, fmt.Sprintf("nothing sticks out at %d pixels", width), `[...document.querySelectorAll("body, main > section, .plots > section, #legend, table")].every((e) => e.scrollWidth <= e.clientWidth + 1)`)
	}
	// Tab reaches the buttons, and Enter presses them.
	if err := chromedp.Do(x.ctx, chromedp.EmulateViewport(1200, 900)); err != nil {
		t.Fatal(err)
	}
	reached := map[string]bool{}
	for range 40 {
		if err := chromedp.Do(x.ctx, chromedp.KeyEvent("\t")); err != nil {
			t.Fatal(err)
		}
		at := eval[string](t, x, `document.activeElement.id || document.activeElement.dataset.action || document.activeElement.textContent`)
		reached[at] = true
		if at == "messages" {
			if err := chromedp.Do(x.ctx, chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter)); err != nil {
				t.Fatal(err)
			}
			x.wait(t, "the keys open a message", `!!document.querySelector(".message.at[aria-expanded=true]")`)
		}
	}
	for _, want := range []string{"identify", "admin", "halt", "line", "filter", "pause", "download", "messages", "Close", "What the lamps say"} {
		if !reached[want] {
			t.Errorf("Tab does not reach %s, only %v", want, reached)
		}
	}
}
