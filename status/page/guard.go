package page

import (
	"net/http"

	"rawtcpcom/relay/webguard"
)

// guard keeps strangers out (package webguard) and tells the browser what the
// page needs, which is nothing from elsewhere.
func guard(cfg Config, next http.Handler) http.Handler {
	guarded := webguard.Guard{Allow: cfg.Allow, Names: cfg.Names, Handed: cfg.Handed, Program: "status"}.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		guarded.ServeHTTP(w, r)
	})
}
