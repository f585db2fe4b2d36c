package browsertest

import (
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// With all client ids lent and all clients flooding, the page's halt stops the
// robot, and each client is told.
func TestHaltWhileAllClientsFlood(t *testing.T) {
	need(t)
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer router.Close()
	robot, err := simulator.StartDriver(t.Context(), simulator.RobotConfig{URL: router.URL(), Speed: map[string]float64{"X": 1}, RecordLimit: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer robot.Close()
	b := newBox(t, "-router", router.URL())
	x := b.open(t)
	x.wait(t, "the robot is there", goodLinks+` === 5`)

	clients := make([]*relaytest.Client, 4)
	for i := range clients {
		clients[i] = b.connect(t)
		clients[i].Until(`"result": "success"`)
	}
	const move = `{"topic":"driver","type":"command","name":"smoothie","message":"move_to","param":{"X":1000}}` + "\n"
	clients[0].Send(move)
	await(t, robot, "moves", (*simulator.Driver).Moving)
	told := make([]bool, len(clients))
	var flooding sync.WaitGroup
	defer flooding.Wait()
	for i, c := range clients {
		defer c.Close()
		flooding.Go(func() {
			many := strings.Repeat(move+positions+"\n", 50)
			for {
				if _, err := io.WriteString(c.Conn, many); err != nil {
					return // the test is over
				}
			}
		})
		flooding.Go(func() {
			for line, err := c.ReadLine(); err == nil; line, err = c.ReadLine() {
				told[i] = told[i] || strings.Contains(line, `"stopped": "halt"`)
			}
		})
	}
	x.wait(t, "they flood", clientRows+` === 4 && Number(document.querySelector("#clients tbody tr td.number").textContent.replace(/\D/g, "")) > 100`)
	b.connect(t).Until(`"busy"`) // there is no id left

	clicked := time.Now()
	x.click(t, "#halt")
	await(t, robot, "stands", func(r *simulator.Driver) bool { return !r.Moving() })
	t.Logf("the robot stands %v after the click", time.Since(clicked).Round(time.Millisecond))
	x.wait(t, "the halt was acknowledged", `document.getElementById("halt-answer").className === "done"`)
	if !strings.Contains(eval[string](t, x, `document.getElementById("halt-answer").textContent`), "acknowledged") {
		t.Error("the page does not say what became of the halt")
	}
	if robot.Moving() {
		t.Error("the robot moves again, for what was sent after the halt")
	}
	for _, c := range clients {
		c.Close()
	}
	flooding.Wait()
	for i, told := range told {
		if !told {
			t.Errorf("client %d is not told", i)
		}
	}
}

// await waits until something holds for the robot.
func await(t *testing.T, robot *simulator.Driver, what string, cond func(*simulator.Driver) bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !cond(robot); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the robot: not within patience: ", what)
		}
	}
}
