package page

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"rawtcpcom/relay/network"
)

func TestCrossOrigin(t *testing.T) {
	s := serve(t, nil)
	for _, c := range []struct {
		name    string
		headers []string
		code    int
	}{
		{"a script", nil, 204},
		{"this page", []string{"Sec-Fetch-Site", "same-origin", "Origin", s.url}, 204},
		{"an old browser on this page", []string{"Origin", s.url}, 204},
		{"another site", []string{"Sec-Fetch-Site", "cross-site", "Origin", "http://evil.example"}, 403},
		{"another port of this machine", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:9"}, 403},
		{"an old browser on another site", []string{"Origin", "http://evil.example"}, 403},
	} {
		for _, r := range [][2]string{{http.MethodPost, "/identify"}, {http.MethodDelete, "/api/clients/x"}, {http.MethodDelete, "/api/notices/x"}, {http.MethodPost, "/api/console"}, {http.MethodPost, "/api/halt"}} {
			code, _, _ := s.do(t, r[0], r[1], "{}", c.headers...)
			if refused := code == http.StatusForbidden; r[1] == "/identify" && code != c.code || c.code == 403 && !refused {
				t.Errorf("%s %s from %s: %d", r[0], r[1], c.name, code)
			}
		}
	}
}

func TestRebinding(t *testing.T) {
	s := serve(t, func(c *Config) {
		c.Names = []string{"rawtcpcom", "box.lab.example"}
		c.Handed = func() []string { return []string{"rawtcpcom.fritz.box"} }
	})
	for host, code := range map[string]int{
		"127.0.0.1:80": 200, "192.168.1.7": 200, "[fe80::1]:80": 200, "[::1]": 200, "localhost:8000": 200,
		"rawtcpcom": 200, "RAWTCPCOM:80": 200, "rawtcpcom.local": 200, "rawtcpcom.local.": 200, "box.lab.example": 200, "rawtcpcom.fritz.box": 200,
		"x.fritz.box": 421, "fritz.box": 421,
		"evil.example": 421, "rawtcpcom.evil.example": 421, "local": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example": 421,
	} {
		for _, path := range []string{"/", "/api/status", "/state"} {
			if got, _, _ := s.do(t, http.MethodGet, path, "", "Host", host); got != code {
				t.Errorf("GET %s of host %s: %d, want %d", path, host, got, code)
			}
		}
	}
}

func TestAllow(t *testing.T) {
	s := serve(t, func(c *Config) { c.Allow = network.Networks{netip.MustParsePrefix("10.0.0.0/8")} })
	for _, path := range []string{"/", "/app.js", "/api/status", "/api/events", "/metrics"} {
		if code, _, body := s.do(t, http.MethodGet, path, ""); code != http.StatusForbidden || !strings.Contains(body, "-allow") {
			t.Errorf("GET %s from a network that is not allowed: %d %s", path, code, body)
		}
	}
	if code, _, _ := s.do(t, http.MethodPost, "/identify", ""); code != http.StatusForbidden || s.identified.Load() != 0 {
		t.Error("identify works from a network that is not allowed")
	}
	if code, _, _ := s.do(t, http.MethodPost, "/api/halt", ""); code != http.StatusForbidden || len(s.relay.Halted()) > 0 {
		t.Error("the halt works from a network that is not allowed")
	}
}
