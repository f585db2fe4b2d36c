// Package metrics counts what the relay does, for GET /metrics. The names are
// constants, since the tests and whoever scrapes them use them too.
package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"rawtcpcom/relay/state"
)

// Names of the metrics.
const (
	Received      = "relay_messages_received_total"  // from clients, good or bad
	Published     = "relay_messages_published_total" // acknowledged by the router
	Sent          = "relay_lines_sent_total"         // to clients
	Errors        = "relay_errors_total"             // error lines to clients, by code
	Closed        = "relay_connections_closed_total" // by reason
	EventsRefused = "relay_events_refused_total"     // events from the robot's side that could not be delivered
	Sessions      = "relay_router_sessions_total"    // sessions established
	Clients       = "relay_clients"                  // connected now
	RouterJoined  = "relay_router_joined"            // 1 while there is a session
	DriverPresent = "relay_driver_present"           // 1 while the driver is there
	LinkOK        = "relay_link_ok"                  // 1 while a link is there, by link
	ClientTrouble = "relay_client_trouble"           // 1 while a client is refused or was turned away lately, by kind
)

// Metrics are the counters of one relay.
type Metrics struct {
	Registry *prometheus.Registry

	Received, Published, Sent, EventsRefused, Sessions prometheus.Counter
	Errors, Closed                                     *prometheus.CounterVec
}

// New makes the metrics. look is asked for the state when they are scraped.
func New(look func() state.State) *Metrics {
	m := &Metrics{Registry: prometheus.NewRegistry()}
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
		m.Registry.MustRegister(c)
		return c
	}
	vector := func(name, help, label string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
		m.Registry.MustRegister(v)
		return v
	}
	m.Received = counter(Received, "Messages received from clients, good or bad.")
	m.Published = counter(Published, "Messages of clients that the router acknowledged.")
	m.Sent = counter(Sent, "Lines queued for clients.")
	m.EventsRefused = counter(EventsRefused, "Events from the robot's side that were no message.")
	m.Sessions = counter(Sessions, "WAMP sessions established.")
	m.Errors = vector(Errors, "Error lines to clients.", "code")
	m.Closed = vector(Closed, "Connections that ended.", "reason")
	m.Registry.MustRegister(gauges{look})
	return m
}
