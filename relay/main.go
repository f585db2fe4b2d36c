// Command relay lets plain TCP clients talk to an Opentrons OT-One over
// crossbar.io. README.md says how to run it, relay/wire/README.md how to talk to
// it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"rawtcpcom/relay/program"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(program.Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
