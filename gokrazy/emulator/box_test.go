//go:build image

package emulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/adminclient"
	"rawtcpcom/gokrazy/card"
	"rawtcpcom/gokrazy/emulator"
	"rawtcpcom/gokrazy/instance"
	"rawtcpcom/gokrazy/pack"
	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// The tests of the image are run by make test-image: they take minutes and
// need QEMU. The machine that runs them may be busy, so the deadlines are
// long; what is measured is printed.
const (
	bootDeadline = 5 * time.Minute
	deadline     = 2 * time.Minute
	transfer     = 15 * time.Minute // of a root file system, at 0.2 MiB/s or less
)

// box is an emulated Pi with what the tests do to it.
type box struct {
	*emulator.Machine
	admin *adminclient.Box
	card  string
	http  *http.Client
}

func topDir(t *testing.T) string {
	t.Helper()
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return top
}

func config(t *testing.T) instance.Config {
	t.Helper()
	c, err := instance.Load(filepath.Join(topDir(t), instance.Dir))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// withRobot is a file of settings that leads to the robot of the emulated network.
const withRobot = "[robot]\naddress = \"" + emulator.UsualRouter + "\"\n"

// newBox copies an image, puts a file of settings on it, as a person would who has
// the card in a PC, and turns a box on with it.
func newBox(t *testing.T, image string, virt bool, text string, sticks ...string) *box {
	t.Helper()
	dir := t.TempDir()
	b := &box{card: filepath.Join(dir, "card.img")}
	if err := emulator.CopyCard(image, b.card); err != nil {
		t.Fatalf("%v (make image makes it)", err)
	}
	if err := card.PutBootFile(b.card, emulator.SettingsFile, []byte(text)); err != nil {
		t.Fatal(err)
	}
	b.start(t, dir, virt, sticks...)
	return b
}

func (b *box) start(t *testing.T, dir string, virt bool, sticks ...string) {
	t.Helper()
	robot, err := emulator.RobotAddress(emulator.UsualRouter)
	if err != nil {
		t.Fatal(err)
	}
	console, err := os.Create(filepath.Join(topDir(t), "build", strings.ReplaceAll(t.Name(), "/", "-")+".console.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { console.Close() })
	b.Machine, err = emulator.Start(context.Background(), emulator.Options{Card: b.card, Dir: dir, Console: console, Robot: robot, Virt: virt, Sticks: sticks})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	password, err := pack.Password()
	if err != nil {
		t.Fatal(err)
	}
	b.admin = adminclient.TCP(&url.URL{Scheme: "http", Host: b.Addr(emulator.AdminPort)}, password)
	b.http = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
}

// get reads a page of the box.
func (b *box) get(path string) ([]byte, error) {
	resp, err := b.http.Get("http://" + b.Addr(emulator.PagePort) + path)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, resp.Status)
	}
	return body, err
}

// state reads the relay's state, through the page.
func (b *box) state() (s state.State, err error) {
	body, err := b.get("/state")
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(body, &s)
}

// waitUp waits until the box has started, as far as the relay's answers.
func (b *box) waitUp(t *testing.T) state.State {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), bootDeadline)
	defer cancel()
	if err := b.WaitNetwork(ctx); err != nil {
		t.Fatal(err)
	}
	s := b.waitState(t, bootDeadline, "the relay's state", func(s state.State) bool { return s.Version != "" })
	t.Logf("from power to the first answer: %v", time.Since(b.Started).Round(100*time.Millisecond))
	return s
}

// waitSet waits until the robot that withRobot names is in force. The relay starts anew
// for it some seconds after the first start, and closes who has connected before.
func (b *box) waitSet(t *testing.T) {
	t.Helper()
	b.waitState(t, deadline, "the robot that the card names", func(s state.State) bool { return s.Router.URL == emulator.UsualRouter })
}

// waitState waits for a state of the relay.
func (b *box) waitState(t *testing.T, within time.Duration, what string, is func(state.State) bool) state.State {
	t.Helper()
	var s state.State
	eventually(t, within, what, func() (err error) {
		if s, err = b.state(); err != nil {
			return err
		}
		if !is(s) {
			return fmt.Errorf("the state is %+v", s)
		}
		return nil
	})
	return s
}

// eventually tries until there is no error. It fails the test when that takes
// too long.
func eventually(t *testing.T, within time.Duration, what string, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			t.Fatalf("%s: not within %v: %v", what, within, err)
		}
	}
}

// robot is the simulated robot and its router, on this machine, where the
// box's network leads to when the box looks for the robot.
type robot struct {
	*simulator.Driver
	off func() // robot and router
}

func (b *box) newRobot(t *testing.T) *robot {
	t.Helper()
	router, err := simulator.StartRouter(simulator.RouterConfig{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := simulator.StartDriver(context.Background(), simulator.RobotConfig{URL: router.URL(), Instant: true})
	if err != nil {
		router.Close()
		t.Fatal(err)
	}
	if err := b.RobotAt(router.Addr()); err != nil {
		t.Fatal(err)
	}
	both := &robot{r, func() {
		if err := b.RobotAt(""); err != nil {
			t.Error(err)
		}
		r.Close()
		router.Close()
	}}
	t.Cleanup(both.off)
	return both
}

// connect connects to the relay. QEMU accepts a connection even when the
// relay is not up, and closes it again, so the first line is what counts.
func (b *box) connect(t *testing.T) *relaytest.Client {
	t.Helper()
	var c *relaytest.Client
	eventually(t, deadline, "the relay takes a client", func() error {
		conn, err := net.Dial("tcp", b.Addr(emulator.RelayPort))
		if err != nil {
			return err
		}
		c = relaytest.NewClient(t, conn)
		c.Patience = deadline
		return c.TryStart()
	})
	return c
}

// handshaken waits for the driver's handshake, whatever the client is told
// before, and returns the client's id.
func handshaken(c *relaytest.Client) string {
	for {
		m := c.Next()
		if result := m.Result(); m.Type == "handshake" && (result == "success" || result == "already_connected") {
			return m.To
		}
	}
}

func (b *box) getJSON(path string, v any) error {
	body, err := b.get(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, v)
}
