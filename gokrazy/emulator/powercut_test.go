//go:build image

package emulator_test

import (
	"bufio"
	"context"
	"math/rand/v2"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rawtcpcom/gokrazy/emulator"
	"rawtcpcom/relay/relaytest"
	"rawtcpcom/relay/state"
)

// TestPowerCuts pulls the plug when it hurts most, and expects the box to come
// up again with its client ids. It starts with a new card: the first cut comes
// while /perm is being formatted, the second while the relay writes the pool,
// which it does once in the life of a card.
func TestPowerCuts(t *testing.T) {
	b := newBox(t, filepath.Join(topDir(t), "build/rawtcpcom.img"), false, withRobot)
	r := b.newRobot(t)

	b.cutAfterConsole(t, "seeding random pool", 12*time.Second, "the formatting of /perm")
	b.cutAfterConsole(t, "EXT4-fs (mmcblk0p4): mounted", 6*time.Second, "the first writing of the pool")
	b.up(t)
	b.waitSet(t)
	if known := r.Ids(); len(known) > 0 {
		t.Errorf("before the first client the driver knows %v", known)
	}

	// The pool was written before the first id was lent.
	lent := make(chan string, maxClients)
	for range maxClients {
		relaytest.Beside(t, func(ctx context.Context) error {
			first, err := firstLine(ctx, b.Addr(emulator.RelayPort))
			lent <- first // half a line, or none, where the power was cut
			return err
		})
	}
	b.cut(t, 300*time.Millisecond, "the lending of ids")
	var told []string
	for range maxClients {
		if m, err := relaytest.ParseMessage(<-lent); err == nil {
			told = append(told, m.To)
		}
	}
	t.Logf("clients were told %v, the driver knows %v", told, r.Ids())
	b.up(t)
	ids := b.pool(t)
	for _, id := range told {
		if !slices.Contains(ids, id) {
			t.Errorf("a client was told the id %s, which the power cut took from the pool %v", id, ids)
		}
	}
	t.Logf("%d of %d ids were told before the cut", len(told), maxClients)

	if err := b.Restart(); err != nil {
		t.Fatal(err)
	}
	b.cutAfterConsole(t, "Booting Linux", 20*time.Second, "a start")
	b.up(t)
	b.samePool(t, ids, r)
}

// firstLine is what a relay says first to who connects.
func firstLine(ctx context.Context, addr string) (string, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	return bufio.NewReader(conn).ReadString('\n')
}

// cutAfterConsole pulls the plug at a random moment after the box has written
// a text to its console, and turns it on again.
func (b *box) cutAfterConsole(t *testing.T, text string, within time.Duration, what string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), bootDeadline)
	defer cancel()
	if _, err := b.WaitConsole(ctx, text); err != nil {
		t.Fatal(err)
	}
	b.cut(t, within, what)
}

// cut pulls the plug at a random moment and turns the box on again.
func (b *box) cut(t *testing.T, within time.Duration, what string) {
	t.Helper()
	b.pull(t, within, what)
	if err := b.Restart(); err != nil {
		t.Fatal(err)
	}
}

// pull pulls the plug at a random moment.
func (b *box) pull(t *testing.T, within time.Duration, what string) {
	t.Helper()
	// The moment is what is tested, so this waits for a time and for nothing else.
	moment := rand.N(within)
	<-time.After(moment)
	b.Stop()
	t.Logf("power is cut %v into %s", moment.Round(10*time.Millisecond), what)
}

func (b *box) up(t *testing.T) {
	t.Helper()
	b.waitUp(t)
	b.waitState(t, deadline, "the router", func(s state.State) bool { return s.Router.State == state.RouterJoined })
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = b.admin.Log(ctx, "/user/relay", "both", func(line string) bool {
		if strings.Contains(line, "corrupt") {
			t.Errorf("the relay says %s", line)
		}
		return true
	})
}
