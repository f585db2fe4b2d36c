package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"

	"rawtcpcom/gokrazy/admin"
	"rawtcpcom/gokrazy/pack"
)

func update(ctx context.Context, b pack.Build, host string) error {
	b.Config.Update.Hostname, b.Config.Update.HTTPPort = splitHost(host, b.Config.Update.HTTPPort)
	announce("Updating "+host, b)
	return b.Update(ctx)
}

// push sends the root file system alone. It is what a lab should use: kernel
// and boot partition stay, so a box that does not come up well can go back.
func push(ctx context.Context, b pack.Build, host string) error {
	name, port := splitHost(host, b.Config.Update.HTTPPort)
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

// splitHost allows HOST to carry a port, for a box behind a forwarded one.
func splitHost(host, port string) (string, string) {
	if name, own, err := net.SplitHostPort(host); err == nil {
		return name, own
	}
	return strings.Trim(host, "[]"), port
}
