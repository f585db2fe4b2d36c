package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/adminclient"
	"rawtcpcom/gokrazy/instance"
	"rawtcpcom/gokrazy/pack"
)

// An update leads the box to no other robot than it was told of, unless asked.
func TestUpdateKeepsTheRobotsAddress(t *testing.T) {
	box := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(adminclient.Status{Services: []adminclient.Service{
			{Path: "/user/status", Args: []string{"/user/status", "-router=no"}},
			{Path: "/user/relay", Args: []string{"/user/relay", "-router=ws://192.0.2.1:31947/ws", "-max-clients=2", "-backend=otone"}},
		}})
	}))
	defer box.Close()
	password(t)
	for name, c := range map[string]struct{ asked, want settings }{
		"nothing asked": {settings{}, settings{"ws://192.0.2.1:31947/ws", "otone"}},
		"another robot": {settings{"ws://192.0.2.2:8080/ws", "driver"}, settings{"ws://192.0.2.2:8080/ws", "driver"}},
	} {
		config, err := instance.Load(filepath.Join("..", "..", instance.Dir))
		if err != nil {
			t.Fatal(err)
		}
		b := pack.Build{Config: config}
		if _, err := reach(t.Context(), b, strings.TrimPrefix(box.URL, "http://"), c.asked); err != nil {
			t.Fatal(err)
		}
		router, _ := b.Config.Flag("rawtcpcom/relay", "router")
		backend, _ := b.Config.Flag("rawtcpcom/relay", "backend")
		if got := (settings{router, backend}); got != c.want {
			t.Errorf("%s: %+v, not %+v", name, got, c.want)
		}
	}
}

func TestUpdateOfABoxThatDoesNotAnswer(t *testing.T) {
	box := httptest.NewServer(http.NotFoundHandler())
	box.Close()
	password(t)
	config, err := instance.Load(filepath.Join("..", "..", instance.Dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reach(t.Context(), pack.Build{Config: config}, strings.TrimPrefix(box.URL, "http://"), settings{}); err == nil {
		t.Error("no error")
	}
}

// password puts gokrazy's in a home of the test's own.
func password(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	dir := filepath.Join(home, ".config", "gokrazy")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "http-password.txt"), []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}
