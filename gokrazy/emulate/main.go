// Command emulate runs the image in an emulated Raspberry Pi, to play with by
// hand: what the box writes to its serial port is shown, and its ports can be
// reached from this machine.
//
// It is a toy, and the image may be one for a real robot. So the box reaches
// nothing but the robot that it is led to: a simulated one, which this program
// starts, at the address that the image dials.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"rawtcpcom/gokrazy/emulator"
)

type options struct {
	image, dir  string
	fresh, keep bool
	robot       string
	outside     bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var o options
	flag.StringVar(&o.image, "image", "build/rawtcpcom.img", "the image to start; it is copied, and the copy, the card, is kept between runs")
	flag.StringVar(&o.dir, "dir", "build/emulated", "where the card is kept")
	flag.BoolVar(&o.fresh, "fresh", false, "start with a new card")
	flag.BoolVar(&o.keep, "keep", false, "start with the card that there is, though the image was made anew since")
	flag.StringVar(&o.robot, "robot", "", "`host:port` of a router to lead the box to, on this machine or any other: it moves what is behind it; or none; without this, a simulated robot is started")
	flag.BoolVar(&o.outside, "outside", false, "let the box reach the real network, with each robot in it")
	flag.Parse()
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "emulate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) error {
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	card := filepath.Join(o.dir, "card.img")
	if err := prepare(o, card, out); err != nil {
		return err
	}
	dialled, err := emulator.RobotOf(card)
	if err != nil {
		return err
	}
	address, err := emulator.RobotAddress(dialled.Router)
	if err != nil {
		return fmt.Errorf("%w; make image ROUTER=ws://192.168.1.20:8080/ws makes one that can be emulated", err)
	}
	robot, err := findRobot(ctx, o.robot, dialled.Backend)
	if err != nil {
		return err
	}
	defer robot.stop()
	pi, err := emulator.Start(ctx, emulator.Options{Card: card, Dir: o.dir, Console: out, Robot: address, Outside: o.outside})
	if err != nil {
		return err
	}
	defer pi.Stop()
	if err := pi.RobotAt(robot.address); err != nil {
		return err
	}
	if _, err := io.WriteString(out, greeting(pi.Addr, dialled, robot, o.outside)); err != nil {
		return err
	}
	for {
		if err := pi.WaitReboot(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		if _, err := io.WriteString(out, "\n--- the box has restarted itself ---\n\n"); err != nil {
			return err
		}
	}
}

// greeting says what there is, in commands that can be pasted. addr is where a
// port of the box is on this machine.
func greeting(addr func(port int) string, dialled emulator.Robot, r robot, outside bool) string {
	host, port, err := net.SplitHostPort(addr(emulator.RelayPort))
	if err != nil {
		host, port = addr(emulator.RelayPort), ""
	}
	network := "It reaches nothing else: no other robot, no internet."
	if outside {
		network = "IT REACHES THE REAL NETWORK TOO (-outside), with each robot in it."
	}
	dials := "Its relay dials " + dialled.Dialled() + ", which leads to"
	if !dialled.Set {
		dials = "No robot is set. Set " + dialled.Router + " on the page, which leads to"
	}
	return fmt.Sprintf(`The emulated Pi starts; its serial port is shown below. In half a minute, from
this machine:

    nc %s %s
    http://%s/   the page
    http://%s/   the administration (user gokrazy)

%s %s.
%s
Ctrl-C pulls the plug.

`, host, port, addr(emulator.PagePort), addr(emulator.AdminPort), dials, r.is, network)
}

var errBoth = errors.New("-fresh wants a new card and -keep the old one; leave one out")
