// Package chain judges the way from the mains socket to a client's program,
// link by link, and says what to do about the first link that is broken.
//
// There is one evaluation; the page, the JSON and the lamps show its result.
// A link behind a broken one is broken too, whatever was heard of it last:
// nothing passes there now.
package chain

import (
	"time"

	"rawtcpcom/relay/state"
)

// The links, in their order.
const (
	Power   = "Power"
	Network = "Network address"
	Router  = "Router"
	Session = "WAMP session"
	Driver  = "Driver"
	Client  = "Client"
	// Relay is not a link of its own: without it nothing is known of those
	// from Router on.
	Relay = "Relay"
)

// Link is one part of the way.
type Link struct {
	Name   string  `json:"name"`
	OK     bool    `json:"ok"`
	Detail string  `json:"detail"`
	For    float64 `json:"forSeconds"` // since when it is so, as an age: the clock of the box may be wrong
}

// Broken explains the first broken link.
type Broken struct {
	Link string `json:"link"`
	Text string `json:"text"`
	Do   string `json:"do"`
	// Waiting is true when nothing is wrong: the box waits for a client.
	Waiting bool `json:"waiting"`
}

// Report is the outcome.
type Report struct {
	Links  []Link  `json:"links"`
	Broken *Broken `json:"broken"` // null when all are there
}

// Facts is what is judged.
type Facts struct {
	Now       time.Time     // with its monotonic reading
	Uptime    time.Duration // of the machine
	Addresses []string      // those that others can reach

	Answering   bool // the relay
	AnswerError string
	State       state.State // the latest one heard of

	Dial       Dial
	ClientPort string // where clients connect, "7887"
}

// Dial is the outcome of looking whether anything listens at the router's
// address. It is only tried while there is no session.
type Dial struct {
	Address string // host:port it was about
	Done    bool
	Err     string // empty: something listens
}

// Judge evaluates, and remembers since when each link is as it is.
type Judge struct {
	ages *Ages
}

// NewJudge makes one that remembers nothing yet.
func NewJudge() *Judge { return &Judge{ages: NewAges()} }

// Evaluate judges f. It is not safe for use by several goroutines.
func (j *Judge) Evaluate(f Facts) Report {
	var r Report
	for _, look := range []func(Facts) finding{power, network, router, session, driver, client} {
		found := look(f)
		if r.Broken != nil {
			found.ok = false
		}
		if !found.ok && r.Broken == nil {
			r.Broken = &found.broken
		}
		r.Links = append(r.Links, Link{
			Name: found.name, OK: found.ok, Detail: found.detail,
			For: j.age(f, found).Seconds(),
		})
	}
	return r
}

// finding is what was found out about one link.
type finding struct {
	name   string
	ok     bool
	detail string
	since  time.Time // by the wall clock, when somebody else knows it; else zero
	broken Broken    // of a link that is not ok
}

func good(name, detail string, since time.Time) finding {
	return finding{name: name, ok: true, detail: detail, since: since}
}

func bad(name, detail string, since time.Time, text, do string) finding {
	return finding{name: name, detail: detail, since: since, broken: Broken{Link: name, Text: text, Do: do}}
}

func (j *Judge) age(f Facts, found finding) time.Duration {
	if found.name == Power {
		return f.Uptime
	}
	// A link that works since another instant was broken in between. One that
	// is broken stays so however often it is tried.
	kind := "broken"
	if found.ok {
		kind = "ok since " + found.since.String()
	}
	return j.ages.Of(found.name, kind, found.since, f.Now, f.Uptime)
}
