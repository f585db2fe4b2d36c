package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"rawtcpcom/gokrazy/settings"
)

func TestSystemFollowsTheSettings(t *testing.T) {
	file := filepath.Join(t.TempDir(), "remote_syslog", "target")
	var names []string
	fresh := func() *system {
		return &system{syslog: file, log: slog.New(slog.DiscardHandler), setName: func(name string) error { names = append(names, name); return nil }}
	}
	s := fresh()
	for _, step := range []struct {
		is           settings.Values
		name, target string
	}{
		{settings.Values{}, "rawtcpcom", ""},
		{settings.Values{"box.name": "bench-2", "log.server": "10.0.0.9:514"}, "bench-2", "10.0.0.9:514"},
		{settings.Values{"log.server": "logs.lab:514"}, "rawtcpcom", "logs.lab:514"},
		{settings.Values{}, "rawtcpcom", ""},
	} {
		s.use(step.is)
		if got := names[len(names)-1]; got != step.name {
			t.Errorf("%v: the host name is %q", step.is, got)
		}
		if text, _ := os.ReadFile(file); string(text) != step.target {
			t.Errorf("%v: the log goes to %q", step.is, text)
		}
	}
	// What somebody has put on the card by hand stays.
	if err := os.WriteFile(file, []byte("10.0.0.8:514"), 0o644); err != nil {
		t.Fatal(err)
	}
	s = fresh()
	s.use(settings.Values{})
	s.use(settings.Values{"box.name": "bench-3"})
	if text, _ := os.ReadFile(file); string(text) != "10.0.0.8:514" {
		t.Errorf("the file that somebody wrote by hand holds %q", text)
	}
}
