package monitor

import (
	"fmt"
	"iter"
	"slices"
	"time"

	clock "rawtcpcom/gokrazy/clock/report"
	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/health"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tcp"
	"rawtcpcom/status/chain"
)

// situation is a state of everything that is judged, and what is to be found
// in it, said independently of the judge.
type situation struct {
	answering bool
	machine   machine
	state     state.State
	ago       time.Duration // since a client was turned away

	robot  health.Kind   // the first broken link up to the robot, as the relay knows it
	client health.Kind   // the client's own link where the robot is there
	beside []health.Kind // where the client's link says nothing of it
}

// chain is the first broken link, of those that the page has.
func (s situation) chain() health.Kind {
	switch {
	case s.machine.broken != health.Fine:
		return s.machine.broken
	case !s.answering:
		return health.RelayAway
	case s.robot != health.Fine:
		return s.robot
	}
	return s.client
}

// atClient is what the client's lamp is to tell.
func (s situation) atClient() health.Kind {
	cut := s.machine.broken != health.Fine || s.cut()
	switch {
	case !s.answering:
		return health.RelayAway
	case s.client == health.ClientRefused && !cut:
		return health.ClientRefused
	case len(s.ofClients()) > 0:
		return s.ofClients()[0]
	case cut && (s.client == health.Fine || s.client == health.ClientRefused):
		return health.Behind
	}
	return s.client
}

// cut reports whether nothing passes up to the robot. A halted one still takes its
// reset.
func (s situation) cut() bool { return s.robot != health.Fine && s.robot != health.RobotHalted }

// told is what is to be said beside the chain.
func (s situation) told() []health.Kind { return slices.Concat(s.ofClients(), s.machine.told) }

// ofClients is what is to be said of clients beside the chain. That one is refused
// was heard over the chain.
func (s situation) ofClients() (kinds []health.Kind) {
	for _, k := range s.beside {
		if s.answering && (k == health.ClientTurnedAway || s.machine.broken == health.Fine && !s.cut()) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// situations yields every state there is with a robot's software: those of the
// relay's own fields that mean something, with values that only a later relay
// may have, up to two clients, and those of the machine.
func situations(software string) iter.Seq[situation] {
	return func(yield func(situation) bool) {
		for _, router := range routers {
			for _, robot := range robots {
				for _, shakes := range handshakes(2) {
					for i, away := range turnedAways {
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
						for _, s.machine = range machines {
							if s.machine.few && (len(shakes) > 1 || i > 1) {
								continue
							}
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

// machine is how the machine itself can stand.
type machine struct {
	is     chain.Machine
	broken health.Kind   // of its own links
	told   []health.Kind // of those
	few    bool          // few states of the clients are enough to see how it shows
}

var machines = []machine{
	{is: boxed(func(*chain.Machine) {}), broken: health.Fine},
	{is: boxed(func(m *chain.Machine) { m.Addresses, m.LAN.Address = nil, "" }), broken: health.NoAddress},
	{is: boxed(func(m *chain.Machine) { m.LAN.Cable = false }), broken: health.NoCable, few: true},
	{
		is: boxed(func(m *chain.Machine) {
			*m.Board.Celsius = 85
			m.Board.UnderVoltage = 1
			m.Clock = clock.Report{Error: "no answer"}
			m.LAN.Trial = &lan.Trial{Address: "192.168.1.7"}
		}),
		broken: health.Fine, few: true,
		told: []health.Kind{health.UnderVoltage, health.Hot, health.ClockNotSet, health.AddressOnTrial},
	},
	{
		is:     boxed(func(m *chain.Machine) { m.LAN.Duplicate, m.LAN.DuplicateOf = "02:00:00:00:00:01", "192.168.1.8" }),
		broken: health.Fine, few: true, told: []health.Kind{health.AddressTaken},
	},
	{
		is:     boxed(func(m *chain.Machine) { m.LAN.Undone = "nobody confirmed it"; m.LAN.Cable = false }),
		broken: health.NoCable, few: true, // what is behind it is not told
	},
}

// boxed is a box with nothing amiss, changed.
func boxed(change func(*chain.Machine)) chain.Machine {
	celsius := 50.0
	m := chain.Machine{
		Addresses: []string{"192.168.1.7"}, Board: chain.Board{Celsius: &celsius}, Clock: clock.Report{Set: true, From: "192.168.1.1 (DHCP)", Uptime: 9},
		LAN: &lan.Report{MAC: "b8:27:eb:12:34:56", Cable: true, How: lan.DHCP, Address: "192.168.1.7/24", Uptime: 8},
	}
	change(&m)
	return m
}
