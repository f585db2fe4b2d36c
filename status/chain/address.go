package chain

import (
	"fmt"
	"net"
	"slices"
	"strings"

	lan "rawtcpcom/gokrazy/lan/report"
	"rawtcpcom/relay/health"
	"rawtcpcom/relay/place"
	"rawtcpcom/relay/state"
)

// addresses are those of the machine, the one that lan tells of first: people type
// it. A link-local one is only known from there.
func (m Machine) addresses() []string {
	own := m.address()
	if own == "" {
		return m.Addresses
	}
	others := slices.DeleteFunc(slices.Clone(m.Addresses), func(a string) bool { return a == own })
	return append([]string{own}, others...)
}

func (m Machine) address() string {
	if m.LAN == nil {
		return ""
	}
	address, _, _ := strings.Cut(m.LAN.Address, "/")
	return address
}

func cable(f Facts) health.Link {
	l := health.Link{Name: health.Cable, Title: "Cable", Kind: health.Fine, OK: true, Short: "plugged in"}
	switch {
	case f.LAN.Cable:
		return l
	case f.Answering && local(f.State.Router.URL):
		l.Short = "none, and none is needed: the router is on this machine"
		return l
	}
	l.Kind, l.OK, l.Short, l.Line = health.NoCable, false, "none", "none"
	if f.LAN.MAC == "" {
		l.Short = "no socket"
		l.Why = "This box has no network socket."
		l.Do = "Plug a USB network adapter into it. If there is one, unplug it and plug it in again."
		return l
	}
	l.Why = "No network cable leads to another machine that is on."
	l.Do = "Plug the cable in at both ends, and check that the lights of the box's network socket are lit. If they are not, try another cable, and another socket at the other end."
	return l
}

func network(f Facts) health.Link {
	l := health.Link{Name: health.Network, Title: "Network address", Kind: health.Fine, OK: true}
	switch all := f.addresses(); {
	case len(all) > 0:
		l.Short = strings.Join(all, ", ")
		if f.LAN != nil {
			return toldOfAddress(l, f)
		}
		return l
	case f.Answering && local(f.State.Router.URL):
		l.Short = "none, and none is needed: the router is on this machine"
		return l
	}
	l.Kind, l.OK, l.Short, l.Line = health.NoAddress, false, "none", "none"
	l.Why = "This machine has no network address."
	l.Do = "Connect this machine to the robot's network."
	if f.Place == place.Box {
		l.Why = "This box has no network address."
		l.Do = "Plug in the network cable, and check that the lights of the socket are lit. The address comes by DHCP, which the network has to have."
	}
	if f.LAN != nil {
		l.Do = "Wait half a minute: without DHCP in its network, the box takes an address by itself. If it stays like this, switch the box off and on."
		if why := notAsSet(*f.LAN); why != "" {
			l.Why += " " + why
		}
	}
	return l
}

// hows are how an address is had, for a person.
var hows = map[lan.How]string{lan.DHCP: "by DHCP", lan.Static: "static", lan.LinkLocal: "link-local"}

// toldOfAddress is the link of an address that is there, with what is to be told of
// it. What somebody has to do soon comes first.
func toldOfAddress(l health.Link, f Facts) health.Link {
	r := f.LAN
	if how := hows[r.How]; how != "" && f.address() != "" {
		l.Short = strings.Replace(l.Short, f.address(), f.address()+" ("+how+")", 1)
	}
	switch why := notAsSet(*r); {
	case r.Trial != nil:
		l.Kind, l.Line = health.AddressOnTrial, "on trial"
		l.Why = fmt.Sprintf("The address %s is on trial.", r.Trial.Address)
		l.Do = fmt.Sprintf("Open http://%s/, which confirms it. If nobody does, the network settings from before come back by themselves.", r.Trial.Address)
	case r.Duplicate != "":
		l.Kind, l.Line = health.AddressTaken, "taken by "+r.Duplicate
		l.Why = why
		l.Do = "Give one of the two another address: the other machine, or the box in its settings."
	case why != "":
		l.Kind, l.Line = health.AddressNotAsSet, "not as set"
		l.Why = why
		l.Do = "Look at the network settings of the box, and correct what is wrong there."
	case r.How == lan.LinkLocal && routerLost(f) && !sameLink(f):
		l.Kind, l.Line = health.AddressLinkLocal, "link-local"
		l.Why = "No DHCP server has given this box an address, so it took " + f.address() + " by itself, from which no other network is reached."
		l.Do = "If the robot's network has DHCP, check that the box is plugged into that network. If not, set an address in the robot's network in the box's settings."
	}
	return l
}

// notAsSet says why the address is not the one that it was to be, in a sentence.
func notAsSet(r lan.Report) string {
	switch {
	case r.Duplicate != "" && strings.HasPrefix(r.Address, r.DuplicateOf+"/"):
		return fmt.Sprintf("The machine with the MAC %s has this box's address %s too: what is for one may reach the other.", r.Duplicate, r.DuplicateOf)
	case r.Duplicate != "":
		return fmt.Sprintf("The machine with the MAC %s has the address %s already, which this box was to have.", r.Duplicate, r.DuplicateOf)
	case r.Undone != "":
		return sentence(r.Undone)
	case r.Problem != "":
		return sentence(r.Problem)
	}
	return ""
}

func sentence(text string) string {
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

// routerLost reports whether nothing answers at the address of the router.
func routerLost(f Facts) bool {
	r := f.State.Router
	return f.Answering && r.URL != "" && r.State != state.RouterJoined && !r.Reached
}

// sameLink reports whether the router's address is a link-local one too.
func sameLink(f Facts) bool {
	ip := net.ParseIP(hostOf(f.State.Router.URL))
	return ip != nil && ip.IsLinkLocalUnicast()
}
