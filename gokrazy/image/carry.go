package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"rawtcpcom/gokrazy/adminclient"
	"rawtcpcom/gokrazy/instance"
	"rawtcpcom/gokrazy/settings"
)

// Before there were settings, boxes were told of their robot by flags in the image,
// which the first update to one with settings would strip. So that update hands them on:
// the relay is started with each as a -first-setting, and writes them into the
// settings where there are none yet. From then on they are in the settings, and no
// update has to know of them.

// carry hands on what a box was told by flags and is told by settings from now on.
func carry(box adminclient.Status, config instance.Config, out io.Writer) {
	values, lost := told(box)
	if len(values) == 0 && len(lost) == 0 {
		return
	}
	const relay = "rawtcpcom/relay"
	p := config.PackageConfig[relay]
	p.CommandLineFlags = slices.Clone(p.CommandLineFlags)
	for _, s := range settings.All() {
		if value, given := values[s.Key]; given {
			p.CommandLineFlags = append(p.CommandLineFlags, "-first-setting="+s.Key+"="+value)
			fmt.Fprintf(out, "  %s (%s) stays %s, and is among the settings of the box's page from now on\n", s.Title, s.Key, value)
		}
	}
	config.PackageConfig[relay] = p
	for _, flag := range lost {
		fmt.Fprintf(out, "  %s of the box is NOT kept: set it on the box's page after the update\n", flag)
	}
}

// noSetting are flags that name a file of the box, and what goes with these.
var noSetting = []string{"auth-id", "auth-secret-file", "auth-ticket-in-clear", "router-ca"}

// told is what the flags of a box's programs say, and which of them cannot be
// handed on. What both programs were told, the relay's counts.
func told(box adminclient.Status) (values settings.Values, lost []string) {
	values = settings.Values{}
	for _, program := range []settings.Program{settings.Status, settings.Relay} {
		i := slices.IndexFunc(box.Services, func(s adminclient.Service) bool { return s.Path == "/user/"+string(program) })
		if i < 0 {
			continue
		}
		var args []string
		for _, arg := range box.Services[i].Args {
			name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
			if program == settings.Relay && name == "settings" {
				return nil, nil // it has settings already
			}
			if strings.HasPrefix(arg, "-") && slices.Contains(noSetting, name) {
				lost = append(lost, name)
				continue
			}
			args = append(args, arg)
		}
		maps.Copy(values, settings.FromArgs(program, args))
	}
	for _, p := range values.Check() { // as no program should have been started with
		delete(values, p.Key)
		lost = append(lost, p.Key)
	}
	return values, lost
}
