package main

import (
	"slices"
	"testing"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/simulator"
	"rawtcpcom/relay/state"
)

// The robot is replaced: its new address is set on the page, of which the relay
// hears by itself. The client is told why it loses its session; nobody restarts
// anything, and the old robot gets nothing more. Then the page makes the box as new,
// and the relay lends the same ids as before.
func TestRobotIsReplacedOnThePage(t *testing.T) {
	const password = "a password for the page"
	first, second := relaytest.NewWithRobot(t), relaytest.NewWithRobot(t)
	store := settings.Store{Dir: t.TempDir()}
	set := settings.Values{"robot.address": first.URL(), "page.password": password}
	if err := store.Save(set); err != nil {
		t.Fatal(err)
	}
	relay := relaytest.Start(t, "-settings", store.Path(), "-data", t.TempDir())
	page := startPage(t, nil, "-relay", relay.API, "-settings", store.Path())
	ids := idsOf(relay)
	person := visitor(t)

	c := relay.Connect()
	c.Send(relaytest.Command("move_to", `{"X": 1}`))
	got := first.Received(1)
	robot := map[string]string{"robot.address": second.URL()}
	if err := person.post(t.Context(), "http://"+page.addr+"/api/settings", robot); err == nil {
		t.Error("the robot was replaced without the password")
	}
	if err := person.post(t.Context(), "http://"+page.addr+"/api/login", map[string]string{"password": password}); err != nil {
		t.Fatal(err)
	}
	if err := person.post(t.Context(), "http://"+page.addr+"/api/settings", robot); err != nil {
		t.Fatal(err)
	}
	c.Until(`"result": "failed", "reason": "somebody has changed the settings of this machine (robot.address), and the relay starts anew with them; connect again"`)
	c.ExpectClosed()
	relay.WaitState("the other robot", func(s state.State) bool {
		return s.Router.URL == second.URL() && s.Robot.State == state.RobotPresent
	})
	page.wait(t, "/api/status", second.URL())
	c = relay.Connect()
	c.Send(relaytest.Command("move_to", `{"X": 2}`))
	second.WaitRobot("is moved", func(r *simulator.Driver) bool {
		return slices.ContainsFunc(r.Received(), func(c simulator.Command) bool { return c.Command == "move_to" })
	})
	if now := first.Robot.Received(); len(now) != len(got) {
		t.Errorf("the old robot got %v", now)
	}
	c.Close()

	if err := person.post(t.Context(), "http://"+page.addr+"/api/reset", nil); err != nil {
		t.Fatal(err)
	}
	relay.WaitState("no robot is set", func(s state.State) bool { return s.Router.State == state.RouterNotSet })
	page.wait(t, "/api/access", `"password":false`)
	if err := store.Save(set); err != nil {
		t.Fatal(err)
	}
	relay.WaitState("the robot again", func(s state.State) bool { return s.Robot.State == state.RobotPresent })
	if after := idsOf(relay); !slices.Equal(after, ids) {
		t.Errorf("the ids were %v, and after a reset are %v", ids, after)
	}
}

// idsOf are the ids that the relay lends: those of as many clients as there can be.
func idsOf(relay *relaytest.Relay) []string {
	var clients []*relaytest.Client
	var ids []string
	for range 4 {
		c := relay.Connect()
		clients, ids = append(clients, c), append(ids, c.ID)
	}
	for _, c := range clients {
		c.Close()
	}
	relay.WaitState("they are gone", func(s state.State) bool { return len(s.Clients) == 0 })
	slices.Sort(ids)
	return ids
}
