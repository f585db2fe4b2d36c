package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/durable"
	"rawtcpcom/relay/place"
)

// system is what the settings change of the system itself, and of gokrazy: the host
// name, which DHCP servers are told and under which page and relay answer, and where
// gokrazy's init sends its log.
type system struct {
	syslog  string // the file in which gokrazy looks for that, at its start
	setName func(string) error
	log     *slog.Logger
	before  settings.Values
}

func newSystem(syslog string, log *slog.Logger) *system {
	s := &system{syslog: syslog, log: log, setName: func(name string) error { return syscall.Sethostname([]byte(name)) }}
	if place.Here() != place.Box {
		s.setName = func(string) error { return nil } // a PC keeps its name
	}
	return s
}

// use takes settings that are in force from now on.
func (s *system) use(v settings.Values) {
	if err := s.setName(v.Get("box.name")); err != nil {
		s.log.Error("the box keeps its old host name", "name", v.Get("box.name"), "error", err)
	}
	if err := s.sendLog(v.Get("log.server"), s.before.Get("log.server")); err != nil {
		s.log.Error("the log goes where it went", "error", err)
	}
	s.before = v
}

// sendLog leaves a file alone that somebody has written by hand.
func (s *system) sendLog(server, before string) error {
	if server == "" {
		if before == "" {
			return nil
		}
		if err := durable.Remove(s.syslog); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("send the log nowhere: %w", err)
		}
		return nil
	}
	if now, err := os.ReadFile(s.syslog); err == nil && string(now) == server {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.syslog), 0o755); err != nil {
		return fmt.Errorf("send the log to %s: %w", server, err)
	}
	if err := durable.Write(s.syslog, []byte(server)); err != nil {
		return fmt.Errorf("send the log to %s: %w", server, err)
	}
	s.log.Info("the log goes to another server from the next start on", "server", server)
	return nil
}
