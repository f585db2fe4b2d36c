package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"

	"rawtcpcom/gokrazy/adminclient"
	"rawtcpcom/gokrazy/pack"
	"rawtcpcom/gokrazy/rollback"
)

func update(ctx context.Context, b pack.Build, host string, asked settings) error {
	if _, err := reach(ctx, b, host, asked); err != nil {
		return err
	}
	b.Config.SendTo(host)
	announce("Updating "+host, b)
	return b.Update(ctx)
}

// push sends the root file system alone. It is what a lab should use: kernel
// and boot partition stay, so a box that does not come up well can go back.
func push(ctx context.Context, b pack.Build, host string, asked settings) error {
	box, err := reach(ctx, b, host, asked)
	if err != nil {
		return err
	}
	announce("Updating the root file system of "+host, b)
	const path = "build/root.squashfs"
	if err := b.Root(ctx, path); err != nil {
		return err
	}
	fmt.Println("  sending it")
	if err := box.UpdateRoot(ctx, path); err != nil {
		return err
	}
	fmt.Printf("\n%s restarts with it now. If its relay does not serve within %.0f minutes, it goes back by itself.\n", host, rollback.Patience.Minutes())
	return nil
}

// reach is the box's administration, once it is known that it answers. What
// the box was told of its robot and nobody asks to change stays as it is: an
// update must not lead a box to another robot.
func reach(ctx context.Context, b pack.Build, host string, asked settings) (*adminclient.Box, error) {
	name, port := b.Config.Where(host)
	password, err := pack.Password()
	if err != nil {
		return nil, err
	}
	box := adminclient.TCP(&url.URL{Scheme: "http", Host: net.JoinHostPort(name, port)}, password)
	status, err := box.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask %s for its robot's address, which the update is to keep: %w", host, err)
	}
	for _, s := range status.Services {
		if s.Path == "/user/relay" {
			asked.keep(s.Args).apply(b.Config)
		}
	}
	return box, nil
}

// keep is the settings with those that nobody asked for taken from a command
// line of the relay.
func (s settings) keep(args []string) settings {
	for _, arg := range args {
		name, value, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch {
		case name == "router" && s.router == "":
			s.router = value
		case name == "backend" && s.backend == "":
			s.backend = value
		}
	}
	return s
}
