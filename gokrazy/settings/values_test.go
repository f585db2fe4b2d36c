package settings_test

import (
	"slices"
	"testing"

	"rawtcpcom/gokrazy/settings"
)

func TestArgs(t *testing.T) {
	v := settings.Values{
		"robot.address": "ws://192.0.2.20:8080/ws", "robot.software": "otone", "access.allow": "private", "access.console": "true",
		"access.max-clients": "2", "stops.on-disconnect": "halt", "lamps.wamp": "none", "lamps.active-low": "true", "lines.terminator": "",
		"box.name": "lab2", "page.password": "correct horse", "robot.auth-secret": "sesame",
	}
	for program, want := range map[settings.Program][]string{
		settings.Relay:  {"-router=ws://192.0.2.20:8080/ws", "-backend=otone", "-allow=private", "-max-clients=2", "-on-disconnect=halt"},
		settings.Status: {"-allow=private", "-console=true", "-wamp-led=none", "-active-low=true"},
	} {
		if got := v.Args(program); !slices.Equal(got, want) {
			t.Errorf("%s gets %q; want %q", program, got, want)
		}
	}
	if got := (settings.Values{}).Args(settings.Relay); len(got) > 0 {
		t.Errorf("without settings the relay gets %q", got)
	}
}

func TestGet(t *testing.T) {
	v := settings.Values{"access.exclusive": "true", "network.ntp": "a, b,,c"}
	if !v.On("access.exclusive") || v.On("access.console") || v.Get("lamps.wamp") != "GPIO17" {
		t.Errorf("exclusive %v, console %v, lamp %s", v.On("access.exclusive"), v.On("access.console"), v.Get("lamps.wamp"))
	}
	if got := v.List("network.ntp"); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("the list is %q", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a slip in a key goes unseen")
		}
	}()
	v.Get("access.exklusive")
}

// A setting that is set to its default is no change to anybody.
func TestChanged(t *testing.T) {
	changed := settings.Values{"box.name": "rawtcpcom", "robot.realm": "lab"}.Changed(settings.Values{"lines.terminator": "lf"})
	var keys []string
	for _, s := range changed {
		keys = append(keys, s.Key)
	}
	if !slices.Equal(keys, []string{"robot.realm", "lines.terminator"}) {
		t.Errorf("changed are %q", keys)
	}
}

func TestClone(t *testing.T) {
	v := settings.Values{"box.name": "a"}
	v.Clone()["box.name"] = "b"
	if v["box.name"] != "a" {
		t.Error("a change of the copy changed the original")
	}
	settings.Values(nil).Clone()["box.name"] = "b" // and one of nothing can be written to
}
