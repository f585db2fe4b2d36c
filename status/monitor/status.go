package monitor

import (
	"cmp"
	"slices"
	"time"

	clock "rawtcpcom/gokrazy/clock/report"
	stick "rawtcpcom/gokrazy/stick/report"
	"rawtcpcom/relay/health"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
	"rawtcpcom/status/chain"
	"rawtcpcom/status/lamp"
)

// Status is everything the page shows besides the messages: the JSON of
// GET /api/status. Times are told as ages in seconds, which stay true when
// the clock of the box is set.
type Status struct {
	Now     time.Time      `json:"now"` // the clock of the box, to which the times of messages belong
	Clock   Clock          `json:"clock"`
	Relay   Relay          `json:"relay"`
	Chain   chain.Report   `json:"chain"`
	Lamps   []lamp.Shining `json:"lamps"`
	Clients []Client       `json:"clients"`
	Notices []state.Notice `json:"notices"` // never null
	Names   []string       `json:"names"`   // never null; under which the network finds the box
	Dropped uint64         `json:"dropped"` // messages the tap left out

	Position *Position `json:"position"` // of the robot; null where nobody has told it
}

// Clock is how the clock of the box stands.
type Clock struct {
	Set  bool   `json:"set"`
	From string `json:"from"` // the time server; empty while not set and on a PC
	// Since is when it was set on a box, by the clock itself: what has an earlier time
	// is from before that.
	Since time.Time `json:"since,omitzero"`
}

func clockOf(r clock.Report, now time.Time, uptime time.Duration) Clock {
	c := Clock{Set: r.Set, From: r.From}
	if r.Set && r.Uptime > 0 {
		c.Since = now.Add(time.Duration(r.Uptime*float64(time.Second)) - uptime)
	}
	return c
}

// Relay is the program next door.
type Relay struct {
	Answering  bool    `json:"answering"`
	Error      string  `json:"error"`
	For        float64 `json:"forSeconds"`
	Version    string  `json:"version"`
	Revision   string  `json:"revision"`
	Built      string  `json:"built"`
	Router     string  `json:"router"`
	Realm      string  `json:"realm"`
	Reconnects int     `json:"reconnects"`
	Software   string  `json:"software"` // the robot's: driver or robot
	Leaving    string  `json:"leaving"`  // what becomes of the robot when a program goes, in a sentence
}

// Client is a connection, with its age.
type Client struct {
	state.Client
	For float64 `json:"forSeconds"`
}

// notices are the relay's, the last ones heard while it is away, this program's own,
// that of the names among them, and what became of settings on a stick or the card.
// The lock is held.
func (m *Monitor) notices() []state.Notice {
	list := append([]state.Notice{}, m.state.Notices...)
	texts := m.cfg.Notices
	if text := m.names.Notice(); text != "" {
		texts = append([]string{text}, texts...)
	}
	if m.cfg.Told != nil {
		texts = slices.Concat(texts, m.cfg.Told())
	}
	for _, text := range texts {
		list = append(list, state.Notice{Text: text})
	}
	if m.cfg.Reports != "" {
		for _, text := range stick.Notices(m.cfg.Reports) {
			list = append(list, state.Notice{Text: text})
		}
	}
	return list
}

// Status returns what is known now.
func (m *Monitor) Status() Status {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, uptime := time.Now(), m.cfg.Uptime()
	kind := "away"
	if m.answering {
		kind = "answers"
	}
	s := Status{
		Now: now, Clock: clockOf(m.machine.Clock, now, uptime),
		Relay: Relay{
			Answering: m.answering, Error: m.answerError,
			For:     m.ages.Of("relay", kind, time.Time{}, now, uptime).Seconds(),
			Version: m.state.Version, Revision: m.state.Revision, Built: m.state.Built,
			Router: m.state.Router.URL, Realm: m.state.Router.Realm, Reconnects: m.state.Router.Reconnects,
			Software: cmp.Or(m.state.Robot.Name, string(wire.Driver)),
			Leaving:  health.Leaving(m.state.OnDisconnect),
		},
		Chain:   m.evaluate(),
		Lamps:   m.cfg.Lamps.Shining(),
		Clients: []Client{},
		Notices: m.notices(),
		Names:   append([]string{}, m.names.List()...),
		Dropped: m.cfg.Traffic.Dropped(),

		Position: m.position(now, uptime),
	}
	if m.answering {
		for _, c := range m.state.Clients {
			age := m.ages.Of("client "+c.ID+" "+c.Remote, c.Since.String(), c.Since, now, uptime)
			s.Clients = append(s.Clients, Client{c, age.Seconds()})
		}
	}
	m.ages.Forget(now)
	return s
}
