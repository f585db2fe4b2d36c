package settings_test

import (
	"maps"
	"slices"
	"testing"

	"rawtcpcom/gokrazy/settings"
)

func TestOver(t *testing.T) {
	now := settings.Values{"box.name": "lab2", "robot.auth-id": "box", "robot.auth-secret": "sesame", "network.address": "192.168.1.7/24"}
	for name, c := range map[string]struct {
		file string
		over settings.Values
		line int    // of the problem
		key  string // of it; empty for none
	}{
		"one":                     {"[robot]\nrealm = \"lab\"\n", settings.Values{"robot.realm": "lab"}, 0, ""},
		"nothing":                 {"", settings.Values{}, 0, ""},
		"what the rest goes with": {"[network]\nmode = \"static\"\n", settings.Values{"network.mode": "static"}, 0, ""},
		"one of two":              {"[robot]\nauth-secret = \"other\"\n", settings.Values{"robot.auth-secret": "other"}, 0, ""},
		"undone":                  {"[network]\naddress = \"\"\n", settings.Values{"network.address": ""}, 0, ""},
		"no longer together":      {"[robot]\nauth-secret = \"\"\n", nil, 2, "robot.auth-secret"},
		"not with the rest":       {"[network]\nmode = \"static\"\ngateway = \"10.0.0.1\"\n", nil, 3, "network.gateway"},
		"misspelt":                {"[robot]\nrealms = \"lab\"\n", nil, 2, "robot.realms"},
		"a bad value":             {"\n[box]\nname = \"Lab 2\"\n", nil, 3, "box.name"},
		"no TOML":                 {"[box\n", nil, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			before := maps.Clone(now)
			next, named, problems := settings.Over(now, []byte(c.file))
			if !maps.Equal(now, before) {
				t.Errorf("those in force were changed to %v", now)
			}
			if c.over == nil {
				if len(problems) == 0 || next != nil || named != nil || problems[0].Line != c.line || problems[0].Key != c.key {
					t.Errorf("it gave %v, %v, %+v; want a problem of %s in line %d", next, named, problems, c.key, c.line)
				}
				return
			}
			want := maps.Clone(now)
			maps.Copy(want, c.over)
			if len(problems) > 0 || !maps.Equal(next, want) || !maps.Equal(named, c.over) {
				t.Errorf("it gave %v, %v, %v; want %v", next, named, problems, want)
			}
		})
	}
}

func TestLines(t *testing.T) {
	v := settings.Values{"box.name": "lab2", "robot.realm": "Käse", "network.ntp": "a,b", "access.max-clients": "2", "robot.ca": "one\ntwo", "robot.auth-secret": ""}
	want := []string{`robot.realm = "Käse"`, `robot.auth-secret = ""`, "robot.ca = (2 lines)", `box.name = "lab2"`, `network.ntp = ["a", "b"]`, "access.max-clients = 2"}
	if got := v.Lines(); !slices.Equal(got, want) {
		t.Errorf("the lines are %q; want %q", got, want)
	}
	if v.HasSecrets() || !(settings.Values{"page.password": "x"}).HasSecrets() {
		t.Error("secrets are not seen")
	}
	if !v.HasSection("network") || v.HasSection("lamps") {
		t.Error("sections are not seen")
	}
}
