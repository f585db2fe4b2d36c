package faults_test

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	. "rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/session"
	"rawtcpcom/relay/state"
)

// socket is a line of the kernel's table of TCP sockets.
type socket struct {
	state   string
	unacked string // bytes that were written and not acknowledged, in hex
	orphan  bool   // no process has it any more
}

// sockets are this machine's to an address, without those that only keep their
// port for a while (TIME_WAIT).
func sockets(t testing.TB, far string) []socket {
	t.Helper()
	b, err := os.ReadFile("/proc/thread-self/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	a := netip.MustParseAddr(far).As4()
	remote := fmt.Sprintf("%02X%02X%02X%02X:", a[3], a[2], a[1], a[0])
	var list []socket
	for _, line := range strings.Split(string(b), "\n")[1:] {
		f := strings.Fields(line)
		if len(f) < 10 || !strings.HasPrefix(f[2], remote) || f[3] == "06" {
			continue
		}
		unacked, _, _ := strings.Cut(f[4], ":")
		list = append(list, socket{state: f[3], unacked: unacked, orphan: f[9] == "0"})
	}
	return list
}

// held are those that no process has any more, and whose bytes the kernel would
// send again.
func held(t testing.TB, far string) (list []socket) {
	for _, s := range sockets(t, far) {
		if s.orphan {
			list = append(list, s)
		}
	}
	return list
}

// lastResend is when the kernel would have sent again, at the latest, what
// waited for a cable that was out for half a minute: it waits twice as long each
// time. It would do that a second after an outage of less than a second.
const (
	lastResend = 55 * time.Second
	nextResend = 2 * time.Second
)

// The cable at the router's end is out for a while and commands are sent all
// the time. A session that lives through it delivers them, late but
// acknowledged; of one that ends, nothing arrives after its senders were told,
// however soon the cable is in again.
func TestCommandDoesNotOutliveItsSessionInTheKernel(t *testing.T) {
	for _, out := range []time.Duration{5 * time.Second, 12 * time.Second, 27 * time.Second, 60 * time.Second} {
		t.Run(out.String(), func(t *testing.T) {
			t.Parallel()
			w := newWire(t)
			rig := NewWithRobot(t)
			proxy := w.proxy(rig)
			relay := rig.StartRelay("-router", proxy.URL(), "-check", "off")
			relay.WaitRobot("present")
			l := newLedger(t)
			c := relay.Connect()
			c.Fence()
			watch := watchOutcomes(t, c, l, w, rig)

			w.pull()
			began := time.Now()
			commands := time.NewTicker(250 * time.Millisecond)
			defer commands.Stop()
			for number := 0; time.Since(began) < out; number++ {
				c.Send(l.message(0, number))
				<-commands.C
			}
			lives := out < session.Silence
			if !lives {
				// The answers to a next session would end the one before in
				// the kernel, and hide what that might still send.
				proxy.Down.Hold()
			}
			w.plug()
			<-time.After(time.Until(began.Add(lastResend)))
			proxy.Down.Release()
			relay.WaitRobot("present")
			relay.Connect().Fence()
			watch.end()

			lived := relay.State().Router.Reconnects == 0
			if lived != lives {
				t.Errorf("the session lived on: %v, not %v", lived, lives)
			}
			published, refused, unknown := l.audit(payloads(rig.Robot))
			t.Logf("%d published, %d refused, %d of unknown outcome", published, refused, unknown)
			if lived {
				return // what is told then, the router has acknowledged: it was not in this machine's kernel any more
			}
			if unknown == 0 {
				t.Error("nobody was told that the outcome is unknown")
			}
			watch.nothingLate()
		})
	}
}

// outcomes watches one client's lines. For each message of unknown outcome it
// notes whether the robot had it when its sender was told.
type outcomes struct {
	t     testing.TB
	c     *Client
	rig   *Rig
	done  sync.WaitGroup
	early map[entry]bool
}

func watchOutcomes(t testing.TB, c *Client, l *ledger, w *wire, rig *Rig) *outcomes {
	o := &outcomes{t: t, c: c, rig: rig, early: map[entry]bool{}}
	o.done.Go(func() {
		for {
			line, err := c.ReadLine()
			if errors.Is(err, os.ErrDeadlineExceeded) {
				continue // nothing to say for long, as the cable is out
			}
			if err != nil {
				return
			}
			m, err := ParseMessage(line)
			if err != nil {
				t.Error(err)
				return
			}
			l.readLine(m)
			if m.Type != "error" || m.Error().Code != "outcome_unknown" {
				continue
			}
			e, _ := parseEntry(m.Error().Received)
			o.early[e] = arrived(rig)[e]
			if list := held(t, w.far); len(list) > 0 {
				t.Errorf("%v was told that its outcome is unknown, and the kernel holds %v", e, list)
			}
		}
	})
	t.Cleanup(o.end)
	return o
}

func (o *outcomes) end() {
	o.c.Close()
	o.done.Wait()
}

func (o *outcomes) nothingLate() {
	o.t.Helper()
	there := arrived(o.rig)
	for e, early := range o.early {
		if there[e] && !early {
			o.t.Errorf("%v arrived after its sender had been told that its outcome is unknown", e)
		}
	}
}

// arrived are the messages of a ledger that the robot has.
func arrived(rig *Rig) map[entry]bool {
	there := map[entry]bool{}
	for _, payload := range payloads(rig.Robot) {
		if e, ok := parseEntry(commandOf(payload)); ok {
			there[e] = true
		}
	}
	return there
}

// A relay that is killed while the cable is out leaves nothing behind that
// would move the robot when it is in again.
func TestKilledRelayLeavesNothingInTheKernel(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	rig := NewWithRobot(t)
	url := w.proxy(rig).URL()
	relay, kill := process(t, "-router", url, "-check", "off")
	relay.WaitRobot("present")
	l := newLedger(t)
	c := relay.Connect()
	c.Fence()
	w.pull()
	for number := range 5 {
		c.Send(l.message(0, number))
	}
	relay.WaitState("all read", func(s state.State) bool { return s.Clients[0].Received > 5 })
	for {
		list := sockets(t, w.far)
		if len(list) == 1 && strings.Trim(list[0].unacked, "0") != "" {
			break // the commands are the kernel's now
		}
		if t.Failed() || len(list) == 0 {
			t.Fatal("the session has ended before the relay was killed")
		}
	}
	kill()
	if list := sockets(t, w.far); len(list) > 0 {
		t.Errorf("the relay was killed, and the kernel holds %v", list)
	}
	w.plug()
	<-time.After(nextResend)
	next := rig.StartRelay("-router", url, "-check", "off")
	next.WaitRobot("present")
	next.Connect().Fence()
	if there := arrived(rig); len(there) > 0 {
		t.Errorf("%v arrived all the same", there)
	}
}
