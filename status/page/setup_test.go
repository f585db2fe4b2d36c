package page

import (
	"log/slog"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/status/setup"
)

// With a password set, closing clients and the console ask for it; reading, halt
// and identify never do.
func TestWhatAsksForThePassword(t *testing.T) {
	store := settings.Store{Dir: filepath.Join(t.TempDir(), "settings")}
	s := serve(t, func(c *Config) {
		c.Setup = setup.New(setup.Config{
			Store: store, Uptime: func() time.Duration { return time.Hour }, Log: slog.New(slog.DiscardHandler),
			Networks: func() ([]netip.Prefix, []netip.Addr) { return nil, nil },
		})
	})
	s.answering(t)
	expect := func(when, method, path string, want int) {
		t.Helper()
		if code, _, body := s.do(t, method, path, "{}"); code != want {
			t.Errorf("%s: %s %s: %d %s, want %d", when, method, path, code, body, want)
		}
	}
	// Without one, the answers are those of a box without settings: no such client,
	// and the console is off.
	expect("without a password", http.MethodDelete, "/api/clients/x", 404)
	expect("without a password", http.MethodPost, "/api/console", 403)
	if err := store.Save(settings.Values{"page.password": "open sesame"}); err != nil {
		t.Fatal(err)
	}
	expect("with one", http.MethodDelete, "/api/clients/x", 401)
	expect("with one", http.MethodPost, "/api/console", 401)
	for _, path := range []string{"/", "/settings.html", "/api/status", "/api/settings", "/settings.toml", "/api/access", "/state"} {
		expect("with one", http.MethodGet, path, 200)
	}
	expect("with one", http.MethodPost, "/identify", 204)
	if code, _, body := s.do(t, http.MethodPost, "/api/halt", ""); code != 204 || len(s.relay.Halted()) != 1 {
		t.Errorf("the halt asks for the password: %d %s", code, body)
	}
	if _, _, body := s.do(t, http.MethodGet, "/api/about", ""); !strings.Contains(body, `"settings":true`) {
		t.Errorf("the page does not say that settings can be changed: %s", body)
	}
}
