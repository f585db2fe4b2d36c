package faults_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	. "rawtcpcom/relay/relaytest"
)

// lab is two networks of their own with a cable between them: the box is in one
// and a person's machine in the other, with public addresses.
type lab struct {
	box, desk string // network namespaces
	t         testing.TB
}

func newLab(t testing.TB) *lab {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil || os.Getuid() != 0 {
		const remedy = "a network namespace needs root and the ip command: apt-get install iproute2, and run as root"
		if os.Getenv("CI") != "" {
			t.Fatal(remedy)
		}
		t.Skip(remedy)
	}
	l := &lab{box: fmt.Sprint("box-", os.Getpid()), desk: fmt.Sprint("desk-", os.Getpid()), t: t}
	for _, name := range []string{l.box, l.desk} {
		l.ip("netns", "add", name)
		t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", name).Run() })
		l.ip("-n", name, "link", "set", "lo", "up")
	}
	l.ip("-n", l.box, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", l.desk)
	// The box got its second IPv6 address by DHCPv6: it stands alone, and the
	// router has told which network is here.
	for _, addr := range []string{"198.51.100.1/24", "2001:db8:5::1/64", "2001:db8:6::1/128"} {
		l.ip("-n", l.box, "addr", "add", addr, "dev", "eth0", "nodad")
	}
	for _, addr := range []string{"198.51.100.2/24", "2001:db8:5::2/64", "2001:db8:6::2/64", "203.0.113.2/24", "2001:db8:7::2/64"} {
		l.ip("-n", l.desk, "addr", "add", addr, "dev", "eth0", "nodad")
	}
	for _, name := range []string{l.box, l.desk} {
		l.ip("-n", name, "link", "set", "eth0", "up")
	}
	l.ip("-n", l.box, "route", "add", "2001:db8:6::/64", "dev", "eth0")
	// Others are behind a router, the desk.
	l.ip("-n", l.box, "route", "add", "default", "via", "198.51.100.2")
	l.ip("-n", l.box, "route", "add", "default", "via", "2001:db8:5::2")
	return l
}

func (l *lab) ip(args ...string) {
	l.t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		l.t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// dial connects from the desk.
func (l *lab) dial(_ context.Context, from, to string) (net.Conn, error) {
	type dialled struct {
		conn net.Conn
		err  error
	}
	result := make(chan dialled)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		f, err := os.Open("/run/netns/" + l.desk)
		if err == nil {
			err = unix.Setns(int(f.Fd()), unix.CLONE_NEWNET)
			f.Close()
		}
		var conn net.Conn
		if err == nil {
			dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: Patience}
			conn, err = dialer.Dial("tcp", to)
		}
		result <- dialled{conn, err}
	}()
	r := <-result
	return r.conn, r.err
}

// greeted reports whether the relay speaks to who connects.
func (l *lab) greeted(from, to string) bool {
	l.t.Helper()
	conn, err := l.dial(l.t.Context(), from, to)
	if err != nil {
		l.t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(Patience))
	b := make([]byte, 1)
	_, err = io.ReadFull(conn, b)
	return err == nil
}

// answer is the status with which GET is answered, 0 for none.
func (l *lab) answer(from, url string) int {
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, to string) (net.Conn, error) { return l.dial(ctx, from, to) }}
	response, err := (&http.Client{Transport: transport, Timeout: Patience}).Get(url)
	if err != nil {
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}

// A lab whose own network has public addresses reaches relay, state API and
// page without any flag; whoever is behind a router with a public address does
// not. The networks are those that are there when somebody connects.
func TestLabWithPublicAddresses(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	in := []string{"ip", "netns", "exec", l.box}
	log := startProgram(t, in, "relay", "-simulate", "-http", ":7888", "-data", t.TempDir())
	log.WaitFor(t, `msg="relay starts"`)
	page := startProgram(t, in, "status", "-http", ":8000", "-wamp-led", "none", "-client-led", "none", "-board-led", "none")
	page.WaitFor(t, `msg="status starts"`)
	check := func(from, box string, near bool) {
		t.Helper()
		if got := l.greeted(from, net.JoinHostPort(box, "7887")); got != near {
			t.Errorf("from %s the relay greets: %v", from, got)
		}
		want := http.StatusForbidden
		if near {
			want = http.StatusOK
		}
		for what, url := range map[string]string{"the state API": ":7888/state", "the page": ":8000/"} {
			host, _, _ := net.SplitHostPort(net.JoinHostPort(box, "0"))
			if strings.Contains(host, ":") {
				host = "[" + host + "]"
			}
			if got := l.answer(from, "http://"+host+url); got != want {
				t.Errorf("from %s %s answers %d, not %d", from, what, got, want)
			}
		}
	}
	check("198.51.100.2", "198.51.100.1", true)
	check("2001:db8:5::2", "2001:db8:5::1", true)
	check("2001:db8:6::2", "2001:db8:6::1", true)
	check("203.0.113.2", "198.51.100.1", false)
	check("2001:db8:7::2", "2001:db8:5::1", false)
	// The lab's router gives the box another address while all is running.
	l.ip("-n", l.box, "addr", "add", "203.0.113.1/24", "dev", "eth0")
	check("203.0.113.2", "203.0.113.1", true)
}
