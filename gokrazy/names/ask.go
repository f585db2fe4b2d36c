package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"
)

const (
	// askFor is for how long answers to a question are waited for.
	askFor = time.Second
	// askAgain is after how long the question is repeated: the network may have
	// lost it.
	askAgain = 300 * time.Millisecond
)

// group is that of multicast DNS (RFC 6762, 3).
var group = net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}

// answer is who has a name.
type answer struct {
	mine   bool         // this box
	others []netip.Addr // sorted
}

// ask asks the network for a name as any program would, by a question that is
// answered to the port it came from (RFC 6762, 6.7), so that neither caches nor the
// library's port have a part in it. It also hears this box's own answer.
func (n nic) ask(ctx context.Context, name string) (answer, error) {
	a, err := n.query(ctx, name)
	if err == nil || ctx.Err() != nil {
		return a, ctx.Err()
	}
	if now, looked := look(n.name); looked == nil && !now.same(n) {
		return a, n.changed(now) // nobody can ask from an address that is gone
	}
	return a, fmt.Errorf("ask the network for %s: %w", name, err)
}

func (n nic) query(ctx context.Context, name string) (answer, error) {
	var a answer
	err := n.hear(ctx, name, dns.TypeA, func(m *dns.Msg) { n.sort(m, name, &a) })
	slices.SortFunc(a.others, netip.Addr.Compare)
	return a, err
}

// hear asks the network and hands on what it answers.
func (n nic) hear(ctx context.Context, name string, kind uint16, take func(*dns.Msg)) error {
	question := new(dns.Msg)
	question.SetQuestion(dns.Fqdn(name), kind)
	question.RecursionDesired = false
	text, err := question.Pack()
	if err != nil {
		return err
	}
	config := net.ListenConfig{Control: n.leave}
	conn, err := config.ListenPacket(ctx, "udp4", n.addresses[0].String()+":0")
	if err != nil {
		return err
	}
	defer conn.Close()
	heard := make([]byte, 9000) // RFC 6762, 17
	for end := time.Now().Add(askFor); time.Now().Before(end) && ctx.Err() == nil; {
		if _, err := conn.WriteTo(text, &group); err != nil {
			return err
		}
		if err := conn.SetReadDeadline(time.Now().Add(askAgain)); err != nil {
			return err
		}
		for {
			size, from, err := conn.ReadFrom(heard)
			if err != nil {
				break // the time to repeat the question
			}
			udp, ok := from.(*net.UDPAddr)
			if !ok || udp.Port != group.Port { // as RFC 6762, 6, wants of an answer
				continue
			}
			if m := new(dns.Msg); m.Unpack(heard[:size]) == nil && m.Response {
				take(m)
			}
		}
	}
	return nil
}

// leave has a socket send to the group by this interface, with no route there.
func (n nic) leave(_, _ string, socket syscall.RawConn) error {
	var err error
	failed := socket.Control(func(fd uintptr) {
		err = unix.SetsockoptIPMreqn(int(fd), unix.IPPROTO_IP, unix.IP_MULTICAST_IF, &unix.IPMreqn{Ifindex: int32(n.index)})
	})
	if failed != nil {
		return failed
	}
	return err
}

// sort notes whose addresses for the name a message holds.
func (n nic) sort(m *dns.Msg, name string, a *answer) {
	for _, record := range m.Answer {
		r, ok := record.(*dns.A)
		if !ok || !strings.EqualFold(r.Hdr.Name, dns.Fqdn(name)) || r.Hdr.Ttl == 0 {
			continue
		}
		address, _ := netip.AddrFromSlice(r.A.To4())
		switch {
		case slices.Contains(n.addresses, address):
			a.mine = true
		case address.IsValid() && !slices.Contains(a.others, address):
			a.others = append(a.others, address)
		}
	}
}
