package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/brutella/dnssd"

	"rawtcpcom/relay/machine"
	"rawtcpcom/relay/state"
	"rawtcpcom/relay/version"
)

// services are what is to be found in the box. The page is announced under the
// plain name, where the box has it, which holds that name; the others under the
// own, which stays.
var services = []struct {
	kind  string
	port  int
	plain bool
	path  string
}{
	{kind: "_http._tcp", port: 80, plain: true, path: "/"},
	{kind: "_opentrons-raw._tcp", port: 7887},
	{kind: "_prometheus-http._tcp", port: 80, path: "/metrics"},
}

// announcer answers and announces, with the robot's state as the relay tells it.
type announcer struct {
	responder dnssd.Responder
	handles   []dnssd.ServiceHandle
	relay     string
	failed    chan error // that of the responder, if it ends too early
	all       sync.WaitGroup
}

func newAnnouncer(c *claims, relay string) (*announcer, error) {
	problem := func(err error) (*announcer, error) { return nil, fmt.Errorf("announce the box: %w", err) }
	responder, err := dnssd.NewResponder()
	if err != nil {
		return problem(err)
	}
	a := &announcer{responder: responder, relay: relay, failed: make(chan error, 1)}
	var ips []net.IP
	for _, address := range c.nic.addresses {
		ips = append(ips, address.AsSlice())
	}
	for i, s := range services {
		config := dnssd.Config{
			Name: c.own(), Type: s.kind, Port: s.port, Host: c.own(), Text: text(i, state.RobotUnknown),
			IPs: ips, Ifaces: []string{c.nic.name}, // two interfaces in one network would conflict with each other
		}
		if s.plain && c.names.Plain != "" {
			config.Host = c.plain
		}
		service, err := dnssd.NewService(config)
		if err != nil {
			return problem(err)
		}
		handle, err := responder.Add(service)
		if err != nil {
			return problem(err)
		}
		a.handles = append(a.handles, handle)
	}
	return a, nil
}

// text is what a service's announcement says beside name and port.
func text(service int, robot state.RobotState) map[string]string {
	serial := machine.Serial("/")
	t := map[string]string{
		"version": version.Version,
		"serial":  serial[strings.LastIndex(serial, " ")+1:],
		"robot":   string(robot),
	}
	if path := services[service].path; path != "" {
		t["path"] = path
	}
	return t
}

// start answers and announces until ctx ends, and then says goodbye.
func (a *announcer) start(ctx context.Context) {
	a.all.Go(func() {
		if err := a.responder.Respond(ctx); ctx.Err() == nil {
			a.failed <- fmt.Errorf("announce the box: %w", err)
		}
	})
}

func (a *announcer) wait() { a.all.Wait() }

// lookEvery is how often the relay is asked for the robot's state.
const lookEvery = time.Second

// follow keeps the announced state of the robot that of the relay, until ctx ends.
func (a *announcer) follow(ctx context.Context) {
	a.all.Go(func() {
		said := state.RobotUnknown
		ticker := time.NewTicker(lookEvery)
		defer ticker.Stop()
		for {
			if robot := robotState(ctx, a.relay); robot != said && ctx.Err() == nil {
				said = robot
				for i, handle := range a.handles {
					handle.UpdateText(text(i, robot), a.responder)
				}
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// halted is what a robot is announced as that takes commands and drops them.
const halted state.RobotState = "halted"

// robotState is what the relay says. While it does not answer, nothing is known.
func robotState(ctx context.Context, relay string) state.RobotState {
	s, err := relayState(ctx, relay)
	switch {
	case err != nil:
		return state.RobotUnknown
	case s.Robot.State == state.RobotPresent && s.Halted.State == state.HaltedYes:
		return halted
	}
	return s.Robot.State
}

func relayState(ctx context.Context, relay string) (s state.State, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, relay+"/state", nil)
	if err != nil {
		return s, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return s, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return s, errors.New(response.Status)
	}
	return s, json.NewDecoder(response.Body).Decode(&s)
}
