package lamp

import (
	"testing"
	"time"

	"rawtcpcom/relay/state"
)

func TestConditionOf(t *testing.T) {
	s := state.State{
		Router:  state.Router{State: state.RouterJoined},
		Driver:  state.Driver{State: state.DriverPresent},
		Clients: []state.Client{{Handshake: state.HandshakePending}, {Handshake: state.HandshakeAlreadyConnected}},
	}
	if got := ConditionOf(true, s); got != served {
		t.Errorf("got %+v, want %+v", got, served)
	}
}

func TestEachConditionSelectsItsRow(t *testing.T) {
	for _, row := range Table {
		c, ok := conditions[row.ID]
		if !ok {
			continue
		}
		for l := range row.Patterns {
			if got := Select(l, c); got.ID != row.ID {
				t.Errorf("%s lamp under %+v shows row %s, want %s", l, c, got.ID, row.ID)
			}
		}
	}
}

// A lamp must have something to show whatever the relay says, states of a
// later relay included.
func TestSelectIsNeverAtALoss(t *testing.T) {
	for _, router := range []state.RouterState{"connecting", "joined", "down", "", "new"} {
		for _, driver := range []state.DriverState{"unknown", "absent", "present", "", "new"} {
			for clients := range 3 {
				for done := range clients + 1 {
					c := Condition{Answering: true, Router: router, Driver: driver, Clients: clients, Handshaken: done}
					for _, l := range Lamps {
						if row := Select(l, c); row.When == nil {
							t.Errorf("%s lamp has no row for %+v", l, c)
						}
					}
				}
			}
		}
	}
}

func TestTableIsSound(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range Table {
		if row.ID == "" || row.Meaning == "" || len(row.Patterns) == 0 || seen[row.ID] {
			t.Errorf("row %q is not complete or not the only one of its name", row.ID)
		}
		seen[row.ID] = true
		for l, p := range row.Patterns {
			if p.Name == "" || len(p.Steps) == 0 {
				t.Errorf("row %s has no pattern for the %s lamp", row.ID, l)
			}
			if row.Winks && (len(p.Steps) != 1 || !p.Steps[0].Lit) && l != WAMP {
				t.Errorf("row %s winks on a %s lamp that is not steady", row.ID, l)
			}
			for i, s := range p.Steps {
				if s.For == 0 && i != len(p.Steps)-1 {
					t.Errorf("row %s: a step that lasts for ever is not the last one", row.ID)
				}
				if s.For%time.Millisecond != 0 {
					t.Errorf("row %s: the page counts in whole milliseconds", row.ID)
				}
			}
		}
	}
	if most := time.Second / wink.Length(); most > 8 {
		t.Errorf("%d winks a second, at most 8 can be told apart", most)
	}
}
