package browsertest

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"rawtcpcom/relay/simulator"
)

func (x *tab) press(t *testing.T, keys string) {
	t.Helper()
	if err := chromedp.Do(x.ctx, chromedp.KeyEvent(keys)); err != nil {
		t.Fatal(err)
	}
}

func (x *tab) focus(t *testing.T, selector string) {
	t.Helper()
	if err := chromedp.Do(x.ctx, chromedp.Focus(chromedp.CSS(selector))); err != nil {
		t.Fatalf("to %s: %v", selector, err)
	}
}

// stream is a page that is open elsewhere.
func (b *box) stream(t *testing.T) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.page+"/api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	for deadline := time.Now().Add(patience); err == nil && resp.StatusCode != http.StatusOK && time.Now().Before(deadline); {
		resp.Body.Close() // the place of a page that was left is not free yet
		resp, err = http.DefaultClient.Do(req)
	}
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("a stream: %d %s %v", resp.StatusCode, line, err)
	}
	end = func() { cancel(); resp.Body.Close() }
	t.Cleanup(end)
	return end
}

// The 17th page says that there are 16, and shows the box once one of them is closed.
func TestPageSaysThatTooManyAreOpen(t *testing.T) {
	b := newBox(t, "-simulate")
	x := b.open(t)
	x.wait(t, "the page is served", goodLinks+` === 5`)
	if err := chromedp.Do(x.ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	var end func()
	for range 16 {
		end = b.stream(t)
	}
	x.reach(t, b)
	x.wait(t, "it says so", `!document.getElementById("lost").hidden && document.getElementById("lost").textContent === "The box does not show itself here: 16 pages are open on this box already; close one." && document.title.startsWith("✕ Not shown") && document.getElementById("verdict-text").textContent === "This page shows nothing now"`)
	x.pictures(t, "full")
	end()
	x.wait(t, "it shows the box", `document.getElementById("lost").hidden && `+goodLinks+` === 5`)
	b.status.kill()
	x.wait(t, "a box that is lost is another thing", `document.getElementById("lost").textContent.startsWith("The connection to the box is lost")`)
}

// A client is closed with the keyboard alone, and who hears the page is told what the
// button does now and what became of it.
func TestPageClosesAClientByKeyboard(t *testing.T) {
	b := newBox(t, "-simulate")
	x := b.open(t)
	c := b.connect(t)
	c.Until(`"result": "success"`)
	x.wait(t, "the client is there", clientRows+` === 1`)
	whose := fmt.Sprintf("the connection of %s", c.Conn.LocalAddr())
	const label = `document.querySelector("#clients button").getAttribute("aria-label")`
	const answer = `document.getElementById("clients-answer").textContent`
	says := func(what, want string) {
		t.Helper()
		if got := eval[string](t, x, label); got != want {
			t.Errorf("%s: the button is called %q, not %q", what, got, want)
		}
	}
	says("at first", "Close "+whose)
	x.focus(t, "#clients button")
	x.press(t, kb.Enter)
	says("once pressed", "Really close? Press again to close "+whose)
	x.wait(t, "it is said aloud", fmt.Sprintf(answer+` === %q && document.getElementById("clients-answer").getAttribute("role") === "status"`, "Press again to close "+whose+"."))
	x.wait(t, "it is taken back", fmt.Sprintf(label+` === %q && `+answer+` === ""`, "Close "+whose))

	// The relay fails meanwhile: the page says so where it is seen and heard.
	eval[bool](t, x, `(window.fetchOfThePage = fetch, window.fetch = () => Promise.resolve(new Response('{"error":"the relay does not answer"}', { status: 502 })), true)`)
	x.press(t, kb.Enter)
	x.press(t, kb.Enter)
	x.wait(t, "it was not closed", fmt.Sprintf(answer+` === %q && document.getElementById("clients-answer").className === "failed"`, "The connection of "+c.Conn.LocalAddr().String()+" was not closed: the relay does not answer."))
	says("after an error", "Close "+whose)
	if !eval[bool](t, x, `document.activeElement === document.querySelector("#clients button")`) {
		t.Error("the focus is lost after an error")
	}
	x.pictures(t, "not-closed")
	eval[bool](t, x, `(window.fetch = window.fetchOfThePage, true)`)
	x.press(t, kb.Enter)
	x.press(t, " ")
	c.Until("on the status page")
	c.ExpectClosed()
	x.wait(t, "it was closed", fmt.Sprintf(answer+` === %q && `+clientRows+` === 0 && document.activeElement.id === "clients-title"`, "The connection of "+c.Conn.LocalAddr().String()+" was closed."))
}

// What the box has told of an update is put away by keyboard, for every page, and is back
// when the box goes back again.
func TestPagePutsANoticeAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notice.json")
	write := func() {
		if err := os.WriteFile(path, []byte(`{"time":"2026-01-02T03:04:05Z","text":"The update to v2 failed: its relay did not serve within 3m0s. The box went back to the version before it, v1."}`), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write()
	b := newBox(t, "-simulate", "-notice", path)
	x, other := b.open(t), b.open(t)
	const shown, gone = `document.querySelectorAll("#notices li button").length === 1`, `document.querySelectorAll("#notices li").length === 0`
	x.wait(t, "it is shown", shown)
	other.wait(t, "it is shown", shown)
	x.pictures(t, "notice")
	x.focus(t, "#notices button")
	x.press(t, kb.Enter)
	x.wait(t, "it is gone", gone+` && document.getElementById("notices-answer").textContent === "The notice was put away." && document.activeElement.id === "verdict"`)
	other.wait(t, "it is gone on the other page too", gone)
	write()
	x.wait(t, "it is told again", shown)

	// What cannot be put away is said.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	x.click(t, "#notices button")
	x.wait(t, "somebody else was faster", `document.getElementById("notices-answer").className === "failed" && document.getElementById("notices-answer").textContent.includes("no such notice any more")`)
}

// A notice that goes by itself has no button: two who command are told of -exclusive
// with what it means.
func TestPageSaysWhatExclusiveMeans(t *testing.T) {
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
	for range 2 {
		c := b.connect(t)
		c.Until(`"result": "success"`)
		c.Send(`{"topic":"driver","type":"command","name":"smoothie","message":"home","param":""}`)
	}
	x.wait(t, "the page says so", `document.querySelectorAll("#notices li").length === 1`)
	if text := eval[string](t, x, `document.getElementById("notices").innerText`); !strings.Contains(text, "have the relay let only one command the robot at a time, while each can stop it: start the relay with -exclusive.") {
		t.Errorf("the page says %q", text)
	}
	if eval[bool](t, x, `!!document.querySelector("#notices button")`) {
		t.Error("it can be put away while it lasts")
	}
}
