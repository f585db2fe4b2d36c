// Command release makes what is given to people, and checks that it may be.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"rawtcpcom/gokrazy/licence"
)

const usage = `usage: release COMMAND

  licences    write the licences of everything that is shipped
  check       say which library may not be shipped
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage")

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	flags.Usage = func() { fmt.Fprint(flags.Output(), usage); flags.PrintDefaults() }
	if flags.Parse(args) != nil {
		return errUsage
	}
	switch flags.Arg(0) {
	case "licences":
		all, err := licence.All(ctx, ".")
		if err != nil {
			return err
		}
		return licence.WriteNotices(os.Stdout, all)
	case "check":
		_, err := licence.Libraries(ctx, ".")
		return err
	}
	flags.Usage()
	return errUsage
}
