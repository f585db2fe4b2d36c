//go:build image

package emulator_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"rawtcpcom/gokrazy/instance"
	"rawtcpcom/relay/relaytest"
)

// testCutTransfer pulls the plug when a part of a root file system has been
// sent.
func testCutTransfer(t *testing.T, b *box, c instance.Config) {
	before := b.version(t)
	root := makeRoot(t, c, "3.0")
	f, err := os.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	part := 1 + rand.Int64N(info.Size()-1)
	sender := &sender{rest: io.LimitReader(f, part), sent: make(chan struct{}), gone: make(chan struct{})}
	transfer := relaytest.Beside(t, func(ctx context.Context) error { return b.admin.SendRoot(ctx, sender) })
	select {
	case <-sender.sent:
	case <-transfer.Done():
		t.Fatalf("the transfer ended before its time: %v", transfer.Wait())
	}
	b.Stop()
	close(sender.gone)
	if err := transfer.Wait(); err == nil {
		t.Error("the box took a part of an update for the whole")
	}
	t.Logf("power is cut after %d of %d bytes of an update", part, info.Size())
	if err := b.Restart(); err != nil {
		t.Fatal(err)
	}
	if s := b.waitUp(t); s.Version != before {
		t.Errorf("after the power cut the box runs %s", s.Version)
	}
	logged(t, b, "/user/trial", "this version has served before")
}

// sender sends what rest holds, tells so, and then has nothing more to give
// until the box is gone.
type sender struct {
	rest       io.Reader
	sent, gone chan struct{}
}

func (s *sender) Read(b []byte) (int, error) {
	n, err := s.rest.Read(b)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	close(s.sent)
	<-s.gone
	return 0, errors.New("the box is gone")
}

// testCutRestart pulls the plug at a random moment between the switch to an
// update and the restart with it, and again while the box starts. Either
// version may come up then; it must be a whole one, and what the box remembers
// of it must be true.
func testCutRestart(t *testing.T, b *box, c instance.Config) {
	const update = "3.1"
	before := b.version(t)
	f, err := os.Open(makeRoot(t, c, update))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := b.admin.SendRoot(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	restarting := relaytest.Beside(t, func(ctx context.Context) error {
		if err := b.admin.Switch(ctx); err != nil {
			return err
		}
		return b.admin.Reboot(ctx)
	})
	b.pull(t, 3*time.Second, "the switch to an update and the restart")
	_ = restarting.Stop() // lest a request goes to the box that starts; where it got to is for the power to say
	if err := b.Restart(); err != nil {
		t.Fatal(err)
	}
	b.cut(t, 25*time.Second, "the start after that")
	switch s := b.waitUp(t); s.Version {
	case before:
		t.Log("the box came up with the version before")
		logged(t, b, "/user/trial", "this version has served before")
	case update:
		t.Log("the box came up with the update")
		logged(t, b, "/user/trial", "this version is on trial")
		logged(t, b, "/user/trial", "this version serves and is kept")
	default:
		t.Errorf("the box came up with version %s", s.Version)
	}
}
