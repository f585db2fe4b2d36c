// Package webguard stands before the web servers of this project, the relay's
// state API and the status program's page: who may ask, by which name, and how
// many connections it may cost.
package webguard

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"rawtcpcom/relay/network"
	"rawtcpcom/relay/place"
)

// Guard lets a request through only when it comes from an allowed network,
// names this machine as its host, and, if it changes anything, comes from no
// other site's page.
type Guard struct {
	Allow   network.Networks
	Names   []string // host names of this machine
	Program string   // whose flags are to be looked at by who is refused
	Place   place.Place
	// Handed are names that the network hands out to this machine. They change with
	// the network, so they are asked for anew when a request has no other name; nil
	// means that there are none.
	Handed func() []string
}

// Names are those of this machine: its own, and a list with commas.
func Names(list string) (names []string) {
	if host, err := os.Hostname(); err == nil {
		names = append(names, host)
	}
	for _, name := range strings.Split(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// Handler guards next.
func (g Guard) Handler(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !g.Allow.ContainRemote(r.RemoteAddr):
			http.Error(w, "Your address is in no network that may connect. "+g.remedy("allow", "says which ones may"), http.StatusForbidden)
		case !g.knownHost(r.Host):
			http.Error(w, strings.TrimSpace("This machine is not known by that name. Use its IP address. "+g.remedy("names", "adds others")), http.StatusMisdirectedRequest)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// remedy is the setting that decides, in a sentence. Where a box has none, there is
// nothing to say.
func (g Guard) remedy(flag, does string) string {
	name := g.Place.Name(flag)
	switch {
	case g.Place != place.Box:
		return "The " + name + " flag of the " + g.Program + " program " + does + "."
	case name == "-"+flag:
		return ""
	}
	return name + " in the settings of the box's page " + does + "."
}

// knownHost reports whether a Host header can only mean this machine: an
// address, localhost, a name of mDNS, which no foreign site can have, or one
// of its own names, whole.
//
// The host is looked at because of DNS rebinding: a foreign site can make its
// own name point here, and then its scripts pass for those of our own page.
func (g Guard) knownHost(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	if name == "localhost" || strings.HasSuffix(name, ".local") {
		return true
	}
	is := func(own string) bool { return own != "" && strings.EqualFold(own, name) }
	return slices.ContainsFunc(g.Names, is) || g.Handed != nil && slices.ContainsFunc(g.Handed(), is)
}

// Server is a server for a handler, in which nobody who stands still holds a
// connection for ever. A handler that streams lifts the read deadline and sets
// a write deadline before each event, see http.ResponseController.
func Server(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       30 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
