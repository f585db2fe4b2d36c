package health

import (
	"strings"
	"testing"

	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
)

// What to do is what the person in front of it can do: on a PC start the relay
// otherwise, on a box change its settings.
func TestRemediesOfAPlace(t *testing.T) {
	const router, onPage = "set “Address of the robot's router” (robot.address) to ws://ADDRESS:8080/ws in the settings of this box's page", "in the settings of this box's page"
	refuses := func(f *Facts, reason string) { away(f, reason); f.State.Router.Reached = true }
	for _, c := range []struct {
		name    string
		change  func(*Facts)
		pc, box string // parts of what to do
	}{
		{"no such name", func(f *Facts) { away(f, "lookup robot: no such host") }, "start the relay with -router ws://ADDRESS:8080/ws", router},
		{"refused", func(f *Facts) { away(f, "connection refused") }, "start the relay with -router ws://ADDRESS:8080/ws", router},
		{"no answer", func(f *Facts) { away(f, "i/o timeout") }, "start the relay with -router ws://ADDRESS:8080/ws", router},
		{"another reason", func(f *Facts) { away(f, "who knows") }, "start the relay with -router ws://ADDRESS:8080/ws", router},
		{"otone's port", func(f *Facts) { away(f, "i/o timeout"); f.State.Router.URL = "ws://10.0.0.2:31947/ws" }, "-router ws://ADDRESS:31947/ws", "(robot.address) to ws://ADDRESS:31947/ws"},
		{"no such realm", func(f *Facts) { refuses(f, "the router refused: wamp.error.no_such_realm") }, "start the relay with -realm NAME", "set “Realm” (robot.realm) to NAME " + onPage},
		{"no such path", func(f *Facts) { refuses(f, "it answered 404 and opened no WebSocket") }, "-router ws://192.168.1.20:8080/ws", "(robot.address) to ws://192.168.1.20:8080/ws"},
		{"no session", func(f *Facts) { refuses(f, "EOF") }, "start the relay with -router ws://ADDRESS:8080/ws", router},
		{"not let in", func(f *Facts) { refuses(f, "check -auth-id and -auth-secret-file") }, "Correct -auth-id or -auth-secret-file among the flags", "Correct “Name at the router” (robot.auth-id) or “Secret at the router” (robot.auth-secret) " + onPage},
		{"no robot", func(f *Facts) { f.State.Router = state.Router{State: state.RouterNotSet} }, "start the relay with -router", "Set its address on this box's page, under Settings"},
		{"the relay is away", func(f *Facts) { *f = Facts{} }, "Start it again", "switch the box off and on"},
		{"no client", func(f *Facts) { f.State.Clients = nil }, "of this machine", "of this box"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for at, want := range map[place.Place]string{place.PC: c.pc, place.Box: c.box} {
				f := whole()
				c.change(&f)
				f.Place = at
				do := Judge(f).Broken().Do
				if !strings.Contains(do, want) {
					t.Errorf("at %q it says %q, without %q", at, do, want)
				}
				if why := Judge(f).Broken().Why; at == place.Box && strings.Contains(why, " -") {
					t.Errorf("at a box nobody knows that flag: %s", why)
				}
				if at == place.PC && (strings.Contains(do, "box") || strings.Contains(do, "make update")) || at == place.Box && (strings.Contains(do, "start the relay") || strings.Contains(do, "make update")) {
					t.Errorf("at %q nobody can do that: %s", at, do)
				}
			}
		})
	}
}
