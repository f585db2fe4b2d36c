package settings_test

import (
	"testing"

	"rawtcpcom/gokrazy/settings"
)

// A file that was exported, changed and imported again keeps the secrets, which
// it does not hold, and nothing else that it leaves out.
func TestParseOverKeepsSecrets(t *testing.T) {
	now := settings.Values{"robot.address": "ws://192.0.2.1:8080/ws", "robot.auth-id": "box", "robot.auth-secret": "hush", "page.password": "open sesame", "box.name": "lab"}
	got, problems := settings.ParseOver(now, now.TOML(settings.WithoutSecrets))
	if len(problems) > 0 || !got.Equal(now) {
		t.Errorf("its own export makes %v of the settings, %v", got, problems)
	}
	got, problems = settings.ParseOver(now, []byte("[robot]\naddress = \"ws://192.0.2.2:8080/ws\"\n"))
	want := settings.Values{"robot.address": "ws://192.0.2.2:8080/ws", "page.password": "open sesame"}
	if len(problems) > 0 || !got.Equal(want) {
		t.Errorf("a file without the router's name makes %v, %v", got, problems)
	}
	if _, problems := settings.ParseOver(now, []byte("[robot]\nauth-id = \"other\"\n")); len(problems) != 1 || problems[0].Key != "robot.auth-secret" {
		t.Errorf("another name at the router takes over the secret of the first: %v", problems)
	}
}
