package interop

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"rawtcpcom/relay/testlog"
)

// Releases of autobahn that the driver runs on, by their folder in the cache.
const (
	today = "autobahn"
	of16  = "autobahn-0.10" // Python 3.6, as on the robot
)

// driver is driver.py, or otone.py.
type driver struct {
	*process
	t      *testing.T
	id     string
	joined int // index after the line that said so last
}

// heard is a line of driver.py.
type heard struct {
	Event    string
	ID       string
	Autobahn string
	Python   string
	Topic    string
	Args     []any
	Kwargs   map[string]any
	Line     string // G-code
}

func startDriver(t *testing.T, release string, port int, args ...string) *driver {
	t.Helper()
	return startPeer(t, "driver.py", release, port, args...)
}

// startPeer starts one of the two programs of a robot.
func startPeer(t *testing.T, script, release string, port int, args ...string) *driver {
	t.Helper()
	argv := []string{tool(release, "bin", "python"), script, "--port", strconv.Itoa(port)}
	d := &driver{t: t, process: start(t, append(argv, args...)...)}
	d.awaitJoined()
	return d
}

// awaitJoined waits until the driver has joined, or joined again.
func (d *driver) awaitJoined() {
	d.t.Helper()
	line, next, err := await(&d.out, d.joined, testlog.Containing(`"event": "joined"`))
	if err != nil {
		d.t.Fatalf("the driver was to join: %v", err)
	}
	h := hear(line)
	d.id, d.joined = h.ID, next
	d.t.Logf("driver on autobahn %s, Python %s", h.Autobahn, h.Python)
}

func hear(line string) (h heard) {
	_ = json.Unmarshal([]byte(line), &h)
	return h
}

// received are the payloads that came on a topic so far, without the relay's own
// question for flow, which comes when the relay thinks fit. An event that is not one
// positional string fails the test.
func (d *driver) received(topic string) (payloads []string) {
	d.t.Helper()
	for _, line := range d.out.Lines() {
		h := hear(line)
		if h.Event != "received" || h.Topic != topic {
			continue
		}
		payload, isText := "", false
		if len(h.Args) == 1 {
			payload, isText = h.Args[0].(string)
		}
		if !isText || len(h.Kwargs) != 0 {
			d.t.Fatalf("the driver was sent %d arguments and %d keyword arguments, or no string: %s", len(h.Args), len(h.Kwargs), line)
		}
		if !strings.Contains(payload, `"sessionID": "com.opentrons.tcpRelay"`) || !strings.Contains(payload, `{"flow": ""}`) {
			payloads = append(payloads, payload)
		}
	}
	return payloads
}

// runs waits until the board is given a line of G-code.
func (d *driver) runs(gcode string) {
	d.t.Helper()
	_, _, err := await(&d.out, 0, func(line string) bool { h := hear(line); return h.Event == "line" && h.Line == gcode })
	if err != nil {
		d.t.Fatalf("the board was to be given %q: %v", gcode, err)
	}
}
