package emulator

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
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
// leads to a port of this machine that RobotAt names. Nothing else is in it: QEMU
// would lead every other address to the real network, and an emulated box that
// was told of another robot would move that one.
type network struct {
	robot     Address
	outside   bool        // every other address leads to the real network all the same
	robotFile string      // names where the robot is on this machine
	script    string      // what QEMU starts for each connection to the robot
	forwarded map[int]int // port of the box to port of this machine
}

func newNetwork(robot Address, dir string) (network, error) {
	n := network{
		robot:     robot,
		robotFile: filepath.Join(dir, "robot"),
		script:    filepath.Join(dir, "to-robot"),
		forwarded: make(map[int]int),
	}
	if err := os.WriteFile(n.script, []byte(toRobot), 0o644); err != nil {
		return n, err
	}
	// All ports are held until each has its own.
	for _, port := range []int{RelayPort, PagePort, AdminPort} {
		l, err := listen()
		if err != nil {
			return n, err
		}
		defer l.Close()
		n.forwarded[port] = l.Addr().(*net.TCPAddr).Port
	}
	return n, nil
}

// toRobot joins a connection of the box, which is its standard input and
// output, to the robot on this machine; without a robot the connection ends.
// Nothing may be written to standard error, which is the connection too.
const toRobot = `exec 2>/dev/null
IFS=: read -r host port <"$1" || exit 0
exec 3<>"/dev/tcp/$host/$port" 4<&0 || exit 0
cat <&3 &
cat <&4 >&3 &
wait -n
kill %1 %2
`

// listen takes a port for QEMU, which wants a number. It is not one of those
// that the kernel hands out: between two starts of the box the kernel would
// give it to another program.
func listen() (net.Listener, error) {
	const first, count, tries = 10000, 20000, 100
	var problem error
	for range tries {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(count))))
		if err == nil {
			return l, nil
		}
		problem = err
	}
	return nil, fmt.Errorf("find a free port: %w", problem)
}

// RobotAt says where the robot's router is on this machine (host:port), from
// the box's next connection on. With "" there is none: connections of the box
// end as soon as they are made.
func (m *Machine) RobotAt(address string) error {
	if address == "" {
		if err := os.Remove(m.network.robotFile); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("take the robot away: %w", err)
		}
		return nil
	}
	// In one piece, for a connection may be made at any time.
	half := m.network.robotFile + ".new"
	if err := os.WriteFile(half, []byte(address+"\n"), 0o644); err != nil {
		return fmt.Errorf("lead to the robot: %w", err)
	}
	if err := os.Rename(half, m.network.robotFile); err != nil {
		return fmt.Errorf("lead to the robot: %w", err)
	}
	return nil
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
	user := []string{"user", "id=net0", "net=" + prefix.String(), "host=" + n.neighbour(254).String(),
		"dns=" + n.neighbour(253).String(), "dhcpstart=" + n.boxAddress().String()}
	if !n.outside {
		user = append(user, "restrict=on", "ipv6=off") // by IPv6 there is no robot
	}
	// Each connection has a process of its own: QEMU would lead an address to
	// the same port of this machine only, where any program may listen.
	user = append(user, fmt.Sprintf("guestfwd=tcp:%s:%d-cmd:bash '%s' '%s'", n.robot.Addr(), n.robot.Port(),
		strings.ReplaceAll(n.script, ",", ",,"), strings.ReplaceAll(n.robotFile, ",", ",,")))
	for box, here := range n.forwarded {
		user = append(user, fmt.Sprintf("hostfwd=tcp:127.0.0.1:%d-:%d", here, box))
	}
	// An address of the Raspberry Pi Foundation's own.
	const hardware = "b8:27:eb:12:34:56"
	if virt {
		// Without a boot ROM, which is in a package of its own: the kernel
		// does not come from the network.
		return []string{"-netdev", strings.Join(user, ","), "-device", "virtio-net-pci,netdev=net0,romfile=,mac=" + hardware}
	}
	return []string{"-usb", "-netdev", strings.Join(user, ","), "-device", "usb-net,netdev=net0,mac=" + hardware}
}
