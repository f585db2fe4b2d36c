// Package chain adds to the relay's health what the box knows of itself: the
// chain begins at the mains socket, and says for how long each link has been
// as it is. What the relay's state means is judged by relay/health alone.
package chain

import (
	"fmt"
	"net"
	"net/url"
	"time"

	"rawtcpcom/relay/health"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
)

// Link is one part of the way.
type Link struct {
	Name   string      `json:"name"` // for a person
	Kind   health.Kind `json:"kind"`
	OK     bool        `json:"ok"`
	Told   bool        `json:"told"` // it is there, and something is told of it beside
	Detail string      `json:"detail"`
	For    float64     `json:"forSeconds"` // since when it is so, as an age: the clock of the box may be wrong
}

// Trouble explains what is wrong.
type Trouble struct {
	Link string      `json:"link"` // the name of a link, or Relay
	Kind health.Kind `json:"kind"`
	Text string      `json:"text"`
	Do   string      `json:"do"`
	// Waiting is true when nothing is wrong: the box waits for a client.
	Waiting bool `json:"waiting"`
	// Passes is true when every program can talk to the robot all the same.
	Passes bool `json:"passes"`
}

// relay is what is to blame where the relay does not answer. It is not a link
// of its own: without it nothing is known of those from the router on.
const relay = "Relay"

// Report is the outcome.
type Report struct {
	Links  []Link    `json:"links"`
	Broken *Trouble  `json:"broken"` // the first broken link; null when all are there
	Beside []Trouble `json:"beside"` // never null; what is wrong though it breaks no link

	Health health.Report `json:"-"` // the same, for the lamps
}

// Facts are what is judged.
type Facts struct {
	Now    time.Time     // with its monotonic reading
	Uptime time.Duration // of the machine
	Machine

	Answering   bool // the relay
	AnswerError string
	State       state.State // the latest one heard of

	ClientPort string // where clients connect, "7887"
	Place      place.Place
}

// Judge evaluates, and remembers since when each link is as it is.
type Judge struct {
	ages *Ages
	hot  bool
}

// NewJudge makes one that remembers nothing yet.
func NewJudge() *Judge { return &Judge{ages: NewAges()} }

// Evaluate judges f. It is not safe for use by several goroutines.
func (j *Judge) Evaluate(f Facts) Report {
	all := health.Judge(health.Facts{
		Answering: f.Answering, AnswerError: f.AnswerError, State: j.onThisClock(f), Now: f.Now,
		ConnectTo: "TCP port " + f.ClientPort + where(f.addresses()), Place: f.Place,
	}).After(j.machine(f)...)
	r := Report{Beside: []Trouble{}, Health: all}
	for _, l := range all.Links {
		r.Links = append(r.Links, Link{
			Name: l.Title, Kind: l.Kind, OK: l.OK, Told: l.Told(), Detail: l.Short, For: j.age(f, l).Seconds(),
		})
	}
	if b := all.Broken(); b != nil {
		t := trouble(*b)
		r.Broken = &t
	}
	for _, l := range all.Beside {
		r.Beside = append(r.Beside, trouble(l))
	}
	return r
}

// onThisClock is the state with the instant that the judge compares with Now
// told by Now's clock: that of the box jumps when it is set.
func (j *Judge) onThisClock(f Facts) state.State {
	s := f.State
	if t := &s.TurnedAway; f.Answering && t.Count > 0 {
		t.Last = f.Now.Add(-j.ages.Of("turned away", fmt.Sprint(t.Count, t.Last), t.Last, f.Now, f.Uptime))
	}
	return s
}

func (j *Judge) age(f Facts, l health.Link) time.Duration {
	if at, known := f.since(l); known {
		return max(f.Uptime-at, 0)
	}
	// A link that works since another instant was broken in between. One that
	// is broken stays so however often it is tried.
	kind := "broken"
	if l.OK {
		kind = "ok since " + l.Since.String()
	}
	if l.Told() {
		kind = string(l.Kind)
	}
	return j.ages.Of(string(l.Name), kind, l.Since, f.Now, f.Uptime)
}

func trouble(l health.Link) Trouble {
	t := Trouble{Link: l.Title, Kind: l.Kind, Text: l.Why, Do: l.Do, Waiting: l.Waiting, Passes: l.Told()}
	if l.Kind == health.RelayAway {
		t.Link = relay
	}
	return t
}

func where(addresses []string) string {
	if len(addresses) == 0 {
		return ""
	}
	return " of " + addresses[0]
}

func local(address string) bool {
	ip := net.ParseIP(hostOf(address))
	return hostOf(address) == "localhost" || ip != nil && ip.IsLoopback()
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
