package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rawtcpcom/gokrazy/card"
	"rawtcpcom/gokrazy/settings"
	"rawtcpcom/relay/routerurl"
	"rawtcpcom/relay/wire"
)

// What a lab says when it makes a card is not part of the image: it is a file of
// settings on the card's boot partition, which the box takes when it starts and
// keeps among its own. So an update has nothing of it to strip.

// settingsFile is its name, which the program stick looks for.
const settingsFile = "rawtcpcom.toml"

// asked is what a lab says of its robot; empty where it is not said.
type asked struct{ router, backend string }

// settings is the file that says so, nil where nothing was asked for.
func (a asked) settings(command, argument string) ([]byte, error) {
	if a == (asked{}) {
		return nil, nil
	}
	if !slices.Contains([]string{"build", "flash"}, command) {
		host := "rawtcpcom"
		if command != "root" {
			host, _, _ = strings.Cut(argument, ":")
		}
		return nil, fmt.Errorf("an update leaves the settings of the box as they are; leave out ROUTER= and BACKEND=, and set the robot's address on the page of the box, http://%s/, under Settings", host)
	}
	values, err := a.values()
	if err != nil {
		return nil, err
	}
	if err := card.CanPut(); err != nil {
		return nil, fmt.Errorf("put ROUTER= on the card: %w", err)
	}
	// The box takes each file once. The time makes this another than the one
	// before, so that a card that is flashed again is for this robot again.
	head := fmt.Sprintf("# Written when the card was made, %s.\n", time.Now().Format(time.DateTime))
	return append([]byte(head), values.TOML(settings.WithSecrets)...), nil
}

func (a asked) values() (settings.Values, error) {
	values := settings.Values{}
	usual := wire.DriverDialect.Router
	switch a.backend {
	case "":
	case wire.DriverDialect.Name:
		values["robot.software"] = a.backend
	case wire.OToneDialect.Name:
		usual, values["robot.software"] = wire.OToneDialect.Router, a.backend
	default:
		return nil, fmt.Errorf("BACKEND=%s is not driver (2016) or otone (otone_backend, from July 2016)", a.backend)
	}
	if a.router == "" {
		return values, nil
	}
	_, err := routerurl.Parse(a.router, usual)
	if wrong := (*routerurl.Error)(nil); errors.As(err, &wrong) {
		text := fmt.Sprintf("ROUTER=%s %s", wrong.Given, wrong.Is)
		if wrong.Write != "" {
			text += "; write ROUTER=" + wrong.Write
		}
		return nil, errors.New(text)
	}
	if err != nil {
		return nil, err
	}
	values["robot.address"] = a.router
	if problems := values.Check(); len(problems) > 0 {
		return nil, settings.Problems(problems)
	}
	return values, nil
}
