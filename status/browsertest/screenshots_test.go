package browsertest

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

var (
	screenshots = flag.String("screenshots", "", "write pictures of the page into this `folder`")
	traffic     = flag.Duration("traffic", 20*time.Second, "let messages pass for so long before")
)

// TestScreenshots makes the pictures of the README and those to look at after
// a change of the page's looks:
//
//	go test ./status/browsertest -run 'Screenshots|TellsOf' -timeout 20m -screenshots /tmp/page -traffic 5m
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		return // nobody asked
	}
	need(t)
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer router.Close()
	robot, err := simulator.StartDriver(t.Context(), simulator.RobotConfig{URL: router.URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer robot.Close()
	b, _ := newSettingsBox(t, settings.Values{"robot.address": router.URL()})
	x := b.open(t)
	x.wait(t, "the robot is there", goodLinks+` === 5`)

	lab, other := b.connect(t), b.connect(t)
	lab.Until(`"result": "success"`)
	other.Until(`"result": "success"`)
	other.Send(`{"topic":"driver","type":"command","name":"smoothie","message":"move_to","param":{"X":NaN}}`)
	other.Until("bad_json")
	work(t, lab, other, *traffic)

	x.pictures(t, "healthy")
	eval[bool](t, x, `document.getElementById("legend").open = true`)
	x.picture(t, "legend-desktop", 1200, 2600, false)
	x.picture(t, "legend-phone", 390, 5200, true)
	eval[bool](t, x, `(document.getElementById("legend").open = false, true)`)
	x.picture(t, "page-healthy", 1200, 1270, false)

	router.Close()
	x.wait(t, "the page names the router", names("Router")+` && document.getElementById("verdict-text").textContent.includes("no router runs")`)
	x.pictures(t, "broken")
	x.wait(t, "the lamp is lit", wampLit)
	x.picture(t, "page-broken", 1200, 860, false)
	b.relay.kill()
	x.wait(t, "the page names the relay", names("Relay"))
	x.picture(t, "norelay-desktop-dark", 1200, 900, true)
	b.status.kill()
	x.wait(t, "the box is lost", `!document.getElementById("lost").hidden`)
	x.picture(t, "lost-desktop-light", 1200, 900, false)
	x.picture(t, "lost-phone-dark", 390, 900, true)
}

// work lets the clients do something that looks like a day in a lab.
func work(t *testing.T, lab, other *relaytest.Client, long time.Duration) {
	t.Helper()
	end := time.After(long)
	tick := time.NewTicker(125 * time.Millisecond)
	defer tick.Stop()
	for _, c := range []*relaytest.Client{lab, other} {
		if err := c.Conn.SetReadDeadline(time.Time{}); err != nil {
			t.Fatal(err)
		}
		read := make(chan struct{})
		go func() {
			defer close(read)
			_, _ = io.Copy(io.Discard, c.Conn) // until it is closed
		}()
		t.Cleanup(func() { c.Close(); <-read })
	}
	lab.Send(`{"topic":"driver","type":"command","name":"smoothie","message":"absolute","param":null}`)
	for n := 0; ; n++ {
		select {
		case <-end:
			return
		case <-tick.C:
		}
		busy := 1 + int(3*(1+math.Sin(float64(n)/90)))
		if n%8 < busy {
			lab.Send(fmt.Sprintf(`{"topic":"driver","type":"command","name":"smoothie","message":"rapid_linear_move","param":{"X":%d,"Y":%d}}`, 100+n%40, 50+n%30))
		}
		if n%40 == 27 {
			lab.Send(`{"topic":"driver","type":"command","name":"smoothie","message":"positions","param":null}`)
		}
		if n%40 == 7 {
			other.Send(`{"topic":"driver","type":"meta","name":"smoothie","message":"flow","param":null}`)
		}
	}
}

// pictures writes what the page looks like in light and dark, on a desk and on
// a phone, where pictures are asked for; on the phone nothing may stick out.
func (x *tab) pictures(t *testing.T, name string) {
	t.Helper()
	for _, p := range []struct {
		name          string
		width, height int64
		dark          bool
	}{
		{"desktop-light", 1200, 1500, false}, {"desktop-dark", 1200, 1500, true},
		{"phone-light", 390, 2600, false}, {"phone-dark", 390, 2600, true},
	} {
		if *screenshots != "" {
			x.picture(t, name+"-"+p.name, p.width, p.height, p.dark)
		}
	}
	if err := chromedp.Do(x.ctx, chromedp.EmulateViewport(320, 800)); err != nil {
		t.Fatal(err)
	}
	x.wait(t, "nothing sticks out at 320 pixels", narrow)
	if err := chromedp.Do(x.ctx, chromedp.EmulateViewport(1200, 900)); err != nil {
		t.Fatal(err)
	}
}

// picture writes what the page looks like, once it has drawn itself anew.
func (x *tab) picture(t *testing.T, name string, width, height int64, dark bool) {
	t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if err := chromedp.Do(x.ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(x.ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	eval[bool](t, x, `new Promise((done) => setTimeout(() => requestAnimationFrame(() => done(true)), 1200))`)
	eval[bool](t, x, `(document.getElementById("host").textContent = "", true)`)
	image, err := chromedp.Run(x.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), image, 0o644); err != nil {
		t.Fatal(err)
	}
}
