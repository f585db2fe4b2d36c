package relaytest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
)

// The driver takes five ids for ever. The hundred-and-first connection of a
// day works all the same. (An id that has commanded rests for a moment, so not
// each of them commands here.)
func TestIdsAreUsedAgain(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay()
	relay.WaitRobot("present")
	ids := map[string]bool{}
	for i := range 101 {
		c := relay.Connect()
		ids[c.ID] = true
		if i%4 == 0 {
			c.Home()
		}
		c.Close()
	}
	if len(ids) > 4 || len(rig.Robot.Ids()) > 4 {
		t.Errorf("101 connections took %d ids, %d of the driver's", len(ids), len(rig.Robot.Ids()))
	}
}

// Ids outlive the relay: started again with the same -data it uses them
// again, with another -data it has its own.
func TestIdsOutliveTheRelay(t *testing.T) {
	t.Parallel()
	rig := New(t)
	rig.StartDriver(simulator.RobotConfig{Slots: 8})
	four := func(want string, args ...string) (ids []string) {
		relay := rig.StartRelay(args...)
		relay.WaitRobot("present")
		for range 4 {
			c := relay.Dial()
			c.Start()
			ids = append(ids, c.ID)
			if result, _ := c.Handshake(); result != want {
				t.Errorf("the handshake of %s ended with %s, not %s", c.ID, result, want)
			}
		}
		if code := relay.Stop(); code != 0 {
			t.Errorf("exit code %d", code)
		}
		slices.Sort(ids)
		return ids
	}
	first, second := four("success"), four("already_connected")
	other := four("success", "-data", t.TempDir())
	if !slices.Equal(first, second) {
		t.Errorf("the ids were %v and became %v", first, second)
	}
	for _, id := range other {
		if slices.Contains(first, id) {
			t.Errorf("two data directories share the id %s", id)
		}
	}
}

// A client beyond -max-clients is told so, with the reason, and closed; the
// others stay, and a place that becomes free is a newcomer's at once.
func TestTooManyClients(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	relay := rig.StartRelay("-max-clients", "2")
	relay.WaitRobot("present")
	a, b := relay.Connect(), relay.Connect()
	for range 3 {
		over := relay.Dial()
		over.Send(Command("home", `""`)) // it may not have waited to be told
		m := over.Next()
		var body struct{ Result, Reason string }
		if err := json.Unmarshal(m.Body, &body); err != nil || !m.IsNotice() || body.Result != "failed" || !strings.Contains(body.Reason, "client ids are in use") {
			t.Errorf("the client too many is told %s", m.Line)
		}
		over.ExpectError("busy")
		if e := over.ExpectError("busy"); !strings.Contains(e.Received, "home") {
			t.Errorf("it is not told what became of its message: %+v", e)
		}
		over.ExpectClosed()
	}
	a.Home()
	b.Close()
	relay.Connect().Home()
	onlyHomes(t, rig, 2)
}

// A pool file that is damaged is set aside and replaced, and the log says so.
func TestCorruptPoolFile(t *testing.T) {
	t.Parallel()
	rig := NewWithRobot(t)
	file := filepath.Join(rig.Data, "ids.json")
	const damaged = `{"ids": ["7a316086-7fff-4f71`
	if err := os.WriteFile(file, []byte(damaged), 0o644); err != nil {
		t.Fatal(err)
	}
	relay := rig.StartRelay()
	relay.Log.WaitFor(t, "corrupt")
	relay.WaitRobot("present")
	relay.Connect().Home()

	entries, err := os.ReadDir(rig.Data)
	if err != nil {
		t.Fatal(err)
	}
	kept := slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		text, err := os.ReadFile(filepath.Join(rig.Data, e.Name()))
		return err == nil && string(text) == damaged
	})
	if !kept {
		t.Errorf("the damaged file is gone; there is %v", entries)
	}
	if text, err := os.ReadFile(file); err != nil || !json.Valid(text) {
		t.Errorf("the new pool file is %q, %v", text, err)
	}
}
