package health

import (
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/wire"
)

// codes are what a program knows each reason by for which a client's handshake
// is not there.
var codes = map[Kind]wire.Code{
	NoRobotSet: wire.RouterDown, RouterAway: wire.RouterDown, NoSession: wire.RouterDown,
	RobotUnheard: wire.DriverAbsent, RobotAbsent: wire.DriverAbsent,
	RobotNotConnected: wire.RobotNotConnected,
	ClientRefused:     wire.DriverFull, ClientWaiting: wire.Busy,
}

// Waits is why a client's handshake is not there: the first link that is broken
// for this client, and its code. So the client is told what the page and the
// lamps show. waits is false where no link is broken.
func Waits(at place.Place, router state.Router, robot state.Robot, c state.Client) (l Link, code wire.Code, waits bool) {
	broken := Judge(Facts{Answering: true, Place: at, State: state.State{Router: router, Robot: robot, Clients: []state.Client{c}}}).Broken()
	if broken == nil {
		return Link{}, "", false
	}
	return *broken, codes[broken.Kind], true
}
