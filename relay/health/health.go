// Package health judges the way from the robot's router to a client's program,
// link by link, and says what is wrong with each and what to do about it.
//
// There is one judge. GET /healthz, the metrics, the page and the lamps all
// show what Judge returns, so they cannot name different faults. What is wrong
// has a Kind, one of a closed set: a lamp's pattern and a test choose by it,
// and nobody but this package looks at the state to decide what it means. A
// program that knows more than the relay (the machine's network, say) adds its
// links with After.
//
// A link behind a broken one is broken too, whatever was heard over it last:
// nothing passes there now.
//
// The judge is pure. It remembers nothing and reads no clock, so that a test
// can feed it every state there is.
package health

import (
	"slices"
	"time"

	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
)

// Name is a link's name to programs: the label of a metric.
type Name string

// The links, in their order. Judge returns those from Router on; the others
// are told by who knows the machine.
const (
	Power   Name = "power"
	Network Name = "network"
	Router  Name = "router"
	Session Name = "session"
	Robot   Name = "robot" // its software: the driver or otone
	Client  Name = "client"
)

// Names are the links that Judge returns, in their order.
var Names = []Name{Router, Session, Robot, Client}

// Kind is how a link stands. The set is closed.
type Kind string

const (
	Fine Kind = "fine"
	// Behind is a link that is cut off by a broken one before it, and has no
	// fault of its own.
	Behind Kind = "behind"

	RelayAway Kind = "relay-away" // the relay does not answer: nothing is known of any link from Router on
	NoAddress Kind = "no-address" // the machine has none

	NoRobotSet   Kind = "no-robot-set"  // nobody has said yet where the robot's router is
	RouterAway   Kind = "router-away"   // nobody listens at its address, or it is being looked for
	NoSession    Kind = "no-session"    // somebody listens there, but there is no WAMP session
	RobotUnheard Kind = "robot-unheard" // it is not known yet whether it is there
	RobotAbsent  Kind = "robot-absent"
	// RobotNotConnected is a robot whose software is there without its motor board.
	RobotNotConnected Kind = "robot-not-connected"
	// RobotHalted is the one fault over which something passes: what is behind it
	// is not cut off.
	RobotHalted Kind = "robot-halted"

	NoClient      Kind = "no-client" // nothing is wrong: the box waits for one
	ClientWaiting Kind = "client-waiting"
	// These two can also be beside a chain that is whole: for another client.
	ClientRefused    Kind = "client-refused"     // by the robot
	ClientTurnedAway Kind = "client-turned-away" // by the relay, lately
)

// Kinds are all of them.
var Kinds = []Kind{
	Fine, Behind, RelayAway, NoAddress, NoRobotSet, RouterAway, NoSession, RobotUnheard, RobotAbsent, RobotNotConnected, RobotHalted,
	NoClient, ClientWaiting, ClientRefused, ClientTurnedAway,
}

// Link is one part of the way, or something that is wrong beside it.
type Link struct {
	Name    Name
	Title   string // for a person
	Kind    Kind
	OK      bool
	Waiting bool      // not OK, and nothing is wrong: the box waits for a client
	Since   time.Time // by the wall clock of who told it; zero where nobody did
	Short   string    // how it stands, in a word or two
	Line    string    // what is wrong, in one line for a program's log; empty when OK
	Why     string    // what is wrong, in a sentence or two for a person; empty when OK
	Do      string    // what to do about it; empty when OK
}

// Report is the judgement.
type Report struct {
	Links []Link
	// Beside is what is wrong though no link is broken by it: a client refused
	// or turned away while others work. The worst comes first.
	Beside []Link
}

// Facts are what is judged.
type Facts struct {
	Answering   bool   // the relay does
	AnswerError string // why not
	State       state.State
	Now         time.Time // by the clock of State.TurnedAway.Last
	ConnectTo   string    // where clients connect, for a person; empty: the usual port
	Place       place.Place
}

// Judge judges f.
func Judge(f Facts) Report {
	if !f.Answering {
		return unanswered(f.AnswerError, f.Place)
	}
	refused := firstRefused(f.State.Clients)
	last := client(f, refused)
	r := Report{Links: []Link{router(f.State.Router, f.Place), session(f.State.Router, f.Place), robot(f.State, f.Place), last}}
	for i := range r.Links {
		r.Links[i].Why = f.Place.InWords(r.Links[i].Why)
	}
	if last.OK && refused != nil {
		r.Beside = append(r.Beside, refusal(f.State.Robot, *refused))
	}
	if turnedAwayLately(f) {
		r.Beside = append(r.Beside, turnedAway(f.State.TurnedAway))
	}
	return r.After()
}

// After puts links before those of r. What r says of a link behind a broken one
// is no longer true, if it was heard over that: that a client is known to the
// robot, or refused by it, that its board is away, or that it is halted. What is
// known without it stays: that no client is connected, say.
func (r Report) After(links ...Link) Report {
	broken := false
	var all Report
	for _, l := range slices.Concat(links, r.Links) {
		if broken && (l.OK || slices.Contains([]Kind{RobotNotConnected, RobotHalted, ClientRefused}, l.Kind)) {
			l = Link{
				Name: l.Name, Title: l.Title, Kind: Behind, Short: "cut off",
				Line: "cut off", Why: "Nothing passes here: a link before it is broken.", Do: "Mend the link before it first.",
			}
		}
		broken = broken || l.cuts()
		all.Links = append(all.Links, l)
	}
	for _, l := range r.Beside {
		if l.Kind != ClientRefused || !slices.ContainsFunc(all.Links, Link.cuts) {
			all.Beside = append(all.Beside, l)
		}
	}
	return all
}

// cuts reports whether nothing passes a link that others follow.
func (l Link) cuts() bool { return !l.OK && l.Kind != RobotHalted && l.Name != Client }

// Broken is the first broken link, nil where there is none.
func (r Report) Broken() *Link {
	for _, l := range r.Links {
		if !l.OK {
			return &l
		}
	}
	return nil
}

// ToRobot is the kind of the first broken link up to the robot, or Fine.
func (r Report) ToRobot() Kind {
	if b := r.Broken(); b != nil && b.Name != Client {
		return b.Kind
	}
	return Fine
}

// Clients is how the clients stand, in one kind: that of their link, or of a
// client refused or turned away, which is worse.
func (r Report) Clients() Kind {
	kind := r.link(Client).Kind
	if len(r.Beside) > 0 && kind != ClientRefused {
		return r.Beside[0].Kind
	}
	return kind
}

// Has reports whether a client is amiss in this way.
func (r Report) Has(kind Kind) bool {
	return slices.ContainsFunc(r.AtClients(), func(l Link) bool { return l.Kind == kind })
}

// AtClients is all that is amiss with clients.
func (r Report) AtClients() (amiss []Link) {
	if l := r.link(Client); !l.OK {
		amiss = append(amiss, l)
	}
	return append(amiss, r.Beside...)
}

func (r Report) link(name Name) Link {
	for _, l := range r.Links {
		if l.Name == name {
			return l
		}
	}
	return Link{}
}

func fine(name Name, title string, since time.Time, short string) Link {
	return Link{Name: name, Title: title, Kind: Fine, OK: true, Since: since, Short: short}
}
