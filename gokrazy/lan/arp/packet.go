// Package arp asks a network who has an IPv4 address, and tells it who has: the
// probes and announcements of RFC 5227, on which those of RFC 3927 are built.
package arp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/mdlayher/packet"
	"golang.org/x/sys/unix"
)

const (
	request = 1
	reply   = 2
	length  = 28 // of a message about IPv4 on Ethernet
)

var broadcast = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// message is what an ARP message says. The target's hardware address is left
// out: nobody may rely on it.
type message struct {
	operation uint16
	hardware  net.HardwareAddr // the sender's
	sender    netip.Addr       // 0.0.0.0 in a probe
	target    netip.Addr
}

func (m message) bytes() []byte {
	b := make([]byte, 0, length)
	b = binary.BigEndian.AppendUint16(b, 1) // Ethernet
	b = binary.BigEndian.AppendUint16(b, unix.ETH_P_IP)
	b = append(b, 6, 4) // bytes of an address of each
	b = binary.BigEndian.AppendUint16(b, m.operation)
	b = append(b, m.hardware...)
	b = append(b, m.sender.AsSlice()...)
	b = append(b, make([]byte, 6)...)
	return append(b, m.target.AsSlice()...)
}

func parse(b []byte) (message, bool) {
	if len(b) < length || !bytes.Equal(b[:6], []byte{0, 1, unix.ETH_P_IP >> 8, unix.ETH_P_IP & 0xff, 6, 4}) {
		return message{}, false
	}
	return message{
		operation: binary.BigEndian.Uint16(b[6:]),
		hardware:  bytes.Clone(b[8:14]),
		sender:    netip.AddrFrom4([4]byte(b[14:18])),
		target:    netip.AddrFrom4([4]byte(b[24:28])),
	}, true
}

// socket sends and hears ARP messages on an interface.
type socket struct {
	conn     *packet.Conn
	hardware net.HardwareAddr
}

func open(name string) (*socket, error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("hear ARP on %s: %w", name, err)
	}
	conn, err := packet.Listen(i, packet.Datagram, unix.ETH_P_ARP, nil)
	if err != nil {
		return nil, fmt.Errorf("hear ARP on %s: %w", name, err)
	}
	return &socket{conn, i.HardwareAddr}, nil
}

func (s *socket) close() { _ = s.conn.Close() }

func (s *socket) send(sender, target netip.Addr) error {
	m := message{operation: request, hardware: s.hardware, sender: sender, target: target}
	if _, err := s.conn.WriteTo(m.bytes(), &packet.Addr{HardwareAddr: broadcast}); err != nil {
		return fmt.Errorf("send ARP: %w", err)
	}
	return nil
}

// other waits until the time for a message of another machine; nil if none came.
func (s *socket) other(until time.Time) (*message, error) {
	if err := s.conn.SetReadDeadline(until); err != nil {
		return nil, fmt.Errorf("hear ARP: %w", err)
	}
	buffer := make([]byte, 128)
	for {
		n, _, err := s.conn.ReadFrom(buffer)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("hear ARP: %w", err)
		}
		if m, ok := parse(buffer[:n]); ok && !bytes.Equal(m.hardware, s.hardware) {
			return &m, nil
		}
	}
}
