package browsertest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"rawtcpcom/relay/simulator"
)

// attacks are what a foreign page can do to have a browser speak to the relay's
// port, as JavaScript that is true when it has ended. ADDR is the port and HOME
// a line with a command.
var attacks = []struct{ name, script string }{
	{"fetch", `fetch("http://ADDR/", {method: "POST", mode: "no-cors", body: HOME}).then(() => true, () => true)`},
	{"fetch with the command in the query", `fetch("http://ADDR/?" + HOME, {mode: "no-cors"}).then(() => true, () => true)`},
	{"a form of plain text", `new Promise((done) => {
		const frame = document.body.appendChild(Object.assign(document.createElement("iframe"), {name: "there"}));
		const form = document.body.appendChild(Object.assign(document.createElement("form"), {action: "http://ADDR/", method: "POST", enctype: "text/plain", target: "there"}));
		form.appendChild(Object.assign(document.createElement("input"), {name: HOME.replace(/\n/g, "\r\n") + "\r\n", value: "x"}));
		frame.onload = () => done(true);
		form.submit();
	})`},
	{"an image", `new Promise((done) => { const i = new Image(); i.onload = i.onerror = () => done(true); i.src = "http://ADDR/?" + HOME })`},
	{"a beacon", `navigator.sendBeacon("http://ADDR/", HOME)`},
	{"WebSocket", `new Promise((done) => { const s = new WebSocket("ws://ADDR/"); s.onopen = () => s.send(HOME); s.onclose = () => done(true) })`},
	{"TLS", `fetch("https://ADDR/", {method: "POST", mode: "no-cors", body: HOME}).then(() => true, () => true)`},
	{"TURN over TCP", `new Promise((done) => {
		const peer = new RTCPeerConnection({iceTransportPolicy: "relay", iceServers: [{urls: "turn:ADDR?transport=tcp", username: HOME, credential: HOME}]});
		peer.createDataChannel("x");
		peer.onicegatheringstatechange = () => { if (peer.iceGatheringState === "complete") { peer.close(); done(true) } };
		peer.createOffer().then((offer) => peer.setLocalDescription(offer));
	})`},
}

// A page of somebody else that is open in a browser of the lab moves nothing,
// whatever it has the browser send to the relay; and lab programs are served
// all the while.
func TestForeignPageMovesNothing(t *testing.T) {
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
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>evil</title><body>")
	}))
	defer foreign.Close()
	b := newBox(t, "-router", router.URL())
	x := b.open(t)
	x.wait(t, "the driver is there", goodLinks+` === 5`)

	command := `{"topic":"driver","type":"command","name":"smoothie","message":"home","param":{"X":"true"}}`
	line := fmt.Sprintf("%q", "\n"+command+"\n")
	seen := 0 // of what the robot got
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			if err := chromedp.Do(x.ctx, chromedp.Navigate(foreign.URL)); err != nil {
				t.Fatal(err)
			}
			before := b.strangers(t)
			script := strings.NewReplacer("ADDR", b.tcp, "HOME", line).Replace(a.script)
			eval[bool](t, x, script)
			b.waitStrangers(t, before+1)
			// What comes after it comes after all that was sent before it.
			c := b.connect(t)
			c.Until(`"result"`)
			c.Send(positions)
			c.Until("adj_pos")
			c.Close()
			got := robot.Received()[seen:]
			seen += len(got)
			if len(got) != 1 || got[0].Command != "positions" {
				t.Fatalf("the robot got %d messages, the first %s", len(got), got[0].Payload)
			}
		})
	}
	t.Run("a person is sent to the page", func(t *testing.T) {
		text := ""
		for deadline := time.Now().Add(patience); !strings.Contains(text, "no web server") && time.Now().Before(deadline); {
			_ = chromedp.Do(x.ctx, chromedp.Navigate("http://"+b.tcp+"/")) // what came of it is looked at
			text, _ = chromedp.Run(x.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		}
		if !strings.Contains(text, "no web server") || !strings.Contains(text, "http://"+b.page+"/") {
			t.Errorf("the browser shows %q", text)
		}
	})
}

// strangers is how many connections the relay has closed as a stranger's.
func (b *box) strangers(t *testing.T) (n int) {
	t.Helper()
	resp, err := http.Get("http://" + b.api + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, `relay_connections_closed_total{reason="not_our_protocol"} `); ok {
			_, _ = fmt.Sscan(value, &n) // nothing of it is zero
		}
	}
	return n
}

func (b *box) waitStrangers(t *testing.T, least int) {
	t.Helper()
	for deadline := time.Now().Add(patience); b.strangers(t) < least; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections were closed as a stranger's, not %d", b.strangers(t), least)
		}
	}
}
