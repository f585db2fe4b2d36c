package interop

import (
	"os"
	"path/filepath"
	"testing"

	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
)

// The relay comes in through crossbar.io's locked doors, and through none of
// them with the wrong key.
func TestAuthentication(t *testing.T) {
	onEach(t, authentication)
}

func authentication(t *testing.T, router *crossbar) {
	startDriver(t, today, router.Open)
	wss := "wss" + router.url(router.TLS)[len("ws"):]
	ca := []string{"-router-ca", router.ca()}
	doors := []struct {
		name string
		url  string
		args []string
	}{
		{"ticket", router.url(router.Ticket), nil},
		{"wampcra", router.url(router.CRA), nil},
		{"ticket over TLS", wss, ca},
	}
	for _, door := range doors {
		t.Run(door.name, func(t *testing.T) {
			r := startRelay(t, door.url, append(door.args, "-auth-id", "relay", "-auth-secret-file", file(t, router.Secret+"\n"))...)
			c := r.Dial()
			c.Start()
			c.Handshake()
			c.Home()
		})
		t.Run(door.name+"/wrong secret", func(t *testing.T) {
			r := startRelay(t, door.url, append(door.args, "-auth-id", "relay", "-auth-secret-file", file(t, "guess"))...)
			refused(t, r, "authentication failed")
		})
		t.Run(door.name+"/nobody", func(t *testing.T) {
			refused(t, startRelay(t, door.url, door.args...), "authentication failed")
		})
	}
	t.Run("unknown authority", func(t *testing.T) {
		r := startRelay(t, wss, "-auth-id", "relay", "-auth-secret-file", file(t, router.Secret))
		refused(t, r, "certificate signed by unknown authority")
	})
}

// refused shows that the relay says why it has no session, in its log, its
// state and to its clients.
func refused(t *testing.T, r *relaytest.Relay, reason string) {
	t.Helper()
	r.Log.WaitFor(t, reason)
	c := r.Dial()
	c.Start()
	r.WaitState("down", func(s state.State) bool { return s.Router.State == state.RouterDown })
	c.Send(relaytest.Command("home", `{"X":"true"}`))
	e := c.ExpectError("router_down")
	t.Logf("the client is told: %s", e.Text)
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
