package page

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// guard lets a request through to next only when it comes from an allowed
// network, names this machine as its host, and, if it changes anything, comes
// from this very page.
//
// The host is looked at because of DNS rebinding: a foreign site can make its
// own name point here, and then its scripts pass for this page's.
func guard(cfg Config, next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !cfg.Allow.ContainRemote(r.RemoteAddr) {
			http.Error(w, "This page is not for your network. The -allow flag of the status program says which ones may see it.", http.StatusForbidden)
			return
		}
		if !knownHost(cfg, r.Host) {
			http.Error(w, "This page is not known by that name. Use the IP address of the box, or name it with the -names flag of the status program.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// knownHost reports whether a Host header can only mean this machine: an
// address, localhost, a name of mDNS, which no foreign site can have, or one
// of its own names.
func knownHost(cfg Config, host string) bool {
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
	return slices.ContainsFunc(cfg.Names, func(own string) bool { return own != "" && strings.EqualFold(own, name) })
}
