package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rawtcpcom/gokrazy/adminclient"
	"rawtcpcom/gokrazy/instance"
	"rawtcpcom/gokrazy/pack"
	"rawtcpcom/gokrazy/settings"
)

// The first update of a box that was told of its robot by flags hands them on to
// its settings; a box with settings keeps these by itself.
func TestUpdateKeepsWhatTheBoxWasTold(t *testing.T) {
	password(t)
	for name, c := range map[string]struct {
		relay, status []string
		want          []string
	}{
		"flags": {
			[]string{"/user/relay", "-router=ws://192.0.2.1:31947/ws", "-max-clients=2", "-backend=otone", "-exclusive", "-data=/perm/relay", "-on-disconnect=halt"},
			[]string{"/user/status", "-router=no", "-wamp-led=GPIO4"},
			[]string{"robot.address=ws://192.0.2.1:31947/ws", "robot.software=otone", "access.max-clients=2", "access.exclusive=true", "stops.on-disconnect=halt", "lamps.wamp=GPIO4"},
		},
		"settings": {[]string{"/user/relay", "-settings=/perm/settings/settings.toml", "-first-setting=robot.address=ws://192.0.2.1:31947/ws"}, nil, nil},
		"secret": {
			[]string{"/user/relay", "-router=wss://192.0.2.1/ws", "-auth-id=box", "-auth-secret-file=/perm/secret"}, nil,
			[]string{"robot.address=wss://192.0.2.1/ws"},
		},
	} {
		box := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = json.NewEncoder(w).Encode(adminclient.Status{Services: []adminclient.Service{{Path: "/user/status", Args: c.status}, {Path: "/user/relay", Args: c.relay}}})
		}))
		config := loadConfig(t)
		if _, err := reach(t.Context(), pack.Build{Config: config}, strings.TrimPrefix(box.URL, "http://")); err != nil {
			t.Fatal(err)
		}
		box.Close()
		var got []string
		for _, flag := range config.PackageConfig["rawtcpcom/relay"].CommandLineFlags {
			if first, ok := strings.CutPrefix(flag, "-first-setting="); ok {
				got = append(got, first)
			}
		}
		slices.Sort(c.want)
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: handed on is %q, not %q", name, got, c.want)
		}
	}
}

// What is asked for is checked before anything is built, and refused where it would
// be without effect.
func TestWhatIsAskedForIsChecked(t *testing.T) {
	for _, c := range []struct {
		command, argument string
		asked             asked
		says              string
	}{
		{"build", "x.img", asked{"192.168.1.20", ""}, "write ROUTER=ws://192.168.1.20:8080/ws"},
		{"build", "x.img", asked{"192.168.1.20", "otone"}, "write ROUTER=ws://192.168.1.20:31947/ws"},
		{"flash", "/dev/x", asked{"ws://192.168.1.20:80800/ws", ""}, "a port is between 1 and 65535"},
		{"flash", "/dev/x", asked{"", "robot"}, "BACKEND=robot is not driver"},
		{"push", "lab-box:8081", asked{"ws://192.168.1.20:8080/ws", ""}, "set the robot's address on the page of the box, http://lab-box/"},
		{"update", "rawtcpcom", asked{"", "otone"}, "leave out ROUTER= and BACKEND="},
		{"root", "x", asked{"", "otone"}, "http://rawtcpcom/"},
	} {
		if _, err := c.asked.settings(c.command, c.argument); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %+v: %v, without %q", c.command, c.asked, err, c.says)
		}
	}
	file, err := asked{"ws://192.168.1.20:31947/ws", "otone"}.settings("build", "x.img")
	if err != nil {
		t.Fatal(err)
	}
	values, problems := settings.Parse(file)
	if want := (settings.Values{"robot.address": "ws://192.168.1.20:31947/ws", "robot.software": "otone"}); !values.Equal(want) {
		t.Errorf("the card is given %v, %v", values, problems)
	}
	if file, err := (asked{}).settings("push", "rawtcpcom"); file != nil || err != nil {
		t.Errorf("nothing asked for: %q, %v", file, err)
	}
}

func loadConfig(t *testing.T) instance.Config {
	t.Helper()
	config, err := instance.Load(filepath.Join("..", "..", instance.Dir))
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func TestUpdateOfABoxThatDoesNotAnswer(t *testing.T) {
	box := httptest.NewServer(http.NotFoundHandler())
	box.Close()
	password(t)
	if _, err := reach(t.Context(), pack.Build{Config: loadConfig(t)}, strings.TrimPrefix(box.URL, "http://")); err == nil {
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
