package main

import (
	"context"
	"fmt"
	"net"
	"net/url"

	"rawtcpcom/gokrazy/admin"
	"rawtcpcom/gokrazy/pack"
)

func update(ctx context.Context, b pack.Build, host string) error {
	b.Config.SendTo(host)
	announce("Updating "+host, b)
	return b.Update(ctx)
}

// push sends the root file system alone. It is what a lab should use: kernel
// and boot partition stay, so a box that does not come up well can go back.
func push(ctx context.Context, b pack.Build, host string) error {
	name, port := b.Config.Where(host)
	password, err := pack.Password()
	if err != nil {
		return err
	}
	announce("Updating the root file system of "+host, b)
	const path = "build/root.squashfs"
	if err := b.Root(ctx, path); err != nil {
		return err
	}
	box := admin.TCP(&url.URL{Scheme: "http", Host: net.JoinHostPort(name, port)}, password)
	fmt.Println("  sending it")
	if err := box.UpdateRoot(ctx, path); err != nil {
		return err
	}
	fmt.Printf("\n%s restarts with it now. If its relay does not serve within three minutes, it goes back by itself.\n", host)
	return nil
}
