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
	"slices"
	"syscall"

	"rawtcpcom/gokrazy/instance"
	"rawtcpcom/gokrazy/pack"
)

const usage = `usage: image [-router URL] [-backend NAME] COMMAND [ARGUMENT]

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
	router := flags.String("router", "", "the robot's router, such as ws://192.168.1.20:8080/ws (default: the one in "+instance.Dir+"/config.json)")
	backend := flags.String("backend", "", "the robot's software, driver or otone (default: driver)")
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	if flags.Parse(args) != nil {
		return errUsage
	}
	if flags.NArg() != 2 || flags.Arg(1) == "" {
		flags.Usage()
		return errUsage
	}
	if flags.Arg(0) == clearPermCommand {
		return clearPerm(flags.Arg(1))
	}
	if !slices.Contains([]string{"", "driver", "otone"}, *backend) {
		fmt.Fprintf(os.Stderr, "image: no such backend: %s; the robot's software is driver (2016) or otone (otone_backend, from July 2016)\n", *backend)
		return errUsage
	}
	asked := settings{*router, *backend}
	b, err := sourceBuild(ctx, asked)
	if err != nil {
		return err
	}
	switch command, argument := flags.Arg(0), flags.Arg(1); command {
	case "build":
		return build(ctx, b, argument, asked)
	case "root":
		return root(ctx, b, argument, asked)
	case "flash":
		return flash(ctx, b, argument, os.Stdin)
	case "update":
		return update(ctx, b, argument, asked)
	case "push":
		return push(ctx, b, argument, asked)
	default:
		fmt.Fprintf(os.Stderr, "image: no such command: %s\n", command)
		flags.Usage()
		return errUsage
	}
}

// settings are what differs from lab to lab; empty for what is not asked for.
type settings struct{ router, backend string }

// String is how they are asked for again, after a make command.
func (s settings) String() string {
	text := ""
	if s.router != "" {
		text += " ROUTER=" + s.router
	}
	if s.backend != "" {
		text += " BACKEND=" + s.backend
	}
	return text
}

// apply sets the relay's flags.
func (s settings) apply(c instance.Config) {
	const relay = "rawtcpcom/relay"
	if s.router != "" {
		c.SetFlag(relay, "router", s.router)
	}
	if s.backend != "" {
		c.SetFlag(relay, "backend", s.backend)
	}
}

// sourceBuild is the build of the source tree in the working directory, with
// those settings.
func sourceBuild(ctx context.Context, asked settings) (pack.Build, error) {
	top, err := os.Getwd()
	if err != nil {
		return pack.Build{}, fmt.Errorf("find the source tree: %w", err)
	}
	config, err := instance.Load(instance.Dir)
	if err != nil {
		return pack.Build{}, fmt.Errorf("%w (run this at the top of the source tree, as make does)", err)
	}
	asked.apply(config)
	stamp, err := pack.SourceStamp(ctx, top)
	if err != nil {
		return pack.Build{}, err
	}
	return pack.Build{Top: top, Parent: "build", Config: config, Stamp: stamp, Log: os.Stdout}, nil
}
