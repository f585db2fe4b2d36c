package presence_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/presence"
	"rawtcpcom/relay/state"
)

var now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// states are the columns of the table: their names, how to get there from a
// session that has looked for the peer, and what people are told.
var states = []struct {
	name  string
	state presence.State
	reach func(*presence.Peer)
	shown state.RobotState
}{
	{"apart", presence.Apart, func(p *presence.Peer) { p.Reset(false) }, state.RobotUnknown},
	{"unknown", presence.Unknown, func(p *presence.Peer) { p.See(presence.DontKnow, false) }, state.RobotUnknown},
	{"present", presence.Present, func(p *presence.Peer) { p.See(presence.Yes, false) }, state.RobotPresent},
	{"quiet", presence.Quiet, func(p *presence.Peer) { p.See(presence.Yes, false); p.Spoken(); p.UntilProbe(later(), false) }, state.RobotPresent},
	{"doubted", presence.Doubted, func(p *presence.Peer) { p.See(presence.Yes, false); p.Doubt() }, state.RobotPresent},
	{"silent", presence.Silent, func(p *presence.Peer) { p.See(presence.Yes, false); p.NotReady(now, "not ready") }, state.RobotAbsent},
	{"gone", presence.Gone, func(p *presence.Peer) { p.See(presence.No, false) }, state.RobotAbsent},
}

// happenings are the rows.
var happenings = map[string]func(*presence.Peer){
	"session begins":         func(p *presence.Peer) { p.Reset(true) },
	"session ends":           func(p *presence.Peer) { p.Reset(false) },
	"half a second":          func(p *presence.Peer) { p.Spoken(); p.UntilProbe(later(), false) },
	"doubt":                  func(p *presence.Peer) { p.Doubt() },
	"router: nobody":         func(p *presence.Peer) { p.See(presence.No, false) },
	"router: somebody":       func(p *presence.Peer) { p.See(presence.Yes, false) },
	"router: the same":       func(p *presence.Peer) { p.See(presence.Yes, true) },
	"router: nothing":        func(p *presence.Peer) { p.See(presence.DontKnow, false) },
	"router: nothing needed": func(p *presence.Peer) { p.See(presence.DontKnow, true) },
	"sign of life":           func(p *presence.Peer) { p.Heard(now) },
	"answer":                 func(p *presence.Peer) { p.Ask("x", now); p.Answered(now, false) },
	"answer of the same":     func(p *presence.Peer) { p.Ask("x", now); p.Answered(now, true) },
	"one unanswered":         func(p *presence.Peer) { p.Ask("x", now); p.Unanswered(now, true) },
	"two unanswered":         func(p *presence.Peer) { p.Unanswered(now, true); p.Unanswered(now, true) },
	"one from a stranger":    func(p *presence.Peer) { p.Unanswered(now, false) },
	"not ready":              func(p *presence.Peer) { p.NotReady(now, "not ready") },
	"forgiven":               func(p *presence.Peer) { p.Forgive() },
}

// A peer cannot be asked between two sessions, nor where nobody is subscribed:
// what becomes of a question there is no matter ("-").
const table = `
                       | apart   | unknown | present | quiet   | doubted | silent  | gone
session begins         | unknown | unknown | unknown | unknown | unknown | unknown | unknown
session ends           | apart   | apart   | apart   | apart   | apart   | apart   | apart
half a second          | apart   | unknown | quiet   | quiet   | doubted | silent  | gone
doubt                  | apart   | unknown | doubted | doubted | doubted | silent  | gone
router: nobody         | -       | gone    | gone    | gone    | gone    | gone    | gone
router: somebody       | -       | present | present | quiet   | doubted | silent  | present
router: the same       | -       | present | present | quiet   | present | silent  | present
router: nothing        | -       | unknown | present | quiet   | doubted | silent  | unknown
router: nothing needed | -       | unknown | present | quiet   | present | silent  | unknown
sign of life           | apart   | present | present | present | doubted | present | gone
answer                 | apart   | present | present | present | doubted | present | gone
answer of the same     | apart   | present | present | present | present | present | gone
one unanswered         | -       | silent  | present | silent  | doubted | silent  | -
two unanswered         | -       | silent  | silent  | silent  | silent  | silent  | -
one from a stranger    | -       | silent  | silent  | silent  | silent  | silent  | -
not ready              | apart   | silent  | silent  | silent  | silent  | silent  | gone
forgiven               | apart   | unknown | present | quiet   | doubted | unknown | gone
`

// later is when what is published now has gone without a sign of life for long.
func later() time.Time { return time.Now().Add(presence.QuietAfter) }

func newPeer() *presence.Peer {
	p := presence.New(presence.Words{Name: "robot", Unsubscribed: "unsubscribed", Deaf: "deaf"}, true, now, func() {})
	p.Reset(true)
	return &p
}

func TestWhatLeadsFromStateToState(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(table), "\n")
	if len(rows) != 1+len(happenings) {
		t.Errorf("the table has %d rows for %d happenings", len(rows)-1, len(happenings))
	}
	for _, row := range rows[1:] {
		cells := strings.Split(row, "|")
		happens := happenings[strings.TrimSpace(cells[0])]
		if happens == nil || len(cells) != 1+len(states) {
			t.Fatalf("row %q", row)
		}
		for i, from := range states {
			p := newPeer()
			from.reach(p)
			if p.At() != from.state {
				t.Fatalf("%s was not reached", from.name)
			}
			happens(p)
			if want := strings.TrimSpace(cells[1+i]); want != "-" && name(p.At()) != want {
				t.Errorf("%s, then %s: %s, not %s", from.name, strings.TrimSpace(cells[0]), name(p.At()), want)
			}
		}
	}
}

func name(s presence.State) string {
	for _, known := range states {
		if known.state == s {
			return known.name
		}
	}
	return "?"
}

func TestWhatPeopleAreTold(t *testing.T) {
	for _, s := range states {
		p := newPeer()
		s.reach(p)
		p.Update(slog.New(slog.DiscardHandler))
		reason := map[string]string{"silent": "not ready", "gone": "unsubscribed"}[s.name]
		if shown := p.Shown(); shown.State != s.shown || shown.Error != reason || shown.Name != "robot" {
			t.Errorf("%s is shown as %+v", s.name, shown)
		}
	}
	p := newPeer()
	p.Unanswered(now, false)
	p.Update(slog.New(slog.DiscardHandler))
	if reason := p.Shown().Error; reason != "deaf" {
		t.Errorf("one that does not answer is absent since %q", reason)
	}
}

// What comes before the router was asked may be from one that has gone.
func TestSignOfLifeBeforeTheLook(t *testing.T) {
	p := newPeer()
	p.Heard(now)
	if p.At() != presence.Doubted {
		t.Errorf("it is %s", name(p.At()))
	}
	unseen := presence.New(presence.Words{}, false, now, func() {}) // one that the router is not asked about
	unseen.Reset(true)
	unseen.Heard(now)
	if unseen.At() != presence.Present {
		t.Errorf("one that is not looked for is %s", name(unseen.At()))
	}
}
