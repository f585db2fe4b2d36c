package health

import (
	"fmt"
	"net"
	"strings"
	"time"

	"rawtcpcom/relay/state"
)

const clientTitle = "Client"

// Lately is for how long a person is told of a client that was turned away.
const Lately = time.Minute

// tooMany is relay/tcp's reason for a client that was turned away for want of
// an id or of a connection. The other reasons are about strangers: whoever
// scans the ports of a network must not light a lamp.
const tooMany = "too_many"

func client(f Facts, refused *state.Client) Link {
	done := 0
	var first time.Time
	for _, c := range f.State.Clients {
		if c.Handshake.Done() {
			if done++; done == 1 {
				first = c.Since
			}
		}
	}
	switch {
	case done > 0:
		return fine(Client, clientTitle, first, fmt.Sprintf("%d connected", done))
	case refused != nil:
		return refusal(f.State.Robot, *refused)
	case len(f.State.Clients) > 0:
		c := f.State.Clients[0]
		return Link{
			Name: Client, Title: clientTitle, Kind: ClientWaiting, Since: c.Since, Short: "waits for its handshake",
			Line: "waits for its handshake: " + c.Remote,
			Why:  fmt.Sprintf("The client at %s is connected and waits for the robot's handshake.", c.Remote),
			Do:   "The handshake comes by itself within seconds. If it does not, close the client on the status page and connect it again.",
		}
	}
	to := f.ConnectTo
	if to == "" {
		to = "TCP port 7887 of " + f.Place.This()
	}
	return Link{
		Name: Client, Title: clientTitle, Kind: NoClient, Waiting: true, Short: "none connected",
		Line: "none connected", Why: "No client is connected.", Do: "Connect your program to " + to + ".",
	}
}

func firstRefused(clients []state.Client) *state.Client {
	for i, c := range clients {
		if c.Handshake == state.HandshakeFailed {
			return &clients[i]
		}
	}
	return nil
}

func refusal(d state.Robot, c state.Client) Link {
	s := softwareOf(d)
	return Link{
		Name: Client, Title: clientTitle, Kind: ClientRefused, Short: "refused by the " + strings.ToLower(s.title),
		Line: "refused by the " + strings.ToLower(s.title) + ": " + c.Remote,
		Why:  fmt.Sprintf("%s refused the client at %s.", upper(s.the), c.Remote),
		Do:   s.refused,
	}
}

// turnedAwayLately is false for an instant in the future: a clock was set back
// then, and nobody knows how long ago it was.
func turnedAwayLately(f Facts) bool {
	t := f.State.TurnedAway
	ago := f.Now.Sub(t.Last)
	return t.Count > 0 && t.Reason == tooMany && ago >= 0 && ago < Lately
}

func turnedAway(t state.TurnedAway) Link {
	remote := t.Remote
	if host, _, err := net.SplitHostPort(remote); err == nil {
		remote = host // its port is of no use: the connection is gone
	}
	reason := strings.TrimSuffix(t.Text, ".")
	if reason == "" {
		reason = "there is no client id or no connection to spare"
	}
	return Link{
		Name: Client, Title: clientTitle, Kind: ClientTurnedAway, Since: t.Last, Short: "one turned away",
		Line: "turned away: " + remote + ": " + reason,
		Why:  fmt.Sprintf("A further program was turned away at %s: %s.", remote, reason),
		Do:   "Close a client that is no longer needed, on the status page. Then connect again.",
	}
}

func upper(sentence string) string { return strings.ToUpper(sentence[:1]) + sentence[1:] }
