package monitor

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/api"
	"rawtcpcom/relay/health"
	"rawtcpcom/relay/metrics"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
	"rawtcpcom/status/chain"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/relayapi"
	"rawtcpcom/status/traffic"
)

// eye is everything that shows health, set before the same state.
type eye struct {
	*Monitor
	state   state.State
	healthz func() (status int, lines []string)
	metrics *metrics.Metrics
}

func newEye(t *testing.T) *eye {
	t.Helper()
	relay, err := relayapi.NewRelay("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	e := &eye{}
	log := slog.New(slog.DiscardHandler)
	e.Monitor = New(Config{
		Relay: relay, Lamps: lamp.NewEngine(nil, log), Traffic: traffic.NewLog(time.Now), ClientPort: "7887", Log: log, Place: place.Box,
		Addresses: func() []string { return nil },
		Uptime:    func() time.Duration { return time.Hour },
	})
	look := func() state.State { return e.state }
	e.metrics = metrics.New(look, func() int { return 0 })
	handler := api.Healthz(look)
	e.healthz = func() (int, []string) {
		answer := httptest.NewRecorder()
		handler(answer, httptest.NewRequest("GET", "/healthz", nil))
		return answer.Code, strings.Split(strings.TrimSpace(answer.Body.String()), "\n")
	}
	return e
}

// see shows s to everything.
func (e *eye) see(s situation) {
	e.state = s.state
	e.state.TurnedAway.Last = time.Now().Add(-s.ago)
	e.machine = s.machine.is
	e.state.Router.URL = "ws://192.168.1.20:8080/ws"
	e.heard(e.state)
	if !s.answering {
		e.lost(errors.New("it is not running"))
	}
}

// Whatever the state is, /healthz, the metrics, the page and the lamps name the
// same first broken link, and the one that it is. What is only told of the machine
// changes nothing but the page.
func TestAllFourAgree(t *testing.T) {
	for _, software := range []string{"driver", "robot"} {
		t.Run(software, func(t *testing.T) {
			t.Parallel()
			e, n := newEye(t), 0
			for s := range situations(software) {
				n++
				e.see(s)
				seen := e.Status()
				faults := append(pageFaults(seen.Chain, s), lampFaults(seen, s)...)
				if s.answering && s.machine.broken == health.Fine { // the relay knows neither
					faults = append(faults, e.healthzFaults(s)...)
					faults = append(faults, e.metricFaults(t, s)...)
				}
				if len(faults) > 0 {
					t.Fatalf("answering %v, %+v, %+v:\n%s", s.answering, s.machine, s.state, strings.Join(faults, "\n"))
				}
			}
			t.Logf("%d states", n)
		})
	}
}

func pageFaults(report chain.Report, s situation) (faults []string) {
	broken := health.Fine
	if b := report.Broken; b != nil {
		broken = b.Kind
		if b.Text == "" || b.Do == "" || b.Link == "" || b.Waiting != (b.Kind == health.NoClient) {
			faults = append(faults, fmt.Sprintf("the page explains badly: %+v", *b))
		}
	}
	if broken != s.chain() {
		faults = append(faults, fmt.Sprintf("the page says %s, not %s", broken, s.chain()))
	}
	first := slices.IndexFunc(report.Links, func(l chain.Link) bool { return !l.OK && l.Kind != health.RobotHalted })
	for i, l := range report.Links {
		if l.OK != (first < 0 || i < first) && l.Kind != health.RobotHalted || l.OK != (l.Kind == health.Fine || l.Told) || l.Told != slices.Contains(s.machine.told, l.Kind) || l.Detail == "" || l.Name == "" {
			faults = append(faults, fmt.Sprintf("the page has a link %+v", l))
		}
	}
	var beside []health.Kind
	for _, b := range report.Beside {
		beside = append(beside, b.Kind)
		if b.Passes != slices.Contains(s.machine.told, b.Kind) || b.Text == "" || b.Do == "" {
			faults = append(faults, fmt.Sprintf("the page tells badly: %+v", b))
		}
	}
	if !slices.Equal(beside, s.told()) {
		faults = append(faults, fmt.Sprintf("the page says %q beside it, not %q", beside, s.told()))
	}
	return faults
}

func lampFaults(seen Status, s situation) (faults []string) {
	robot := s.chain()
	if s.answering && s.machine.broken == health.Fine && s.robot == health.Fine {
		robot = health.Fine // what is broken is the client's
	}
	for l, kind := range map[lamp.Lamp]health.Kind{lamp.WAMP: robot, lamp.Client: s.atClient()} {
		shown := row(seen, l)
		at := slices.IndexFunc(lamp.Table, func(r lamp.Row) bool { return r.ID == shown })
		if at < 0 || !slices.Contains(lamp.Table[at].Kinds, kind) {
			faults = append(faults, fmt.Sprintf("the %s lamp shows %s, not %s", l, shown, kind))
		}
	}
	return faults
}

// heads is how a line of /healthz begins.
var heads = map[health.Kind]string{
	health.NoRobotSet: "router: no robot is set", health.RouterAway: "router: looking for ", health.NoSession: "wamp session: none with ",
	health.RobotUnheard: ": not heard of yet", health.RobotAbsent: ": absent",
	health.RobotNotConnected: ": motor board not connected", health.RobotHalted: ": halted by client c1",
	health.NoClient: "client: none connected", health.ClientWaiting: "client: waits for its handshake",
	health.ClientRefused: "client: refused by the ", health.ClientTurnedAway: "client: turned away: 10.0.0.9: ",
}

func (e *eye) healthzFaults(s situation) (faults []string) {
	status, lines := e.healthz()
	wantStatus, want := 200, []string{"ok"}
	if s.robot != health.Fine {
		wantStatus, want = 503, []string{heads[s.robot]}
		if strings.HasPrefix(want[0], ":") {
			want[0] = s.state.Robot.Name + want[0]
		}
	} else {
		if s.client != health.Fine {
			want = append(want, heads[s.client])
		}
		for _, k := range s.ofClients() {
			want = append(want, heads[k])
		}
	}
	if status != wantStatus || !slices.EqualFunc(lines, want, strings.HasPrefix) {
		faults = append(faults, fmt.Sprintf("/healthz says %d %q, not %d %q", status, lines, wantStatus, want))
	}
	return faults
}

func (e *eye) metricFaults(t *testing.T, s situation) (faults []string) {
	t.Helper()
	got := map[string]float64{}
	families, err := e.metrics.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if labels := m.GetLabel(); len(labels) > 0 {
				got[labels[0].GetValue()] = m.GetGauge().GetValue()
			} else {
				got[f.GetName()] = m.GetGauge().GetValue()
			}
		}
	}
	links := []string{"router", "session", "robot", "client"}
	broken := map[health.Kind]int{
		health.NoRobotSet: 0, health.RouterAway: 0, health.NoSession: 1, health.RobotUnheard: 2, health.RobotAbsent: 2,
		health.RobotNotConnected: 2, health.RobotHalted: 2, health.NoClient: 3, health.ClientWaiting: 3, health.ClientRefused: 3, health.Fine: 4,
	}[s.chain()]
	want := map[string]float64{metrics.Clients: float64(len(s.state.Clients)), metrics.RobotHalted: 0}
	for i, l := range links {
		want[l] = map[bool]float64{true: 1}[i < broken]
	}
	want[metrics.RouterJoined], want[metrics.RobotPresent] = want["session"], want["robot"]
	if s.chain() == health.RobotNotConnected {
		want[metrics.RobotPresent] = 1 // its software is there
	}
	if s.robot == health.RobotHalted {
		want[metrics.RobotPresent], want[metrics.RobotHalted] = 1, 1
		want["client"] = map[bool]float64{true: 1}[s.client == health.Fine]
	}
	refused := !s.cut() && s.client == health.ClientRefused || slices.Contains(s.ofClients(), health.ClientRefused)
	want["client-refused"] = map[bool]float64{true: 1}[refused]
	want["client-turned-away"] = map[bool]float64{true: 1}[slices.Contains(s.ofClients(), health.ClientTurnedAway)]
	for name, value := range want {
		if is, there := got[name]; !there || is != value {
			faults = append(faults, fmt.Sprintf("the metric %s is %v, not %v", name, is, value))
		}
	}
	return faults
}
