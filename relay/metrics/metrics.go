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
	RobotPresent  = "relay_driver_present"           // 1 while the robot is there
	RobotHalted   = "relay_robot_halted"             // 1 while the robot is halted
	LinkOK        = "relay_link_ok"                  // 1 while a link is there, by link
	ClientTrouble = "relay_client_trouble"           // 1 while a client is refused or was turned away lately, by kind
	Held          = "relay_held_bytes"               // messages on their way to the router
)

// Metrics are the counters of one relay.
type Metrics struct {
	Registry *prometheus.Registry

	Received, Published, Sent, EventsRefused, Sessions prometheus.Counter
	Errors, Closed                                     *prometheus.CounterVec
}

// New makes the metrics. When they are scraped, look is asked for the state and
// held for the bytes that are held for clients.
func New(look func() state.State, held func() int) *Metrics {
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
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: Held, Help: "Memory for messages of clients that the router has not acknowledged yet.",
	}, func() float64 { return float64(held()) }))
	return m
}
