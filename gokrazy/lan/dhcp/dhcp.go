// Package dhcp asks for an address for as long as it takes, keeps it, and says
// when it is lost. The messages are those of github.com/insomniacslk/dhcp, which
// is kept up, knows the options that are wanted here (42, 119) and tells a refusal
// from silence. github.com/rtr7/dhcp4, which gokrazy's own client uses, does none
// of the three.
package dhcp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv4/nclient4"
	"github.com/mdlayher/packet"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"rawtcpcom/gokrazy/lan/arp"
)

// Client asks on an interface.
type Client struct {
	Interface string
	Hardware  net.HardwareAddr
	Log       *slog.Logger
	// Lease is told each lease, and each renewal. Lost is told that there
	// is none any more, and why. Taken is told that the server has offered an
	// address that another machine has.
	Lease func(Lease)
	Lost  func(why string)
	Taken func(address netip.Addr, other net.HardwareAddr)
}

// Run asks until the context ends. The hint is an address that this machine had
// and would like to have again.
func (c Client) Run(ctx context.Context, hint netip.Addr) {
	for first := true; ctx.Err() == nil; first = false {
		began := time.Now()
		lease, err := c.ask(ctx, hint, first)
		if err != nil {
			c.Log.Debug("no address by DHCP", "error", err)
			pause(ctx, began.Add(time.Second))
			continue
		}
		if c.isTaken(ctx, lease) || ctx.Err() != nil {
			continue
		}
		c.Lease(leaseOf(lease))
		hint = addr(lease.ACK.YourIPAddr)
		if why := c.keep(ctx, lease); ctx.Err() == nil {
			c.Lost(why)
		}
	}
}

// ask asks for a quarter of a minute at first, closely, as a person may wait
// beside the box; then every ten seconds, for ever.
func (c Client) ask(ctx context.Context, hint netip.Addr, first bool) (*nclient4.Lease, error) {
	options := []nclient4.ClientOpt{nclient4.WithTimeout(10*time.Second + time.Duration(rand.Int64N(int64(time.Second)))), nclient4.WithRetry(1)}
	if first {
		options = []nclient4.ClientOpt{nclient4.WithTimeout(time.Second), nclient4.WithRetry(4)} // at 0, 1, 3 and 7 s, until 15 s
	}
	client, err := c.broadcast(options...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	discover := c.modifiers()
	if hint.IsValid() {
		discover = append(discover, dhcpv4.WithOption(dhcpv4.OptRequestedIPAddress(hint.AsSlice())))
	}
	offer, err := client.DiscoverOffer(ctx, discover...)
	if err != nil {
		return nil, err
	}
	lease, err := client.RequestFromOffer(ctx, offer, c.modifiers()...)
	if err == nil && !usable(addr(lease.ACK.YourIPAddr)) {
		return nil, fmt.Errorf("the DHCP server %s gives the address %s, which no machine can have", lease.ACK.ServerIdentifier(), lease.ACK.YourIPAddr)
	}
	return lease, err
}

// modifiers are what each message of this machine says. The client id is the one
// of gokrazy's client, so that an address that a lab has reserved stays.
func (c Client) modifiers() []dhcpv4.Modifier {
	m := []dhcpv4.Modifier{
		dhcpv4.WithOption(dhcpv4.OptClientIdentifier(append([]byte{1}, c.Hardware...))), // 1: Ethernet
		dhcpv4.WithRequestedOptions(dhcpv4.OptionNTPServers, dhcpv4.OptionDNSDomainSearchList),
	}
	// Read each time: the name may have been changed.
	if name, err := os.Hostname(); err == nil {
		m = append(m, dhcpv4.WithOption(dhcpv4.OptHostName(name)))
	}
	return m
}

// broadcast opens a client that needs no address. It is open only while it asks:
// each packet for this machine would pass through it.
func (c Client) broadcast(options ...nclient4.ClientOpt) (*nclient4.Client, error) {
	i, err := net.InterfaceByName(c.Interface)
	if err != nil {
		return nil, fmt.Errorf("ask for an address: %w", err)
	}
	conn, err := packet.Listen(i, packet.Datagram, unix.ETH_P_IP, &packet.Config{Filter: toClient})
	if err != nil {
		return nil, fmt.Errorf("ask for an address: %w", err)
	}
	udp := nclient4.NewBroadcastUDPConn(conn, &net.UDPAddr{Port: nclient4.ClientPort})
	return nclient4.NewWithConn(udp, c.Hardware, options...)
}

// toClient lets UDP to the port of DHCP clients pass.
var toClient = func() []bpf.RawInstruction {
	program, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: 9, Size: 1}, // the protocol
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.IPPROTO_UDP, SkipTrue: 4},
		bpf.LoadMemShift{Off: 0},          // the length of IP's header
		bpf.LoadIndirect{Off: 2, Size: 2}, // the port to
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: nclient4.ClientPort, SkipTrue: 1},
		bpf.RetConstant{Val: 0xffff},
		bpf.RetConstant{Val: 0},
	})
	if err != nil {
		panic(err) // the program is the same each time
	}
	return program
}()

// isTaken asks the network, too, and declines an address that another machine
// has: the server then offers another one.
func (c Client) isTaken(ctx context.Context, lease *nclient4.Lease) bool {
	address := addr(lease.ACK.YourIPAddr)
	other, err := arp.Probe(ctx, c.Interface, address, arp.Brisk)
	if err != nil || other == nil {
		return false
	}
	c.Taken(address, other)
	if err := c.decline(lease); err != nil {
		c.Log.Warn("the DHCP server was not told that its address is taken", "error", err)
	}
	const wait = 10 * time.Second // RFC 2131, 3.1, step 5
	pause(ctx, time.Now().Add(wait))
	return true
}

func (c Client) decline(lease *nclient4.Lease) error {
	m, err := dhcpv4.New(
		dhcpv4.WithHwAddr(c.Hardware),
		dhcpv4.WithMessageType(dhcpv4.MessageTypeDecline),
		dhcpv4.WithOption(dhcpv4.OptRequestedIPAddress(lease.ACK.YourIPAddr)),
		dhcpv4.WithOption(dhcpv4.OptServerIdentifier(lease.ACK.ServerIdentifier())),
		dhcpv4.WithOption(dhcpv4.OptClientIdentifier(append([]byte{1}, c.Hardware...))))
	if err != nil {
		return fmt.Errorf("decline an address: %w", err)
	}
	conn, err := nclient4.NewRawUDPConn(c.Interface, nclient4.ClientPort)
	if err != nil {
		return fmt.Errorf("decline an address: %w", err)
	}
	defer conn.Close()
	if _, err := conn.WriteTo(m.ToBytes(), nclient4.DefaultServers); err != nil {
		return fmt.Errorf("decline an address: %w", err)
	}
	return nil
}

// keep renews the lease, from its server and later from any, and returns why it
// is lost.
func (c Client) keep(ctx context.Context, lease *nclient4.Lease) string {
	began, t := lease.CreationTime, timesOf(lease.ACK)
	next := began.Add(t.renew)
	for {
		if !pause(ctx, next) {
			return ""
		}
		now := time.Now()
		if now.After(began.Add(t.expire)) {
			return "it has expired, and no DHCP server answers"
		}
		rebinding := !now.Before(began.Add(t.rebind))
		fresh, err := c.renew(ctx, lease, rebinding)
		_, refused := errors.AsType[*nclient4.ErrNak](err)
		switch {
		case refused:
			return "the DHCP server gives the address no longer"
		case err == nil:
			lease, began, t = fresh, fresh.CreationTime, timesOf(fresh.ACK)
			next = began.Add(t.renew)
			c.Lease(leaseOf(lease))
		default:
			c.Log.Debug("the lease was not renewed", "error", err)
			stages := []time.Time{began.Add(t.rebind), began.Add(t.expire)}
			next = again(time.Now(), stages)
		}
	}
}

// again is when to ask again: RFC 2131 halves what is left of the stage, and
// waits no less than a minute, but not past the stage's end.
func again(now time.Time, stages []time.Time) time.Time {
	for _, end := range stages {
		if left := end.Sub(now); left > 0 {
			return slices.MinFunc([]time.Time{now.Add(max(left/2, time.Minute)), end.Add(time.Millisecond)}, time.Time.Compare)
		}
	}
	return now
}

func (c Client) renew(ctx context.Context, lease *nclient4.Lease, rebinding bool) (*nclient4.Lease, error) {
	options := []nclient4.ClientOpt{nclient4.WithTimeout(2 * time.Second), nclient4.WithRetry(2)}
	if rebinding {
		client, err := c.broadcast(options...)
		if err != nil {
			return nil, err
		}
		defer client.Close()
		return client.Renew(ctx, lease, c.modifiers()...)
	}
	client, err := nclient4.New(c.Interface, append(options,
		nclient4.WithUnicast(&net.UDPAddr{IP: lease.ACK.YourIPAddr, Port: nclient4.ClientPort}),
		nclient4.WithServerAddr(&net.UDPAddr{IP: lease.ACK.ServerIdentifier(), Port: nclient4.ServerPort}))...)
	if err != nil {
		return nil, fmt.Errorf("renew the address: %w", err)
	}
	defer client.Close()
	return client.Renew(ctx, lease, c.modifiers()...)
}

// pause waits until the time, and tells whether it has come.
func pause(ctx context.Context, until time.Time) bool {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
