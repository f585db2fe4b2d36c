package interop

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// What the examples print, ids aside.
var (
	story   = []string{"home", "at X 20.5 Y 50", "halted", "home again"}
	story16 = []string{"at X 100 Y 50.5", `done: {"positions":""}`, "halted and reset"}
)

// example is one to run.
type example struct {
	argv []string // HOST and PORT are put in
	want []string
}

// examples are all of them.
func examples() map[string]example {
	return map[string]example{
		"python today":   {[]string{tool(today, "bin", "python"), "python/opentrons.py", "HOST", "PORT"}, story},
		"python 3.6":     {[]string{tool(of16, "bin", "python"), "python/opentrons.py", "HOST", "PORT"}, story},
		"node":           {[]string{tool(node...), "node/opentrons.js", "HOST", "PORT"}, story},
		"csharp":         {[]string{"mono", tool("csharp", "opentrons.exe"), "HOST", "PORT"}, story},
		"octave":         {[]string{"octave-cli", "--quiet", "--path", "matlab", "--eval", "host='HOST'; port=PORT; ot_tcpclient"}, story},
		"octave as 2016": {[]string{"octave-cli", "--quiet", "--path", "matlab", "--eval", "host='HOST'; port=PORT; ot_tcpip"}, story16},
	}
}

// start starts it as a client of a relay.
func (e example) start(t *testing.T, r *relaytest.Relay) *process {
	t.Helper()
	host, port, _ := strings.Cut(r.Addr, ":")
	argv := slices.Clone(e.argv)
	for i, arg := range argv {
		argv[i] = strings.NewReplacer("HOST", host, "PORT", port).Replace(arg)
	}
	return startIn(t, filepath.Join("..", "examples"), argv...)
}

// finish waits for its end, and checks that it did what it says.
func (e example) finish(t *testing.T, p *process) {
	t.Helper()
	code := p.finish(t)
	said := p.out.Lines()
	t.Logf("%s", strings.Join(said, "; "))
	if code != 0 || len(said) == 0 || !strings.HasPrefix(said[0], "connected as ") {
		t.Fatalf("exit code %d; it said\n%s\n%s", code, p.out.Tail(), p.err.Tail())
	}
	for _, want := range e.want {
		i := slices.Index(said, want)
		if i < 0 {
			t.Fatalf("it did not say %q, or not in its turn", want)
		}
		said = said[i+1:]
	}
}

// Each example does on the simulated robot what it says.
func TestExamples(t *testing.T) {
	for name, e := range examples() {
		t.Run(name, func(t *testing.T) {
			e.finish(t, e.start(t, relaytest.Start(t, "-simulate", "-data", t.TempDir())))
		})
	}
}

// One that is there before the robot passes over the line that says why its
// handshake does not come, and does the same once the robot is there.
func TestExamplesBeforeTheRobot(t *testing.T) {
	for name, e := range examples() {
		t.Run(name, func(t *testing.T) {
			rig := relaytest.New(t)
			r := rig.StartRelay()
			p := e.start(t, r)
			r.Log.WaitFor(t, `msg="client waits for its handshake"`)
			rig.StartDriver(simulator.RobotConfig{Speed: simulator.DefaultSpeed()})
			e.finish(t, p)
		})
	}
}

// The settings of relay/examples/labview.md: lines that end in CR LF, both ways.
func TestLabVIEWSettings(t *testing.T) {
	r := relaytest.Start(t, "-simulate", "-terminator", "crlf", "-data", t.TempDir())
	c := r.Dial()
	c.Terminator = "\r\n"
	c.Start()
	c.Handshake()
	for _, line := range []string{
		`{"topic":"driver","type":"command","name":"smoothie","message":"feedback_on","param":true}`,
		`{"topic":"driver","type":"command","name":"smoothie","message":"move_to","param":{"X":100.000,"Y":50.000}}`,
	} {
		c.Write(line + "\r\n")
		c.Until(`"empty"`)
	}
	c.Write(`{"topic":"driver","type":"meta","name":"smoothie","message":"flow","param":null}` + "\r\n")
	c.Expect(`"flow"`, `"queue_size": 0`, `"ack_received": true`, `"ack_ready": true`)
}

// matlab16 writes a message as the MATLAB client of 2016 does, to the byte: the
// blank after the topic, the parameter as text put in as it is.
func matlab16(id, driver, message, param string) string {
	return `{"topic":"driver", "to":"` + driver + `","from":"` + id + `","sessionID":"` + id +
		`","type":"command","data":{"name":"smoothie","message":{"` + message + `":` + param + `}}}`
}

// A session of that client, byte for byte, with both forms of its halt, which
// are no JSON. It steps its queue when stat has come back to 0.
func TestMATLABOf2016(t *testing.T) {
	r := relaytest.Start(t, "-simulate", "-data", t.TempDir())
	c := r.Dial()
	c.Start()
	_, driver := c.Handshake()
	c.Send(matlab16(c.ID, driver, "feedback_on", "true"))
	c.Until(`"stat": 0`)
	home := `{"X":"true","Y":"true","Z":"true","A":"true","B":"true"}`
	for _, move := range []string{
		matlab16(c.ID, driver, "home", home),
		matlab16(c.ID, driver, "move_to", `{"Z":`+num2str(0)+`}`),
		matlab16(c.ID, driver, "move_to", `{"X":`+num2str(100.125)+`,"Y":`+num2str(40)+`}`),
	} {
		c.Send(move)
		c.Until(`"stat": 0`)
	}
	halts := map[string]string{
		"enveloped": matlab16(c.ID, driver, "halt", ""),
		"flat":      `{"topic":"driver", "to":"` + driver + `","from":"` + c.ID + `","sessionID":"` + c.ID + `","type":"command","name":"smoothie","message":"halt","param":}`,
	}
	for name, halt := range halts {
		c.Send(matlab16(c.ID, driver, "move_to", `{"X":300}`))
		c.Until(`"stat": 1`)
		c.Send(relaytest.Meta("clear_queue", "null"))
		c.Until(`"clear_queue"`)
		c.Send(halt)
		c.Until(`"stat": 0`)
		c.Send(relaytest.Command("positions", "null"))
		c.Until(`"pos"`)
		c.Send(relaytest.Command("move", `{"X":1}`)) // it would be without effect
		c.Until(`"code": "robot_halted"`)
		c.Send(matlab16(c.ID, driver, "reset_from_halt", `"true"`), matlab16(c.ID, driver, "home", home))
		c.Until(`"stat": 1`) // it moves again
		c.Until(`"stat": 0`)
		t.Logf("the %s halt worked", name)
	}
	c.Send(matlab16(c.ID, driver, "move_to", `{"X":NaN}`))
	c.Until(`"code": "bad_json"`)
}

// num2str is MATLAB's: at most four digits after the point.
func num2str(v float64) string {
	return strconv.FormatFloat(v, 'f', -1, 64)
}
