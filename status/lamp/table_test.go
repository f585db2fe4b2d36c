package lamp

import (
	"slices"
	"testing"
	"time"

	"rawtcpcom/relay/health"
)

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

// Each kind of health has one row on each lamp that it can be shown on, and a
// lamp is never at a loss.
func TestEveryKindHasItsRow(t *testing.T) {
	rows := func(l Lamp, kind health.Kind) (ids []string) {
		for _, row := range Table {
			if _, concerned := row.Patterns[l]; concerned && slices.Contains(row.Kinds, kind) {
				ids = append(ids, row.ID)
			}
		}
		return ids
	}
	atClient := []health.Kind{health.NoClient, health.ClientWaiting, health.ClientRefused, health.ClientTurnedAway}
	for _, kind := range health.Kinds {
		for _, l := range Lamps {
			ids := rows(l, kind)
			if len(ids) > 1 {
				t.Errorf("the %s lamp has several rows for %s: %q", l, kind, ids)
			}
			shown := map[Lamp]bool{
				WAMP:   kind != health.Behind && !slices.Contains(atClient, kind),
				Client: kind == health.Fine || kind == health.Behind || kind == health.RelayAway || slices.Contains(atClient, kind),
				Board:  kind != health.Behind && kind != health.NoClient && kind != health.ClientWaiting,
			}[l]
			if slices.Contains(health.ToldKinds, kind) {
				if len(ids) > 0 {
					t.Errorf("the %s lamp shows %s, over which everything passes: %q", l, kind, ids)
				}
				continue
			}
			if shown && len(ids) == 0 {
				t.Errorf("the %s lamp has no row for %s", l, kind)
			}
		}
	}
	for _, robot := range health.Kinds {
		for _, client := range health.Kinds {
			if c := (Condition{Robot: robot, Client: client}); Select(Board, c).Kinds == nil && len(rows(WAMP, robot)) > 0 {
				t.Errorf("the board's LED has no row for %+v", c)
			}
		}
	}
}

// No two rows look alike on one lamp: a person tells them apart from across
// the room, so only the same trouble may look the same.
func TestRowsLookDifferent(t *testing.T) {
	for _, l := range Lamps {
		seen := map[string]string{}
		for _, row := range Table {
			p, concerned := row.Patterns[l]
			if !concerned || len(row.Kinds) == 0 {
				continue
			}
			look := p.Name + " " + p.Timed()
			if other := seen[look]; other != "" {
				t.Errorf("on the %s lamp %s looks like %s", l, row.ID, other)
			}
			seen[look] = row.ID
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
