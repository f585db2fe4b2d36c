package settings_test

import (
	"strings"
	"testing"

	"rawtcpcom/gokrazy/settings"
)

// A secret in the router's address would be shown to whoever opens the page, in logs
// and on a stick's result, and no router would get it.
func TestASecretInTheRoutersAddress(t *testing.T) {
	for _, address := range []string{"ws://box:sesame@192.168.1.20:8080/ws", "ws://box:sesame@192.168.1.20:99999/ws", "http://box:sesame@192.168.1.20:8080/ws", "box:sesame@192.168.1.20", "wss://box:sesame@[::1/ws", "ws://box:sesame@192.168.1.20:8080/a b"} {
		problems := settings.Values{"robot.address": address}.Check()
		if len(problems) != 1 || strings.Contains(problems[0].String(), "sesame") {
			t.Errorf("%s: %v", address, problems)
		}
	}
}
