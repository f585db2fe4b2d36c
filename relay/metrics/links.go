package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"rawtcpcom/relay/health"
	"rawtcpcom/relay/state"
)

// troubles are the kinds of ClientTrouble: those that can be beside a chain that
// is whole, so that LinkOK does not tell of them.
var troubles = []health.Kind{health.ClientRefused, health.ClientTurnedAway}

var (
	clientsDesc = prometheus.NewDesc(Clients, "Clients connected now.", nil, nil)
	joinedDesc  = prometheus.NewDesc(RouterJoined, "1 while the WAMP session stands.", nil, nil)
	presentDesc = prometheus.NewDesc(RobotPresent, "1 while the robot's software is there.", nil, nil)
	haltedDesc  = prometheus.NewDesc(RobotHalted, "1 while somebody's halt of the robot is in force, as far as is known.", nil, nil)
	linkDesc    = prometheus.NewDesc(LinkOK, "1 while the link, and each before it, is there: router, session, robot, client. A halted robot is 0, and does not count for client.", []string{"link"}, nil)
	troubleDesc = prometheus.NewDesc(ClientTrouble, "1 while the robot refuses a client, or for a minute after the relay has turned one away for want of room.", []string{"kind"}, nil)
)

// gauges are what package health says of one state, so that those of one
// scrape agree.
type gauges struct {
	look func() state.State
}

func (gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{clientsDesc, joinedDesc, presentDesc, haltedDesc, linkDesc, troubleDesc} {
		to <- d
	}
}

func (g gauges) Collect(to chan<- prometheus.Metric) {
	s := g.look()
	r := health.Judge(health.Facts{Answering: true, State: s, Now: time.Now()})
	tell := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	tell(clientsDesc, float64(len(s.Clients)))
	for _, l := range r.Links {
		is := oneIf(l.OK)
		tell(linkDesc, is, string(l.Name))
		switch l.Name {
		case health.Session:
			tell(joinedDesc, is)
		case health.Robot:
			halted := l.Kind == health.RobotHalted
			tell(presentDesc, oneIf(l.OK || halted || l.Kind == health.RobotNotConnected))
			tell(haltedDesc, oneIf(halted))
		}
	}
	for _, kind := range troubles {
		tell(troubleDesc, oneIf(r.Has(kind)), string(kind))
	}
}

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
