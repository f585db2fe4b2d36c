// Command emulate runs the image in an emulated Raspberry Pi, to play with by
// hand: what the box writes to its serial port is shown, and its ports can be
// reached from this machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"rawtcpcom/gokrazy/emulator"
	"rawtcpcom/gokrazy/instance"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "emulate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	image := flag.String("image", "build/rawtcpcom.img", "the image to start; it is copied, and the copy is kept between runs")
	fresh := flag.Bool("fresh", false, "start with a new card")
	here := flag.String("robot", "127.0.0.1:8080", "where the robot's router is on this machine")
	flag.Parse()

	config, err := instance.Load(instance.Dir)
	if err != nil {
		return err
	}
	router, _ := config.Flag("rawtcpcom/relay", "router")
	robot, err := emulator.RobotAddress(router)
	if err != nil {
		return err
	}
	dir := "build/emulated"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	card := dir + "/card.img"
	if _, err := os.Stat(card); *fresh || errors.Is(err, os.ErrNotExist) {
		if err := emulator.CopyCard(*image, card); err != nil {
			return fmt.Errorf("%w (make image makes it)", err)
		}
	}
	pi, err := emulator.Start(ctx, emulator.Options{Card: card, Dir: dir, Console: os.Stdout, Robot: robot})
	if err != nil {
		return err
	}
	defer pi.Stop()
	if err := pi.RobotAt(*here); err != nil {
		return err
	}
	fmt.Printf(`The emulated Pi starts; its serial port is shown below. From this machine:

    relay            nc %s
    page             http://%s/
    administration   http://%s/   (user gokrazy)

It looks for the robot's router at %v, which leads to %s on this machine.
Ctrl-C pulls the plug.

`, pi.Addr(emulator.RelayPort), pi.Addr(emulator.PagePort), pi.Addr(emulator.AdminPort), robot, *here)
	for {
		if err := pi.WaitReboot(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		if _, err := io.WriteString(os.Stdout, "\n--- the box has restarted itself ---\n\n"); err != nil {
			return err
		}
	}
}
