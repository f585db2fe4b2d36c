// Package emulator starts a card in an emulated Raspberry Pi 3 (QEMU's
// raspi3b). It does what the Pi's firmware does: it reads kernel, device tree
// and command line out of the boot partition, so that what is tested is the
// card and nothing beside it.
//
// Differences from the real thing, all of them QEMU's: there is no watchdog
// (QEMU takes its arming for a reset), the network is a USB adapter of at
// most 0.2 MiB/s, and a restart ends in a halted machine, which this package
// starts again as the firmware would.
package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"rawtcpcom/gokrazy/card"
	"rawtcpcom/relay/procgroup"
	"rawtcpcom/relay/testlog"
)

// The box's ports, which are forwarded to ports of this machine.
const (
	RelayPort = 7887
	PagePort  = 80
	AdminPort = 8081 // as in the instance's config.json, which a test holds it to
)

// Options say what to start.
type Options struct {
	Card    string    // the image of the card; the machine writes to it
	Dir     string    // a folder for the kernel and the sockets of this machine, without ' in its name
	Console io.Writer // gets what the box writes to its serial port; may be nil
	Robot   Address   // the router that the box looks for; RobotAt leads it to one
	Outside bool      // let the box reach the real network, and every robot in it
	Virt    bool      // QEMU's own board in place of the Pi, for a card made for it
	Sticks  []string  // images of USB sticks that are plugged in, of a Pi; the box may write to them
}

// Machine is a running emulated Pi.
type Machine struct {
	life    context.Context // of all starts; its end pulls the plug
	options Options
	network network
	console *testlog.Log // of the last start
	steady  bool
	qemu    *procgroup.Group
	exited  chan struct{} // closed when QEMU has ended and been waited for
	Started time.Time     // when the power came
}

// Start turns the power on. The machine runs until Stop or until the context
// ends, which is like pulling the plug too.
func Start(ctx context.Context, o Options) (*Machine, error) {
	n, err := newNetwork(o.Robot, o.Dir)
	if err != nil {
		return nil, fmt.Errorf("start the emulated Pi: %w", err)
	}
	n.outside = o.Outside
	m := &Machine{life: ctx, options: o, network: n}
	if err := m.start(); err != nil {
		return nil, fmt.Errorf("start the emulated Pi: %w", err)
	}
	return m, nil
}

// Restart turns the power on again, after a Stop or when the box has
// restarted itself: kernel and command line are read from the card anew.
func (m *Machine) Restart() error {
	m.Stop()
	if err := m.start(); err != nil {
		return fmt.Errorf("start the emulated Pi again: %w", err)
	}
	return nil
}

// RestartSteady is Restart with a clock that advances by a nanosecond for each
// instruction, which is about what the Pi's processor takes. What the box
// measures then does not depend on how busy this machine is, and the whole
// takes several times as long.
func (m *Machine) RestartSteady() error {
	m.steady = true
	defer func() { m.steady = false }()
	return m.Restart()
}

func (m *Machine) start() error {
	const program = "qemu-system-aarch64"
	path, err := exec.LookPath(program)
	if err != nil {
		return fmt.Errorf("%s is missing (apt-get install --no-install-recommends qemu-system-arm mtools)", program)
	}
	args, err := m.boardArgs()
	if err != nil {
		return err
	}
	if err := os.Remove(m.controlSocket()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	args = append(args,
		"-display", "none", "-nodefaults",
		"-qmp", "unix:"+m.controlSocket()+",server=on,wait=off",
	)
	if m.steady {
		args = append(args, "-icount", "shift=0,sleep=on")
	}
	args = append(args, m.network.args(m.options.Virt)...)
	for i, image := range m.options.Sticks {
		id := stickID(i)
		args = append(args, "-drive", stickDrive(id, image), "-device", "usb-storage,drive="+id)
	}
	qemu := exec.CommandContext(m.life, path, args...)
	m.console = &testlog.Log{}
	qemu.Stdout = m.console
	if m.options.Console != nil {
		qemu.Stdout = io.MultiWriter(m.options.Console, m.console)
	}
	qemu.Stderr = qemu.Stdout // where QEMU tells its own troubles
	group, err := procgroup.Start(qemu)
	if err != nil {
		return err
	}
	m.qemu, m.Started, m.exited = group, time.Now(), make(chan struct{})
	go func(exited chan struct{}, console *testlog.Log) {
		defer close(exited)
		err := qemu.Wait()
		group.Kill() // what joined it to the robot
		console.End(fmt.Errorf("%w (%v)", ErrEnded, err))
	}(m.exited, m.console)
	return nil
}

func (m *Machine) boardArgs() ([]string, error) {
	if m.options.Virt {
		return m.virtArgs()
	}
	kernel, err := m.extract("vmlinuz")
	if err != nil {
		return nil, err
	}
	tree, err := m.extract("bcm2710-rpi-3-b.dtb")
	if err != nil {
		return nil, err
	}
	line, err := card.BootFile(m.options.Card, "cmdline.txt")
	if err != nil {
		return nil, err
	}
	return []string{
		"-M", "raspi3b",
		// One thread for all four cores is twice as fast as one each here.
		"-accel", "tcg,thread=single",
		"-kernel", kernel, "-dtb", tree,
		"-append", strings.Join([]string{
			strings.TrimSpace(string(line)),
			"console=ttyS1,115200", "console=ttyS0,115200",
			"initcall_blacklist=bcm2835_wdt_driver_init",
			// The emulated USB controller has no low-power mode and no
			// fast interrupts.
			"dwc_otg.lpm_enable=0", "dwc_otg.fiq_enable=0", "dwc_otg.fiq_fsm_enable=0",
		}, " "),
		"-drive", "file=" + m.options.Card + ",if=sd,format=raw",
		"-serial", "null", "-serial", "stdio",
		"-no-reboot",
	}, nil
}

// extract copies a file of the boot partition to this machine.
func (m *Machine) extract(name string) (string, error) {
	content, err := card.BootFile(m.options.Card, name)
	if err != nil {
		return "", err
	}
	path := filepath.Join(m.options.Dir, name)
	return path, os.WriteFile(path, content, 0o644)
}

// Stop pulls the plug and waits until the machine is gone.
func (m *Machine) Stop() {
	m.qemu.Kill() // it may have ended by itself, which is as good
	<-m.exited
}

// ErrEnded means that QEMU ended where the box was expected to run.
var ErrEnded = errors.New("the emulated Pi ended")

// WaitConsole waits until the box has written text to its serial port since
// the power came, and returns that line.
func (m *Machine) WaitConsole(ctx context.Context, text string) (string, error) {
	line, _, err := m.console.Await(ctx, 0, testlog.Containing(text))
	if err != nil {
		return "", fmt.Errorf("wait for %q on the console: %w", text, err)
	}
	return line, nil
}

// WaitNetwork waits until the box has its address. QEMU takes connections made
// before, and they stay unanswered.
func (m *Machine) WaitNetwork(ctx context.Context) error {
	address := m.network.boxAddress().String()
	_, err := m.WaitConsole(ctx, "now listening on "+address+":")
	return err
}

// WaitReboot waits until the box has restarted itself, and turns it on again.
func (m *Machine) WaitReboot(ctx context.Context) error {
	// The Pi's restart needs its watchdog, which QEMU does not have. The
	// virt board ends QEMU, since it is started with -no-reboot.
	if _, err := m.WaitConsole(ctx, "System halted"); err != nil && !errors.Is(err, ErrEnded) {
		return fmt.Errorf("wait for the box to restart: %w", err)
	}
	return m.Restart()
}
