package monitor

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"rawtcpcom/relay/api"
	"rawtcpcom/relay/health"
	"rawtcpcom/relay/metrics"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/status/chain"
	"rawtcpcom/status/lamp"
	"rawtcpcom/status/relayapi"
	"rawtcpcom/status/traffic"
)

// situation is a state of everything that is judged, and what is to be found
// in it, said independently of the judge.
type situation struct {
	answering bool
	address   bool // the box has one
	state     state.State
	ago       time.Duration // since a client was turned away

	robot  health.Kind   // the first broken link up to the robot, as the relay knows it
	client health.Kind   // the client's own link where the robot is there
	beside []health.Kind // where the client's link says nothing of it
}

// chain is the first broken link, of those that the page has.
func (s situation) chain() health.Kind {
	switch {
	case !s.address:
		return health.NoAddress
	case !s.answering:
		return health.RelayAway
	case s.robot != health.Fine:
		return s.robot
	}
	return s.client
}

// atClient is what the client's lamp is to tell.
func (s situation) atClient() health.Kind {
	cut := !s.address || s.cut()
	switch {
	case !s.answering:
		return health.RelayAway
	case s.client == health.ClientRefused && !cut:
		return health.ClientRefused
	case len(s.told()) > 0:
		return s.told()[0]
	case cut && (s.client == health.Fine || s.client == health.ClientRefused):
		return health.Behind
	}
	return s.client
}

// cut reports whether nothing passes up to the robot. A halted one still takes its
// reset.
func (s situation) cut() bool { return s.robot != health.Fine && s.robot != health.RobotHalted }

// told is what is to be said beside the chain. That a client is refused was
// heard over the chain.
func (s situation) told() (kinds []health.Kind) {
	for _, k := range s.beside {
		if s.answering && (k == health.ClientTurnedAway || s.address && !s.cut()) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// situations yields every state there is with a robot's software: those of the
// relay's own fields that mean something, with values that only a later relay
// may have, and up to two clients.
func situations(software string) iter.Seq[situation] {
	return func(yield func(situation) bool) {
		for _, router := range routers {
			for _, robot := range robots {
				for _, shakes := range handshakes(2) {
					for _, away := range turnedAways {
						s := situation{robot: router.kind}
						if s.robot == health.Fine {
							s.robot = robot.kind
						}
						s.state = state.State{Router: router.state, Robot: state.Robot{Name: software, State: robot.state, Board: robot.board}, Halted: state.Halted{State: robot.halted, By: "c1"}, TurnedAway: away.state}
						s.state.TurnedAway.Remote = "10.0.0.9:1"
						s.ago = away.ago
						s.addClients(shakes)
						if away.told {
							s.beside = append(s.beside, health.ClientTurnedAway)
						}
						for _, s.address = range []bool{true, false} {
							for _, s.answering = range []bool{true, false} {
								if !yield(s) {
									return
								}
							}
						}
					}
				}
			}
		}
	}
}

// addClients adds clients whose handshakes stand like this.
func (s *situation) addClients(shakes []state.Handshake) {
	for i, h := range shakes {
		s.state.Clients = append(s.state.Clients, state.Client{ID: fmt.Sprint(i), Remote: fmt.Sprintf("10.0.0.%d:5000", i), Handshake: h})
	}
	served := slices.Contains(shakes, state.HandshakeSuccess) || slices.Contains(shakes, state.HandshakeAlreadyConnected)
	refused := slices.Contains(shakes, state.HandshakeFailed)
	switch {
	case served:
		s.client = health.Fine
		if refused {
			s.beside = append(s.beside, health.ClientRefused)
		}
	case refused:
		s.client = health.ClientRefused
	case len(shakes) > 0:
		s.client = health.ClientWaiting
	default:
		s.client = health.NoClient
	}
}

var routers = []struct {
	state state.Router
	kind  health.Kind
}{
	{state.Router{State: state.RouterNotSet}, health.NoRobotSet},
	{state.Router{State: state.RouterConnecting}, health.RouterAway},
	{state.Router{State: state.RouterConnecting, Error: "connection refused"}, health.RouterAway},
	{state.Router{State: state.RouterConnecting, Error: "no such realm", Reached: true}, health.NoSession},
	{state.Router{State: state.RouterDown, Error: "no such host"}, health.RouterAway},
	{state.Router{State: state.RouterDown, Error: "no such realm", Reached: true}, health.NoSession},
	{state.Router{State: state.RouterJoined, Reached: true}, health.Fine},
	{state.Router{}, health.RouterAway},
	{state.Router{State: "new"}, health.RouterAway},
}

var robots = []struct {
	state  state.RobotState
	board  state.Board
	halted state.HaltState
	kind   health.Kind
}{
	{state.RobotUnknown, "", state.HaltedUnknown, health.RobotUnheard},
	{state.RobotAbsent, "", state.HaltedUnknown, health.RobotAbsent},
	{state.RobotAbsent, "", state.HaltedYes, health.RobotAbsent},
	{state.RobotPresent, "", state.HaltedUnknown, health.Fine},
	{state.RobotPresent, state.BoardUnknown, state.HaltedNo, health.Fine},
	{state.RobotPresent, state.BoardConnected, state.HaltedYes, health.RobotHalted},
	{state.RobotPresent, state.BoardAway, state.HaltedUnknown, health.RobotNotConnected},
	{state.RobotPresent, state.BoardAway, state.HaltedYes, health.RobotNotConnected},
	{state.RobotPresent, "", "new", health.Fine},
	{"", "", "", health.RobotAbsent},
	{"new", "", "", health.RobotAbsent},
}

// handshakes are those of up to n clients; their order means nothing.
func handshakes(n int) [][]state.Handshake {
	kinds := []state.Handshake{state.HandshakePending, state.HandshakeSuccess, state.HandshakeAlreadyConnected, state.HandshakeFailed, "new"}
	lists := [][]state.Handshake{nil}
	for begin := 0; n > 0; n-- {
		end := len(lists)
		for _, l := range lists[begin:end] {
			for _, k := range kinds {
				if len(l) == 0 || slices.Index(kinds, k) >= slices.Index(kinds, l[len(l)-1]) {
					lists = append(lists, append(slices.Clone(l), k))
				}
			}
		}
		begin = end
	}
	return lists
}

var turnedAways = []struct {
	state state.TurnedAway
	ago   time.Duration
	told  bool
}{
	{},
	{state.TurnedAway{Count: 1, Reason: string(tcp.TooMany)}, time.Second, true},
	{state.TurnedAway{Count: 2, Reason: string(tcp.TooMany)}, 2 * time.Minute, false},
	{state.TurnedAway{Count: 3, Reason: string(tcp.NotAllowed)}, time.Second, false},
	{state.TurnedAway{Count: 4, Reason: "new"}, time.Second, false},
}

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
		Relay: relay, Lamps: lamp.NewEngine(nil, log), Traffic: traffic.NewLog(time.Now), ClientPort: "7887", Log: log,
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
	e.addresses = nil
	if s.address {
		e.addresses = []string{"192.168.1.7"}
	}
	e.state.Router.URL = "ws://192.168.1.20:8080/ws"
	e.heard(e.state)
	if !s.answering {
		e.lost(errors.New("it is not running"))
	}
}

// Whatever the state is, /healthz, the metrics, the page and the lamps name
// the same first broken link, and the one that it is.
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
				if s.answering && s.address { // the relay knows neither
					faults = append(faults, e.healthzFaults(s)...)
					faults = append(faults, e.metricFaults(t, s)...)
				}
				if len(faults) > 0 {
					t.Fatalf("answering %v, address %v, %+v:\n%s", s.answering, s.address, s.state, strings.Join(faults, "\n"))
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
		if l.OK != (first < 0 || i < first) && l.Kind != health.RobotHalted || l.OK != (l.Kind == health.Fine) || l.Detail == "" || l.Name == "" {
			faults = append(faults, fmt.Sprintf("the page has a link %+v", l))
		}
	}
	var beside []health.Kind
	for _, b := range report.Beside {
		beside = append(beside, b.Kind)
	}
	if !slices.Equal(beside, s.told()) {
		faults = append(faults, fmt.Sprintf("the page says %q beside it, not %q", beside, s.told()))
	}
	return faults
}

func lampFaults(seen Status, s situation) (faults []string) {
	robot := s.chain()
	if s.answering && s.address && s.robot == health.Fine {
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
		for _, k := range s.told() {
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
	refused := !s.cut() && s.client == health.ClientRefused || slices.Contains(s.told(), health.ClientRefused)
	want["client-refused"] = map[bool]float64{true: 1}[refused]
	want["client-turned-away"] = map[bool]float64{true: 1}[slices.Contains(s.told(), health.ClientTurnedAway)]
	for name, value := range want {
		if is, there := got[name]; !there || is != value {
			faults = append(faults, fmt.Sprintf("the metric %s is %v, not %v", name, is, value))
		}
	}
	return faults
}
