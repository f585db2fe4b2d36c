// Package metrics counts what the relay does, for GET /metrics. The names are
// constants, since the tests and whoever scrapes them use them too.
package metrics

import "github.com/prometheus/client_golang/prometheus"

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
	Held          = "relay_held_bytes"               // messages on their way to the router
)

// Metrics are the counters of one relay.
type Metrics struct {
	Registry *prometheus.Registry

	Received, Published, Sent, EventsRefused, Sessions prometheus.Counter
	Errors, Closed                                     *prometheus.CounterVec
}

// New makes the metrics. gauge is asked for each gauge when they are scraped.
func New(gauge func(name string) float64) *Metrics {
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
	for name, help := range map[string]string{
		Clients:       "Clients connected now.",
		RouterJoined:  "1 while the WAMP session stands.",
		DriverPresent: "1 while the driver is there.",
		Held:          "Memory for messages of clients that the router has not acknowledged yet.",
	} {
		m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return gauge(name) }))
	}
	return m
}
