package webguard

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rawtcpcom/relay/network"
	"rawtcpcom/relay/place"
)

// Who is turned away is told what decides, where he is: a flag, or a setting of the
// box. No setting adds names.
func TestWhoIsTurnedAwayIsToldWhy(t *testing.T) {
	near, err := network.Parse("192.0.2.0/24") // httptest's clients are in it
	if err != nil {
		t.Fatal(err)
	}
	far, err := network.Parse("10.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		allow network.Networks
		at    place.Place
		code  int
		end   string
	}{
		{far, place.PC, http.StatusForbidden, "The -allow flag of the relay program says which ones may."},
		{far, place.Box, http.StatusForbidden, "“Networks that may connect” (access.allow) in the settings of the box's page says which ones may."},
		{near, place.PC, http.StatusMisdirectedRequest, "The -names flag of the relay program adds others."},
		{near, place.Box, http.StatusMisdirectedRequest, "Use its IP address."},
	} {
		w := httptest.NewRecorder()
		Guard{Allow: row.allow, Program: "relay", Place: row.at}.Handler(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://evil.example/", nil))
		if text := strings.TrimSuffix(w.Body.String(), "\n"); w.Code != row.code || !strings.HasSuffix(text, row.end) {
			t.Errorf("at %q: %d %q", row.at, w.Code, text)
		}
	}
}
