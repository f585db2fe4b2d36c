package settings_test

import (
	"maps"
	"os"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/settings"
)

// A value that this version cannot use, as a newer one may have kept it before it
// was taken back, neither leads to the robot of before nor takes the password away.
func TestAValueThatThisVersionDoesNotKnow(t *testing.T) {
	const hash = "$2a$04$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
	const robot, other = "ws://192.168.1.21:8080/ws", "ws://192.168.1.20:8080/ws"
	for _, c := range []struct {
		name, file, previous string
		want                 settings.Values
	}{
		{"one value", "[robot]\naddress='" + robot + "'\n[stops]\non-disconnect='freeze'\n[page]\npassword='" + hash + "'\n", "[robot]\naddress='" + other + "'\n[stops]\non-disconnect='clear'\n",
			settings.Values{"robot.address": robot, "stops.on-disconnect": "clear", "page.password": hash}},
		{"a value of another kind", "[robot]\naddress='" + robot + "'\n[stops]\non-disconnect=[1]\n[page]\npassword='" + hash + "'\n", "[robot]\naddress='" + other + "'\n",
			settings.Values{"robot.address": robot, "page.password": hash}},
		{"the robot's, in both", "[robot]\naddress='" + robot + "'\nsoftware='v3'\n[page]\npassword='" + hash + "'\n", "[robot]\naddress='" + robot + "'\nsoftware='v3'\n",
			settings.Values{"page.password": hash}},
		{"what goes only together", "[robot]\naddress='" + robot + "'\nauth-id='x'\n[page]\npassword='" + hash + "'\n", "[robot]\naddress='" + other + "'\n",
			settings.Values{"page.password": hash}},
		{"what goes only together elsewhere", "[robot]\naddress='" + robot + "'\n[network]\nmode='static'\n[page]\npassword='" + hash + "'\n", "[robot]\naddress='" + other + "'\n[box]\nname='one'\n",
			settings.Values{"box.name": "one", "page.password": hash}},
		{"a password of another kind", "[page]\npassword='$argon2id$" + strings.Repeat("x", 80) + "'\n", "", settings.Values{"page.password": "$argon2id$" + strings.Repeat("x", 80)}},
		{"nothing that can be read", "[robot", "[robot]\naddress='" + other + "'\n[box]\nname='one'\n", settings.Values{"box.name": "one"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := settings.Store{Dir: t.TempDir()}
			for path, text := range map[string]string{s.Path(): c.file, s.Path() + ".previous": c.previous} {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, problems, err := s.Load()
			if err != nil || len(problems) == 0 || !maps.Equal(got, c.want) {
				t.Errorf("in force are %v, %v, %v; want %v, and a problem", got, problems, err, c.want)
			}
		})
	}
}
