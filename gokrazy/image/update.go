package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"

	"rawtcpcom/gokrazy/adminclient"
	"rawtcpcom/gokrazy/pack"
	"rawtcpcom/gokrazy/rollback"
)

func update(ctx context.Context, b pack.Build, host string) error {
	if _, err := reach(ctx, b, host); err != nil {
		return err
	}
	b.Config.SendTo(host)
	announce("Updating "+host, b)
	return b.Update(ctx)
}

// push sends the root file system alone. It is what a lab should use: kernel
// and boot partition stay, so a box that does not come up well can go back.
func push(ctx context.Context, b pack.Build, host string) error {
	box, err := reach(ctx, b, host)
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

// reach is the box's administration, once it is known that it answers.
func reach(ctx context.Context, b pack.Build, host string) (*adminclient.Box, error) {
	name, port := b.Config.Where(host)
	password, err := pack.Password()
	if err != nil {
		return nil, err
	}
	box := adminclient.TCP(&url.URL{Scheme: "http", Host: net.JoinHostPort(name, port)}, password)
	status, err := box.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask %s what it was told of its robot, which the update is to keep: %w", host, err)
	}
	carry(status, b.Config, os.Stdout)
	return box, nil
}
