package relayapi

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rawtcpcom/relay/state"
	"rawtcpcom/relay/tap"
	"rawtcpcom/status/relayapi/fakerelay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// follower is what a test heard, one channel for each kind.
type follower struct {
	relay    *fakerelay.Relay
	api      *Relay
	states   chan state.State
	lost     chan error
	messages chan tap.Message
	dropped  chan uint64
}

func follow(t *testing.T) *follower {
	t.Helper()
	f := &follower{
		relay: fakerelay.New(), states: make(chan state.State, 1000), lost: make(chan error, 1000),
		messages: make(chan tap.Message, 1000), dropped: make(chan uint64, 1000),
	}
	api, err := NewRelay(f.relay.URL)
	if err != nil {
		t.Fatal(err)
	}
	f.api = api
	api.idle = 300 * time.Millisecond
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		api.Follow(ctx, Events{
			State: func(s state.State) { f.states <- s }, Lost: func(err error) { f.lost <- err },
			Message: func(m tap.Message) { f.messages <- m }, Dropped: func(n uint64) { f.dropped <- n },
		})
	})
	t.Cleanup(func() {
		stop()
		done.Wait()
		f.relay.Close()
	})
	return f
}

func next[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was heard within 10 s")
		panic("not reached")
	}
}

// tapped waits until the fake has a stream of messages: it has no history.
func (f *follower) tapped(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); f.relay.Streams("/messages") == 0; {
		if time.Now().After(end) {
			t.Fatal("the messages are not followed")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestFollow(t *testing.T) {
	f := follow(t)
	if s := next(t, f.states); s.Router.State != state.RouterJoined {
		t.Errorf("the first state is %+v", s)
	}
	s := fakerelay.Healthy()
	s.Robot.State = state.RobotAbsent
	f.relay.Set(s)
	for next(t, f.states).Robot.State != state.RobotAbsent {
	}
	f.tapped(t)
	f.relay.Say(tap.Message{Seq: 7, Client: "c", Dir: tap.In, Payload: "<b>&"})
	if m := next(t, f.messages); m.Seq != 7 || m.Payload != "<b>&" {
		t.Errorf("heard %+v", m)
	}
	f.relay.Drop(12)
	if n := next(t, f.dropped); n != 12 {
		t.Errorf("heard of %d dropped, want 12", n)
	}
}

func TestFollowComesBack(t *testing.T) {
	f := follow(t)
	next(t, f.states)
	f.relay.Cut()
	if err := next(t, f.lost); !strings.Contains(err.Error(), "closed the connection") {
		t.Errorf("lost because %v", err)
	}
	next(t, f.states)
}

func TestFollowNoticesAHungRelay(t *testing.T) {
	f := follow(t)
	next(t, f.states)
	f.relay.Hush()
	for {
		if err := next(t, f.lost); errors.Is(err, errSilent) {
			return
		}
	}
}

func TestFollowTellsThatNobodyListens(t *testing.T) {
	f := follow(t)
	next(t, f.states)
	f.relay.Close()
	for {
		if err := next(t, f.lost); strings.Contains(err.Error(), "not running") {
			return
		}
	}
}

// A state that cannot be read is as good as none.
func TestFollowNonsense(t *testing.T) {
	f := follow(t)
	next(t, f.states)
	f.relay.Write("/events", "event: state\ndata: {\"router\":7}\n\n")
	if err := next(t, f.lost); !strings.Contains(err.Error(), "reading its state") {
		t.Errorf("lost because %v", err)
	}
	next(t, f.states)
}

func TestCloseClient(t *testing.T) {
	f := follow(t)
	s := fakerelay.Healthy()
	s.Clients = []state.Client{{ID: "a/b c"}}
	f.relay.Set(s)
	if err := f.api.CloseClient(t.Context(), "a/b c"); err != nil {
		t.Error(err)
	}
	if err := f.api.CloseClient(t.Context(), "nobody"); !errors.Is(err, ErrUnknownClient) {
		t.Errorf("closing an unknown client: %v", err)
	}
	if got := f.relay.Closed(); len(got) != 1 || got[0] != "a/b c" {
		t.Errorf("closed %q", got)
	}
}

func TestHalt(t *testing.T) {
	f := follow(t)
	if err := f.api.Halt(t.Context(), "Ada & co"); err != nil {
		t.Error(err)
	}
	if got := f.relay.Halted(); len(got) != 1 || got[0] != "Ada & co" {
		t.Errorf("halted by %q", got)
	}
	f.relay.CannotHalt("the router is away")
	if err := f.api.Halt(t.Context(), "x"); err == nil || err.Error() != "the router is away" {
		t.Errorf("a halt that fails: %v", err)
	}
	f.relay.Close()
	if err := f.api.Halt(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "the robot's own switch") {
		t.Errorf("without a relay: %v", err)
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"event: a\ndata: 1\n\n", "a=1"},
		{"event:a\r\ndata:1\r\n\r\n", "a=1"},
		{": keepalive\n\nevent: a\ndata: 1\n\n: x\n\n", "a=1"},
		{"data: 1\ndata: 2\n\n", "=1\n2"},
		{"event: a\n\nevent: b\ndata:\n\n", "b="},
		{"id: 5\nretry: 3\ndata: 1\n\n", "=1"},
		{"event: a\ndata: cut off", ""},
	} {
		got := ""
		err := parse(strings.NewReader(c.text), func() {}, func(e event) error {
			got += e.name + "=" + string(e.data)
			return nil
		})
		if got != c.want || err != io.EOF {
			t.Errorf("%q: got %q and %v, want %q", c.text, got, err, c.want)
		}
	}
	if err := parse(strings.NewReader("data: "+strings.Repeat("x", maxEvent+1)), func() {}, nil); err == nil {
		t.Error("a line without an end is read for ever")
	}
}

func TestNewRelay(t *testing.T) {
	for _, bad := range []string{"", "127.0.0.1:7888", "https://x", "http://", "http://x/path", "ftp://x", "http://[::1"} {
		if _, err := NewRelay(bad); err == nil {
			t.Errorf("%q is taken for an address", bad)
		}
	}
	if r, err := NewRelay("http://127.0.0.1:7888/"); err != nil || r.URL() != "http://127.0.0.1:7888" {
		t.Errorf("%v, %v", r, err)
	}
}
