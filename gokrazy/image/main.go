// Command image makes the image of the box, writes it to a card and updates
// a running box. The Makefile calls it; each of its commands is a target
// there.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"rawtcpcom/gokrazy/instance"
	"rawtcpcom/gokrazy/pack"
)

const usage = `usage: image [-router URL] [-backend NAME] COMMAND ARGUMENT

  build FILE    make the image of a whole card
  root FILE     make the root file system alone, for a root-only update
  flash DEVICE  write the card in a drive, such as /dev/sdX
  update HOST   send this version to a running box (kernel and boot partition too)
  push HOST     send a root file system only: the update that can be rolled back

flags:
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if errors.Is(err, errUsage) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage")

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	var first asked
	flags.StringVar(&first.router, "router", "", "with build and flash: the robot's router, such as ws://192.168.1.20:8080/ws; without it, it is set on the box's page")
	flags.StringVar(&first.backend, "backend", "", "with build and flash: the robot's software, driver or otone (default: driver)")
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	if flags.Parse(args) != nil {
		return errUsage
	}
	command, argument := flags.Arg(0), flags.Arg(1)
	if command == finishCommand && flags.NArg() <= 3 {
		return finish(argument, flags.Arg(2))
	}
	if flags.NArg() != 2 || argument == "" {
		flags.Usage()
		return errUsage
	}
	onCard, err := first.settings(command, argument)
	if err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		return errUsage
	}
	b, err := sourceBuild(ctx)
	if err != nil {
		return err
	}
	switch command {
	case "build":
		return build(ctx, b, argument, onCard)
	case "root":
		return root(ctx, b, argument)
	case "flash":
		return flash(ctx, b, argument, onCard, os.Stdin)
	case "update":
		return update(ctx, b, argument)
	case "push":
		return push(ctx, b, argument)
	default:
		fmt.Fprintf(os.Stderr, "image: no such command: %s\n", command)
		flags.Usage()
		return errUsage
	}
}

// sourceBuild is the build of the source tree in the working directory.
func sourceBuild(ctx context.Context) (pack.Build, error) {
	top, err := os.Getwd()
	if err != nil {
		return pack.Build{}, fmt.Errorf("find the source tree: %w", err)
	}
	config, err := instance.Load(instance.Dir)
	if err != nil {
		return pack.Build{}, fmt.Errorf("%w (run this at the top of the source tree, as make does)", err)
	}
	stamp, err := pack.SourceStamp(ctx, top)
	if err != nil {
		return pack.Build{}, err
	}
	return pack.Build{Top: top, Parent: "build", Config: config, Stamp: stamp, Log: os.Stdout}, nil
}
