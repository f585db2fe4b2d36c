package emulator

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Address is an address and port, such as that of the robot's router.
type Address = netip.AddrPort

// RobotAddress is the address in the relay's -router flag.
func RobotAddress(router string) (Address, error) {
	u, err := url.Parse(router)
	if err != nil {
		return Address{}, fmt.Errorf("read the router's address: %w", err)
	}
	a, err := netip.ParseAddrPort(u.Host)
	if err != nil {
		return Address{}, fmt.Errorf("read the router's address %s: the emulated network needs an address in numbers: %w", router, err)
	}
	return a, nil
}

// network is the one that the box is plugged into. In it, the robot's address
// leads to the loopback address of this machine, on the same port.
type network struct {
	robot     Address
	forwarded map[int]int // port of the box to port of this machine
}

func newNetwork(robot Address) (network, error) {
	n := network{robot: robot, forwarded: make(map[int]int)}
	for _, port := range []int{RelayPort, PagePort, AdminPort} {
		// QEMU takes a port number only. All are held until each has its own:
		// the kernel may hand out one again as soon as it is given back.
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return n, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close()
		n.forwarded[port] = l.Addr().(*net.TCPAddr).Port
	}
	return n, nil
}

// RobotListen is where this machine must listen to be taken for the robot.
func (m *Machine) RobotListen() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(int(m.network.robot.Port())))
}

// Addr is where a port of the box can be reached from this machine. QEMU
// accepts connections there even before the box is up.
func (m *Machine) Addr(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(m.network.forwarded[port]))
}

// boxAddress is what the box gets by DHCP.
func (n network) boxAddress() netip.Addr { return n.neighbour(100) }

// neighbour is another address of the robot's network.
func (n network) neighbour(last byte) netip.Addr {
	b := n.robot.Addr().As4()
	b[3] = last
	return netip.AddrFrom4(b)
}

func (n network) args(virt bool) []string {
	prefix := netip.PrefixFrom(n.robot.Addr(), 24).Masked()
	user := []string{"user", "id=net0", "net=" + prefix.String(), "host=" + n.robot.Addr().String(),
		"dns=" + n.neighbour(253).String(), "dhcpstart=" + n.boxAddress().String()}
	for box, here := range n.forwarded {
		user = append(user, fmt.Sprintf("hostfwd=tcp:127.0.0.1:%d-:%d", here, box))
	}
	// An address of the Raspberry Pi Foundation's own.
	const hardware = "b8:27:eb:12:34:56"
	if virt {
		return []string{"-netdev", strings.Join(user, ","), "-device", "virtio-net-pci,netdev=net0,mac=" + hardware}
	}
	return []string{"-usb", "-netdev", strings.Join(user, ","), "-device", "usb-net,netdev=net0,mac=" + hardware}
}
