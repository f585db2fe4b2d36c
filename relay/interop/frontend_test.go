package interop

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rawtcpcom/relay/relaytest"
)

// frontend is frontend/frontend.js: a page that shares the robot.
type frontend struct {
	*process
	t    *testing.T
	id   string
	next int // index of the first line not waited for
}

func startFrontend(t *testing.T, id string) *frontend {
	t.Helper()
	t.Setenv("NODE_PATH", tool("js", "node_modules"))
	f := &frontend{t: t, id: id, process: start(t, tool(node...), "frontend/frontend.js", router.url(router.Open), id)}
	t.Logf("front end: %s", f.until(`"joined"`))
	return f
}

// until waits for the next line that holds all of the texts.
func (f *frontend) until(texts ...string) (line string) {
	f.t.Helper()
	line, next, err := await(&f.out, f.next, func(line string) bool {
		for _, text := range texts {
			if !strings.Contains(line, text) {
				return false
			}
		}
		return true
	})
	if err != nil {
		f.t.Fatalf("the front end waited for %q: %v", texts, err)
	}
	f.next = next
	return line
}

// say publishes as a page does, from an id.
func (f *frontend) say(topic, from, typ, name, message string) {
	f.t.Helper()
	payload := fmt.Sprintf(`{"time":"2016-06-01 12:00:00.000000","type":%q,"to":"","from":%q,"sessionID":%q,"data":{"name":%q,"message":%s}}`, typ, from, from, name, message)
	line, err := json.Marshal(map[string]string{"topic": "com.opentrons." + topic, "payload": payload})
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.in.Write(append(line, '\n')); err != nil {
		f.t.Fatal(err)
	}
}

func (f *frontend) shake(id string) {
	f.t.Helper()
	f.say("driver_handshake", id, "handshake", "driver", `{"extend":"true"}`)
}

// home commands the robot and reads all that it says to the page: what is on
// the page's own topic, and the broadcast that is addressed to it.
func (f *frontend) home() {
	f.t.Helper()
	f.say("driver", f.id, "command", "smoothie", `{"home":{"X":"true"}}`)
	f.until(f.id, `\"empty\"`)
	f.until(f.id, `\"stat\": 0`)
	f.until(f.id, `\"empty\"`)
}

// A page on autobahn-js takes a slot and moves the robot beside the relay's
// client. Neither hears, or suffers from, what is meant for the other.
func TestFrontendBesideClient(t *testing.T) {
	startDriver(t, today, router.Open)
	r := startRelay(t, router.url(router.Open))
	f := startFrontend(t, "page")
	c := r.Connect()
	f.shake(f.id)
	f.until("com.opentrons.frontend", `\"to\": \"page\"`, "success")

	for range 20 {
		c.Home()
		f.home()
	}
	c.Fence() // nothing of the page's came

	for _, id := range []string{"tab2", "tab3", "tab4"} {
		f.shake(id)
		f.until(`\"to\": \"`+id, "success")
	}
	f.shake("tab5") // the driver is full; the refusal names nobody
	f.until("com.opentrons.frontend", `\"to\": \"\"`, "fail")
	c.Fence()
	c.Home()

	for _, line := range f.out.Lines() {
		if strings.Contains(line, "TCP") || strings.Contains(line, "com.opentrons."+c.ID+`"`) {
			t.Errorf("the page heard what is between relay and client: %s", line)
		}
	}
	f.stop()
	c.Home()
}

// Pages that come and go do not hold a client up.
func TestFrontendsComeAndGo(t *testing.T) {
	startDriver(t, today, router.Open)
	r := startRelay(t, router.url(router.Open))
	c := r.Connect()
	for i := range 3 {
		f := startFrontend(t, fmt.Sprint("page", i))
		f.shake(f.id)
		for range 20 {
			c.Home()
		}
		f.kill()
		for range 20 {
			c.Home()
		}
	}
	c.Send(relaytest.Command("halt", "null"))
	c.Until(`"stat": 0`)
}
